"""The four standard metrics of a segmentation, computed from one confusion matrix.

A confusion matrix counts the pixels for each pair of true and predicted class. The IU of a class
(intersection over union) is the number of pixels that have it in truth and prediction, divided by
the number that have it in at least one of them. The notation follows the paper: `n[i, j]` pixels of
class `i` are predicted as class `j`, and `t[i]` is the sum of row `i`. A class that occurs neither
in the truth nor in the prediction has no metrics: it is NaN in arrays of classes and is excluded
from every mean. A class that is predicted but does not occur in the truth has an IU of zero.

References
----------
.. [1] J. Long, E. Shelhamer and T. Darrell, "Fully Convolutional Networks for Semantic
   Segmentation", CVPR 2015, section 5. :arxiv:`1411.4038`.

"""

import operator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fcnlib.checks import integers, label_array, positive_int
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


def confusion_matrix(
    truth: LabelMap, prediction: LabelMap, num_classes: int, *, ignore_label: int | None = None
) -> Confusion:
    """Count how often each class is predicted as each class.

    Parameters
    ----------
    truth, prediction : ndarray of int, equal shapes
        Labels in [0, num_classes). Pixels that are masked in either of them are left out.
    num_classes : int
        Number of classes C.
    ignore_label : int, optional
        Label of void pixels in `truth`, which are left out: 255 in PASCAL VOC.

    Returns
    -------
    confusion : ndarray of int64, shape (C, C)
        Rows are true classes, columns predicted classes. Add the matrices of several images to
        measure them together.

    Raises
    ------
    ValueError
        If the shapes differ, or if a label that counts is out of range or is not an integer.

    Examples
    --------
    >>> truth = np.array([0, 1, 255])
    >>> confusion_matrix(truth, np.array([0, 0, 1]), 2, ignore_label=255)
    array([[1, 0],
           [1, 0]])
    >>> confusion_matrix(np.array([0, 0, 1]), np.array([0, 1, 1]), 2)
    array([[1, 1],
           [0, 1]])

    """
    positive_int(num_classes, "num_classes")
    # `getdata` would drop the masks of arrays in a list, which `integers` refuses.
    true = integers(truth.data if np.ma.isMaskedArray(truth) else truth, "truth")
    predicted = integers(
        prediction.data if np.ma.isMaskedArray(prediction) else prediction, "prediction"
    )
    if true.shape != predicted.shape:
        msg = f"truth and prediction must be equal in shape, got {true.shape}, {predicted.shape}"
        raise ValueError(msg)
    counted = ~(np.ma.getmaskarray(truth) | np.ma.getmaskarray(prediction))
    if ignore_label is not None:
        counted &= true != operator.index(ignore_label)
    rows = label_array(true[counted], num_classes, "truth")
    columns = label_array(predicted[counted], num_classes, "prediction")
    # One number per pair of classes; small integer types would overflow in this product.
    pairs = rows.astype(np.intp) * num_classes + columns
    counts = np.bincount(pairs, minlength=num_classes**2)
    return counts.reshape(num_classes, num_classes).astype(np.int64)


def measure(confusion: Confusion) -> Metrics:
    """Compute the four metrics of a confusion matrix.

    Parameters
    ----------
    confusion : ndarray of int, shape (C, C)
        Not masked, as returned by `confusion_matrix`.

    Returns
    -------
    metrics : Metrics
        The metrics of the paper.

    Raises
    ------
    ValueError
        If the matrix counts no pixels or has another shape, or if a value is masked or negative.

    Examples
    --------
    >>> measure(np.array([[3, 1], [0, 4]])).mean_iu
    0.775

    """
    confusion = integers(confusion, "confusion").astype(np.int64)
    if confusion.ndim != 2 or len(set(confusion.shape)) > 1 or (confusion < 0).any():
        msg = f"confusion must hold counts from 0 up in shape (C, C), got {confusion.shape}"
        raise ValueError(msg)
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
