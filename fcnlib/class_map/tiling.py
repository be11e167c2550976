"""Division of the scores into blocks that are processed one at a time to save memory."""

from collections.abc import Iterator

import numpy as np

from fcnlib.checks import positive_int
from fcnlib.class_map.interpolation import centered
from fcnlib.typing import FloatArray, LabelMap

_SCORES, _PIXELS = 1 << 18, 1 << 18
"""Largest number of scores and of pixels in a block, unless a single square has more."""
_SCORE_NBYTES, _PIXEL_NBYTES = 64, 36
"""Memory needed for each score and each pixel while mapping a block of noise."""


def blocks(factor: int, logits: FloatArray) -> Iterator[tuple[int, int, FloatArray]]:
    """Yield row and column of the first square of each block, and the centered cells around it.

    Squares lie between four cells. Those at the border use the outermost cells twice, so along
    each axis there is one more square than cells.

    Examples
    --------
    >>> [(row, col, cells.shape) for row, col, cells in blocks(4, np.zeros((2, 3, 5)))]
    [(0, 0, (4, 5, 5))]

    """
    rows, cols, classes = logits.shape
    height, width = _sides(factor, rows, cols, classes)
    for row in range(0, rows + 1, height):
        for col in range(0, cols + 1, width):
            down = np.arange(row - 1, min(row + height, rows + 1)).clip(0, rows - 1)
            across = np.arange(col - 1, min(col + width, cols + 1)).clip(0, cols - 1)
            yield row, col, centered(logits[np.ix_(down, across)])


def paste(part: LabelMap, whole: LabelMap, top: int, left: int) -> None:
    """Copy `part` into `whole` at (top, left). The part that lies outside `whole` is cut off.

    Examples
    --------
    >>> whole = np.zeros((2, 3), int)
    >>> paste(np.array([[1, 2], [3, 4]]), whole, 1, -1)
    >>> whole
    array([[0, 0, 0],
           [2, 0, 0]])

    """
    # A negative start would count from the end, so cut the part and start at 0 instead.
    visible = part[max(-top, 0) :, max(-left, 0) :]
    target = whole[max(top, 0) :, max(left, 0) :][: visible.shape[0], : visible.shape[1]]
    target[:] = visible[: target.shape[0], : target.shape[1]]


def work_nbytes(factor: int, rows: int, cols: int, classes: int) -> int:
    """Return an upper bound for the memory needed to map scores, without the map itself.

    Parameters
    ----------
    factor : int
        Pixels per cell along each axis.
    rows, cols, classes : int
        Shape of the scores, float32.

    Returns
    -------
    nbytes : int
        Memory for the largest block if its scores are independent noise, which leaves the most
        candidates. Other scores need less.

    Examples
    --------
    >>> work_nbytes(32, 24, 32, 1000)
    23299584

    """
    height, width = _sides(positive_int(factor), rows, cols, classes)
    return height * width * (classes * _SCORE_NBYTES + factor**2 * _PIXEL_NBYTES)


def _sides(factor: int, rows: int, cols: int, classes: int) -> tuple[int, int]:
    """Return the number of squares of a block along each axis."""
    squares = max(1, min(_SCORES // classes, _PIXELS // factor**2))
    # Wide blocks first: neighboring cells of a row are neighbors in memory.
    width = min(cols + 1, squares)
    return min(rows + 1, max(1, squares // width)), width
