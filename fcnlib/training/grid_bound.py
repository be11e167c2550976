"""Loss of accuracy that a coarse grid causes even if every cell is correct.

This repeats appendix A of the paper, as an experiment without a network. *Downsampling* by a
factor f: every cell of f × f pixels stores the fraction of its pixels that belongs to each
class. *Upsampling*: these fractions are interpolated bilinearly, and every pixel gets the class
with the largest fraction. Wherever the result differs from the ground truth, the grid has lost
information. If a side is not a multiple of f, the last row or column is repeated first and the
surplus is cut off afterwards.

The paper calls the mean IU of the result an upper bound, but a network can exceed it. Interpolated
fractions can shift an edge between two cells. The scores of a network need not be fractions, so
they can put the edge at the right place.

References
----------
.. [1] J. Long, E. Shelhamer and T. Darrell, "Fully Convolutional Networks for Semantic
   Segmentation", CVPR 2015, appendix A. :arxiv:`1411.4038`. It does not say how the labels are
   downsampled and upsampled, so its values can be compared with these but need not be equal.

"""

from collections.abc import Iterable

from fcnlib import scenes
from fcnlib.checks import label_array, positive_int
from fcnlib.class_map import cell_shares, upsampled_argmax
from fcnlib.class_map.metrics import Confusion, confusion_matrix
from fcnlib.images.preprocessing import pad_to_multiple
from fcnlib.typing import LabelMap

PAPER = {4: 0.985, 8: 0.964, 16: 0.928, 32: 0.861, 64: 0.733, 128: 0.509}
"""Mean IU by factor, from appendix A of the paper (photographs of Pascal VOC)."""

FACTORS = tuple(PAPER)


def down_and_up(factor: int, labels: LabelMap, num_classes: int = len(scenes.CLASSES)) -> LabelMap:
    """Downsample a label map to class fractions per cell, and upsample these to labels again.

    Parameters
    ----------
    factor : int
        Pixels per cell along each axis.
    labels : ndarray of int, shape (H, W)
        Class indices in [0, num_classes). The sides need not be multiples of `factor`.
    num_classes : int, optional
        Number of classes.

    Returns
    -------
    labels : ndarray of int, shape (H, W)
        The labels that the grid keeps.

    Raises
    ------
    TypeError, ValueError
        If `factor` is not a positive integer, or if `labels` is not two-dimensional, is empty, or
        has a label that is out of range, masked or not an integer.

    Examples
    --------
    >>> import numpy as np
    >>> down_and_up(2, np.array([[0, 0, 0, 1], [0, 0, 1, 1]]), 2)
    array([[0, 0, 1, 1],
           [0, 0, 1, 1]], dtype=uint8)

    """
    factor = positive_int(factor)
    labels = label_array(labels, positive_int(num_classes, "num_classes"))
    padded = pad_to_multiple(labels, factor)
    shares = cell_shares(factor, padded, num_classes)
    return upsampled_argmax(factor, shares)[: labels.shape[0], : labels.shape[1]]


def confusions(
    labels: LabelMap, factors: Iterable[int] = FACTORS, num_classes: int = len(scenes.CLASSES)
) -> dict[int, Confusion]:
    """Compare a label map with its downsampled and upsampled copy at each factor.

    Parameters
    ----------
    labels : ndarray of int, shape (H, W)
        The ground truth.
    factors : iterable of int, optional
        Factors for `down_and_up`, by default those of the paper.
    num_classes : int, optional
        Number of classes C.

    Returns
    -------
    confusions : dict of int to ndarray of shape (C, C)
        Confusion matrix by factor. The matrices of several label maps can be summed and passed to
        `class_map.metrics.measure`.

    Examples
    --------
    One of the five pixels of class 0 gets class 1, which has three pixels:

    >>> import numpy as np
    >>> counts = confusions(np.array([[0, 0, 0, 1], [0, 0, 1, 1]]), [2], num_classes=2)
    >>> counts[2].tolist()
    [[4, 1], [0, 3]]

    """
    return {
        factor: confusion_matrix(labels, down_and_up(factor, labels, num_classes), num_classes)
        for factor in factors
    }
