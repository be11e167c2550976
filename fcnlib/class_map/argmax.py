"""Label maps of full size from coarse scores, without an array of every class.

Upsampling 24 × 32 cells of 1000 classes by 32 and taking the best class of each pixel needs
3 GB if done in that order. It need not be: most classes can be seen from the cells alone to
win nowhere near, and `fcnlib.class_map.subdivision` compares only the others.

What happens beyond the border does not matter to labels: a border of zeros, as in the
transposed convolution, multiplies all classes' scores at a pixel by one number between 0
and 1, and so keeps their order. Here the outermost cells are repeated.
"""

import numpy as np
from numpy.typing import NDArray

from fcnlib.checks import positive_int
from fcnlib.class_map.interpolation import check_logits, margin
from fcnlib.class_map.pruning import first_round
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
        Class indices in [0, C), of the smallest unsigned type that holds them.

    Raises
    ------
    ValueError
        If `logits` is not (h, w, C) with finite values and at least one of each.

    Examples
    --------
    >>> label_map(np.array([[[0.0, 2.0, 1.0], [3.0, 3.0, 0.0]]]))
    array([[1, 0]], dtype=uint8)

    """
    logits = check_logits(logits)
    return logits.argmax(-1).astype(_label_type(logits.shape[-1]))


def upsampled_argmax(factor: int, logits: FloatArray, report: Report = silent) -> LabelMap:
    """Return the label map of bilinearly upsampled scores, exactly.

    Equal to upsampling every class by `factor` and taking the best class of each pixel,
    except where two classes' scores differ by no more than the rounding of the
    interpolation itself.

    Parameters
    ----------
    factor : int
        Upsampling factor, in output pixels per cell along each axis.
    logits : ndarray of shape (h, w, C)
        Class scores, finite.
    report : callable, optional
        Told of the progress.

    Returns
    -------
    labels : ndarray of shape (factor * h, factor * w)
        Class indices in [0, C), of the smallest unsigned type that holds them; the lowest
        index on ties.

    Raises
    ------
    TypeError, ValueError
        If `factor` is not a positive integer, or `logits` is not (h, w, C) with finite
        values and at least one of each.

    Examples
    --------
    Halfway between two cells the class with the higher sum wins, which neither cell shows:

    >>> upsampled_argmax(3, np.array([[[9.0, 0.0, 8.0], [0.0, 9.0, 8.0]]]))
    array([[0, 0, 2, 2, 1, 1],
           [0, 0, 2, 2, 1, 1],
           [0, 0, 2, 2, 1, 1]], dtype=uint8)

    """
    factor = positive_int(factor)
    logits = check_logits(logits)
    rows, cols, classes = logits.shape
    labels = np.empty((rows * factor, cols * factor), _label_type(classes))
    offset = margin(factor)
    for row, col, cells in blocks(factor, logits):
        paste(best_classes(factor, cells), labels, row * factor - offset, col * factor - offset)
        report(min(row + len(cells) - 1, rows) / rows, f"Row {row} of {rows} of cells")
    return labels


def cell_shares(factor: int, labels: LabelMap, num_classes: int) -> Float32Array:
    """Return the part of every cell that each class takes: a perfect coarse answer.

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
        In [0, 1], adding up to 1 in every cell.

    Raises
    ------
    ValueError
        If a side of `labels` is no multiple of `factor`.

    Examples
    --------
    >>> cell_shares(2, np.array([[0, 1], [1, 1]]), 2)
    array([[[0.25, 0.75]]], dtype=float32)

    """
    factor = positive_int(factor)
    rows, cols = (side // factor for side in labels.shape)
    if labels.shape != (rows * factor, cols * factor):
        msg = f"sides of labels must be multiples of {factor}, got {labels.shape}; crop them first"
        raise ValueError(msg)
    cells = labels.reshape(rows, factor, cols, factor)
    shares = [(cells == index).mean((1, 3), dtype=np.float32) for index in range(num_classes)]
    return np.stack(shares, -1)


def surviving_classes(logits: FloatArray) -> NDArray[np.intp]:
    """Count, for every square between four cells, the classes left after the first round.

    Parameters
    ----------
    logits : ndarray of shape (h, w, C)
        Class scores, finite. Beyond their border the outermost cells are repeated.

    Returns
    -------
    counts : ndarray of shape (h + 1, w + 1)
        Classes that the one best in the middle does not beat at all four corners, from 1
        to C. The square in row i and column j has cell (i, j) at its lower right.

    Raises
    ------
    ValueError
        If `logits` is not (h, w, C) with finite values and at least one of each.

    Examples
    --------
    >>> surviving_classes(np.array([[[9.0, 0.0, 8.0], [0.0, 9.0, 1.0]]]))
    array([[1, 3, 1],
           [1, 3, 1]])

    """
    logits = check_logits(logits)
    counts = np.empty((logits.shape[0] + 1, logits.shape[1] + 1), np.intp)
    for row, col, cells in blocks(1, logits):
        count = first_round(cells).count
        part = count.reshape(cells.shape[0] - 1, cells.shape[1] - 1)
        counts[row : row + part.shape[0], col : col + part.shape[1]] = part
    return counts


def _label_type(classes: int) -> np.dtype[np.unsignedinteger]:
    return np.min_scalar_type(classes - 1)
