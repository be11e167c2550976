"""One pixel of an enlarged class map: its best classes, and the cells that made them."""

from collections import defaultdict
from typing import NamedTuple

import numpy as np

from fcnlib.checks import positive_int
from fcnlib.class_map.interpolation import Place, between, centered, check_logits, place
from fcnlib.typing import FloatArray


class CellWeight(NamedTuple):
    """What one cell adds to a pixel.

    Attributes
    ----------
    row, col : int
        The cell.
    weight : float
        Its weight in the pixel's scores, in (0, 1].

    """

    row: int
    col: int
    weight: float


class PixelScores(NamedTuple):
    """The best classes of one pixel and where their scores come from.

    Attributes
    ----------
    classes : tuple of int
        The best classes, best first; of equal ones the lowest index.
    scores : tuple of float
        Their scores, bilinear means of the cells'.
    confidences : tuple of float
        Their softmax over all classes, in [0, 1].
    cells : tuple of CellWeight
        The cells around the pixel, row by row: four, or fewer at the borders, where the
        outermost cells stand for those beyond, and on a cell's very center. Each cell comes
        once and none has weight 0; the weights add to 1.

    """

    classes: tuple[int, ...]
    scores: tuple[float, ...]
    confidences: tuple[float, ...]
    cells: tuple[CellWeight, ...]


def pixel_scores(factor: int, logits: FloatArray, row: int, col: int, k: int = 3) -> PixelScores:
    """Return the `k` best classes of one pixel of the enlarged scores.

    Parameters
    ----------
    factor : int
        Upsampling factor, in output pixels per cell along each axis.
    logits : ndarray of shape (h, w, C)
        Class scores, finite.
    row, col : int
        Pixel of the enlarged picture, in [0, factor * h) and [0, factor * w).
    k : int, optional
        How many classes to return; all of them if there are fewer.

    Returns
    -------
    pixel : PixelScores
        The first class is that of `class_map.upsampled_argmax` at the pixel.

    Raises
    ------
    TypeError, ValueError
        If `factor` or `k` is not a positive integer, or `logits` is not (h, w, C) with
        finite values and at least one of each.
    IndexError
        If the pixel is outside the enlarged picture.

    Examples
    --------
    >>> pixel = pixel_scores(4, np.array([[[8.0, 0.0], [0.0, 4.0]]]), 0, 4, k=1)
    >>> pixel.classes, pixel.scores, pixel.cells
    ((0,), (3.0,), (CellWeight(row=0, col=0, weight=0.375), CellWeight(row=0, col=1, weight=0.625)))

    """
    factor, k = positive_int(factor), positive_int(k, "k")
    logits = check_logits(logits)
    vertical = _place("row", factor, row, logits.shape[0])
    horizontal = _place("col", factor, col, logits.shape[1])
    cells = logits[np.ix_(vertical[:2], horizontal[:2])]
    behind = _mean(centered(cells), vertical, horizontal).astype(float)
    best = np.argsort(-behind, kind="stable")[:k]
    level = _mean(cells.max(-1).astype(float), vertical, horizontal)
    odds = np.exp(behind - behind[best[0]])
    return PixelScores(
        tuple(best.tolist()),
        tuple((level + behind[best]).tolist()),
        tuple((odds[best] / odds.sum()).tolist()),
        _cells(vertical, horizontal),
    )


def _place(name: str, factor: int, pixel: int, cells: int) -> Place:
    if not 0 <= pixel < factor * cells:
        msg = f"{name} must be from 0 to {factor * cells - 1} in the enlarged picture, got {pixel}"
        raise IndexError(msg)
    return place(factor, pixel, cells)


def _mean(cells: FloatArray, vertical: Place, horizontal: Place) -> FloatArray:
    """Return the weighted mean (...) of four cells (2, 2, ...) at a pixel."""
    down, right = (cells.dtype.type(axis.phase) for axis in (vertical, horizontal))
    top, bottom = between(cells[:, 0], cells[:, 1], right)
    return between(top, bottom, down)


def _cells(vertical: Place, horizontal: Place) -> tuple[CellWeight, ...]:
    weights: dict[tuple[int, int], float] = defaultdict(float)
    for row, down in ((vertical.before, 1 - vertical.phase), (vertical.after, vertical.phase)):
        for col, right in (
            (horizontal.before, 1 - horizontal.phase),
            (horizontal.after, horizontal.phase),
        ):
            weights[row, col] += down * right
    return tuple(CellWeight(*cell, weight) for cell, weight in weights.items() if weight > 0)
