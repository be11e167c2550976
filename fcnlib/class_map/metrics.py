"""The four standard metrics of a segmentation, computed from one confusion matrix.

The notation follows the paper: `n[i, j]` pixels of class `i` are predicted as class `j`, and
`t[i]` is the sum of row `i`. A class that occurs neither in the truth nor in the prediction has
no metrics: it is NaN in arrays of classes and is excluded from every mean. A class that is
predicted but does not occur in the truth has an IU of zero.

References
----------
.. [1] J. Long, E. Shelhamer and T. Darrell, "Fully Convolutional Networks for Semantic
   Segmentation", CVPR 2015, section 5. :arxiv:`1411.4038`.

"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fcnlib.typing import Float64Array, LabelMap

Confusion = NDArray[np.int64]


@dataclass(frozen=True)
class Metrics:
    """The four metrics of the paper and the IU of each class, all in [0, 1].

    Attributes
    ----------
    pixel_accuracy : float
        Share of all pixels that are correct: sum n[i, i] / sum t[i].
    mean_accuracy : float
        Mean of n[i, i] / t[i] over the classes that occur in the truth.
    mean_iu : float
        Mean of `iu` over the classes that are not NaN.
    frequency_weighted_iu : float
        Mean of `iu`, in which class i has the weight t[i].
    iu : ndarray of shape (C,)
        Intersection over union of each class, NaN where the union is empty.

    """

    pixel_accuracy: float
    mean_accuracy: float
    mean_iu: float
    frequency_weighted_iu: float
    iu: Float64Array


def confusion_matrix(truth: LabelMap, prediction: LabelMap, num_classes: int) -> Confusion:
    """Count how often each class is predicted as each class.

    Parameters
    ----------
    truth, prediction : ndarray of int, equal shapes
        Labels in [0, num_classes).
    num_classes : int
        Number of classes C.

    Returns
    -------
    confusion : ndarray of int64, shape (C, C)
        Rows are true classes, columns predicted classes. Add the matrices of several images to
        measure them together.

    Raises
    ------
    ValueError
        If the shapes differ or a label is out of range.

    Examples
    --------
    >>> confusion_matrix(np.array([0, 0, 1]), np.array([0, 1, 1]), 2)
    array([[1, 1],
           [0, 1]])

    """
    if truth.shape != prediction.shape:
        msg = f"truth and prediction must be equal in shape, got {truth.shape}, {prediction.shape}"
        raise ValueError(msg)
    for name, labels in (("truth", truth), ("prediction", prediction)):
        if labels.size and not 0 <= labels.min() <= labels.max() < num_classes:
            msg = f"{name} must hold labels from 0 to {num_classes - 1}, got {labels.min()} to "
            msg += f"{labels.max()}; mask other pixels out first"
            raise ValueError(msg)
    # One number per pair of classes; small integer types would overflow in this product.
    pairs = truth.astype(np.intp).ravel() * num_classes + prediction.ravel()
    counts = np.bincount(pairs, minlength=num_classes**2)
    return counts.reshape(num_classes, num_classes).astype(np.int64)


def measure(confusion: Confusion) -> Metrics:
    """Compute the four metrics of a confusion matrix.

    Parameters
    ----------
    confusion : ndarray of int, shape (C, C)
        As returned by `confusion_matrix`.

    Returns
    -------
    metrics : Metrics
        The metrics of the paper.

    Raises
    ------
    ValueError
        If the matrix counts no pixels.

    Examples
    --------
    >>> measure(np.array([[3, 1], [0, 4]])).mean_iu
    0.775

    """
    total = int(confusion.sum())
    if total == 0:
        msg = "the confusion matrix counts no pixels; add at least one image to it"
        raise ValueError(msg)
    correct = np.diag(confusion).astype(np.float64)
    occurring = confusion.sum(axis=1).astype(np.float64)
    iu = _ratio(correct, occurring + confusion.sum(axis=0) - correct)
    return Metrics(
        pixel_accuracy=float(correct.sum() / total),
        mean_accuracy=float(np.nanmean(_ratio(correct, occurring))),
        mean_iu=float(np.nanmean(iu)),
        frequency_weighted_iu=float(np.nansum(occurring * iu) / total),
        iu=iu,
    )


def _ratio(part: Float64Array, whole: Float64Array) -> Float64Array:
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)
