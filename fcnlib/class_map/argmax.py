"""Full-size label maps from coarse scores, without an array of all classes at full size.

Upsampling 24 × 32 cells of 1000 classes by 32 and then taking the best class of each pixel
needs 3 GB. Most of that is unnecessary. The scores of the cells already show that most classes
cannot be the best one at any pixel nearby. `fcnlib.class_map.subdivision` compares only the
remaining classes.

The treatment of the border does not affect the labels. A border of zeros, as in the transposed
convolution, multiplies the scores of all classes at a pixel by the same number between 0 and 1,
which keeps their order. Here the outermost cells are repeated.
"""

import numpy as np
from numpy.typing import NDArray

from fcnlib.checks import label_array, positive_int
from fcnlib.class_map.interpolation import check_logits, margin
from fcnlib.class_map.pruning import first_pass
from fcnlib.class_map.subdivision import best_classes
from fcnlib.class_map.tiling import blocks, paste
from fcnlib.typing import Float32Array, FloatArray, LabelMap, Report, silent


def label_map(logits: FloatArray) -> LabelMap:
    """Return the best class of every cell, the lowest index on ties.

    Parameters
    ----------
    logits : ndarray of shape (h, w, C)
        Class scores.

    Returns
    -------
    labels : ndarray of shape (h, w)
        Class indices in [0, C), in the smallest unsigned type that can hold them.

    Raises
    ------
    ValueError
        If `logits` does not have shape (h, w, C), is empty or is not finite.

    Examples
    --------
    >>> label_map(np.array([[[0.0, 2.0, 1.0], [3.0, 3.0, 0.0]]]))
    array([[1, 0]], dtype=uint8)

    """
    logits = check_logits(logits)
    return logits.argmax(-1).astype(np.min_scalar_type(logits.shape[-1] - 1))


def upsampled_argmax(factor: int, logits: FloatArray, report: Report = silent) -> LabelMap:
    """Return the exact label map of bilinearly upsampled scores.

    The result equals upsampling every class by `factor` and taking the best class of each
    pixel, except where the scores of two classes differ by no more than the rounding error
    of the interpolation.

    Parameters
    ----------
    factor : int
        Upsampling factor, in output pixels per cell along each axis.
    logits : ndarray of shape (h, w, C)
        Class scores, finite.
    report : callable, optional
        Called with (fraction, text) after each block of cells.

    Returns
    -------
    labels : ndarray of shape (factor * h, factor * w)
        Class indices in [0, C), in the smallest unsigned type that can hold them. The lowest
        index wins ties.

    Raises
    ------
    TypeError, ValueError
        If `factor` is not a positive integer, or if `logits` does not have shape (h, w, C), is
        empty or is not finite.

    Examples
    --------
    Halfway between two cells, the class with the higher sum wins, although it is not the best
    class of either cell:

    >>> upsampled_argmax(3, np.array([[[9.0, 0.0, 8.0], [0.0, 9.0, 8.0]]]))
    array([[0, 0, 2, 2, 1, 1],
           [0, 0, 2, 2, 1, 1],
           [0, 0, 2, 2, 1, 1]], dtype=uint8)

    """
    factor, logits = positive_int(factor), check_logits(logits)
    rows, cols, classes = logits.shape
    labels = np.empty((rows * factor, cols * factor), np.min_scalar_type(classes - 1))
    # The first square starts outside the image, since its corners lie on cell centers.
    offset = margin(factor)
    for row, col, cells in blocks(factor, logits):
        paste(best_classes(factor, cells), labels, row * factor - offset, col * factor - offset)
        report(min(row + len(cells) - 1, rows) / rows, f"Row {row} of {rows} of cells")
    return labels


def cell_shares(factor: int, labels: LabelMap, num_classes: int) -> Float32Array:
    """Return the share of every cell that each class covers.

    These shares are the ideal coarse scores of a label map.

    Parameters
    ----------
    factor : int
        Pixels per cell along each axis.
    labels : ndarray of shape (factor * h, factor * w)
        Class indices in [0, num_classes).
    num_classes : int
        Number of classes C.

    Returns
    -------
    shares : ndarray of shape (h, w, C), float32
        In [0, 1]. They add up to 1 in every cell.

    Raises
    ------
    ValueError
        If a side of `labels` is not a multiple of `factor`, or if a label is out of range, masked
        or not an integer.

    Examples
    --------
    >>> cell_shares(2, np.array([[0, 1], [1, 1]]), 2)
    array([[[0.25, 0.75]]], dtype=float32)

    """
    factor, num_classes = positive_int(factor), positive_int(num_classes, "num_classes")
    labels = label_array(labels, num_classes)
    if labels.ndim != 2 or any(side % factor for side in labels.shape):
        msg = f"both sides of labels must be multiples of {factor}, got {labels.shape}; crop them"
        raise ValueError(msg)
    rows, cols = (side // factor for side in labels.shape)
    cells = labels.reshape(rows, factor, cols, factor)
    shares = [(cells == index).mean((1, 3), dtype=np.float32) for index in range(num_classes)]
    return np.stack(shares, -1)


def surviving_classes(logits: FloatArray) -> NDArray[np.intp]:
    """Count the classes that the first pass of pruning leaves in every square between four cells.

    Parameters
    ----------
    logits : ndarray of shape (h, w, C)
        Class scores, finite. The outermost cells are repeated beyond the border.

    Returns
    -------
    counts : ndarray of shape (h + 1, w + 1)
        Number of classes, from 1 to C, that can win somewhere in the square. A class is excluded
        if the class that is best in the middle beats it at all four corners. Cell (i, j) is the
        lower right corner of the square in row i and column j.

    Raises
    ------
    ValueError
        If `logits` does not have shape (h, w, C), is empty or is not finite.

    Examples
    --------
    >>> surviving_classes(np.array([[[9.0, 0.0, 8.0], [0.0, 9.0, 1.0]]]))
    array([[1, 3, 1],
           [1, 3, 1]])

    """
    logits = check_logits(logits)
    counts = np.empty((logits.shape[0] + 1, logits.shape[1] + 1), np.intp)
    for row, col, cells in blocks(1, logits):
        # There is one square fewer than cells along each axis of a block.
        rows, cols = cells.shape[0] - 1, cells.shape[1] - 1
        counts[row : row + rows, col : col + cols] = first_pass(cells).count.reshape(rows, cols)
    return counts
