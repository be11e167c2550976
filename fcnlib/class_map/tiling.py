"""Scores taken block by block, so that work on them needs little memory at once."""

from collections.abc import Iterator

import numpy as np

from fcnlib.checks import positive_int
from fcnlib.class_map.interpolation import centered
from fcnlib.typing import FloatArray, LabelMap

_SCORES, _PIXELS = 1 << 18, 1 << 18
"""Scores and pixels of a block, unless a single square has more."""
_SCORE_NBYTES, _PIXEL_NBYTES = 64, 36
"""Memory that mapping a block of noise takes for each of its scores and each of its pixels."""


def blocks(factor: int, logits: FloatArray) -> Iterator[tuple[int, int, FloatArray]]:
    """Yield row and column of each block's first square, and the centered cells at its corners.

    Squares lie between four cells; those at the border have the outermost cells twice, so
    there are one more of them than cells along each axis.

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
    """Put `part` into `whole` at (top, left), cutting off what reaches beyond.

    Examples
    --------
    >>> whole = np.zeros((2, 3), int)
    >>> paste(np.array([[1, 2], [3, 4]]), whole, 1, -1)
    >>> whole
    array([[0, 0, 0],
           [2, 0, 0]])

    """
    rows = slice(max(top, 0), min(top + part.shape[0], whole.shape[0]))
    cols = slice(max(left, 0), min(left + part.shape[1], whole.shape[1]))
    whole[rows, cols] = part[
        rows.start - top : rows.stop - top, cols.start - left : cols.stop - left
    ]


def work_nbytes(factor: int, rows: int, cols: int, classes: int) -> int:
    """Return how much memory is enough to map scores, the map itself aside.

    Parameters
    ----------
    factor : int
        Pixels per cell along each axis.
    rows, cols, classes : int
        Shape of the scores, float32.

    Returns
    -------
    nbytes : int
        What the largest block takes if its scores are independent noise, of which the
        fewest classes can be left out; others take less.

    Examples
    --------
    >>> work_nbytes(32, 24, 32, 1000)
    23299584

    """
    height, width = _sides(positive_int(factor), rows, cols, classes)
    squares = height * width
    return squares * (classes * _SCORE_NBYTES + factor**2 * _PIXEL_NBYTES)


def _sides(factor: int, rows: int, cols: int, classes: int) -> tuple[int, int]:
    """Return how many squares a block has along each axis."""
    squares = max(1, min(_SCORES // classes, _PIXELS // factor**2))
    width = min(cols + 1, squares)
    return min(rows + 1, max(1, squares // width)), width
