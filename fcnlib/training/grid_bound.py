"""How much of a segmentation survives a coarse grid, even if every cell answers truly.

Appendix A of the paper as an experiment without a network. *Down* by a factor f: every
cell of f × f pixels becomes the share that each class takes of it. *Up* again: the shares
are enlarged bilinearly and every pixel takes the class with the largest. What differs from
the truth then is lost to the grid. Where a side is no multiple of f, the last row or
column is repeated first, and the surplus cut off after.

The paper calls it an upper bound. It is none in the strict sense: a network's scores need
not be shares, and others can put an edge back between two cells where shares move it.

References
----------
.. [1] J. Long, E. Shelhamer and T. Darrell, "Fully Convolutional Networks for Semantic
   Segmentation", CVPR 2015, appendix A. :arxiv:`1411.4038`. It does not say how its labels
   are shrunk and enlarged, so the points are to be set side by side, not to be equal.

"""

from collections.abc import Iterable

from fcnlib import scenes
from fcnlib.checks import positive_int
from fcnlib.class_map import cell_shares, upsampled_argmax
from fcnlib.class_map.metrics import Confusion, confusion_matrix
from fcnlib.images.preprocessing import pad_to_multiple
from fcnlib.typing import LabelMap

PAPER = {4: 0.985, 8: 0.964, 16: 0.928, 32: 0.861, 64: 0.733, 128: 0.509}
"""Mean IU by factor in the paper's appendix A, on the photographs of Pascal VOC."""

FACTORS = tuple(PAPER)


def down_and_up(factor: int, labels: LabelMap, num_classes: int = len(scenes.CLASSES)) -> LabelMap:
    """Shrink a label map to shares of cells, and enlarge these to labels again.

    Parameters
    ----------
    factor : int
        Pixels per cell along each axis.
    labels : ndarray of int, shape (H, W)
        Class indices in [0, num_classes); the sides need not be multiples of `factor`.
    num_classes : int, optional
        Number of classes.

    Returns
    -------
    labels : ndarray of int, shape (H, W)
        What is left of them.

    Raises
    ------
    TypeError, ValueError
        If `factor` is not a positive integer.

    Examples
    --------
    >>> import numpy as np
    >>> down_and_up(2, np.array([[0, 0, 0, 1], [0, 0, 1, 1]]), 2)
    array([[0, 0, 1, 1],
           [0, 0, 1, 1]], dtype=uint8)

    """
    factor = positive_int(factor)
    height, width = labels.shape
    shares = cell_shares(factor, pad_to_multiple(labels, factor), num_classes)
    return upsampled_argmax(factor, shares)[:height, :width]


def confusions(
    labels: LabelMap,
    factors: Iterable[int] = FACTORS,
    num_classes: int = len(scenes.CLASSES),
) -> dict[int, Confusion]:
    """Count what becomes of one label map at each factor.

    Parameters
    ----------
    labels : ndarray of int, shape (H, W)
        The truth.
    factors : iterable of int, optional
        As `down_and_up` takes them, by default the paper's.
    num_classes : int, optional
        Number of classes C.

    Returns
    -------
    confusions : dict of int to ndarray of shape (C, C)
        Counts by factor; those of several maps add, and `metrics.measure` takes their sum.

    Examples
    --------
    Of five pixels of class 0 one is lost, to a class that has three:

    >>> import numpy as np
    >>> counts = confusions(np.array([[0, 0, 0, 1], [0, 0, 1, 1]]), [2], num_classes=2)
    >>> counts[2].tolist()
    [[4, 1], [0, 3]]

    """
    return {
        factor: confusion_matrix(labels, down_and_up(factor, labels, num_classes), num_classes)
        for factor in factors
    }
