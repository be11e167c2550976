"""One pixel of an upsampled class map: its best classes and the cells that determine them."""

from collections import defaultdict
from itertools import product
from typing import NamedTuple

import numpy as np

from fcnlib.checks import positive_int
from fcnlib.class_map.interpolation import Neighbors, centered, check_logits, interpolate, neighbors
from fcnlib.class_map.softmax import probabilities
from fcnlib.typing import FloatArray


class CellWeight(NamedTuple):
    """The weight of one cell in the scores of a pixel.

    Attributes
    ----------
    row, col : int
        Position of the cell.
    weight : float
        Its weight, in (0, 1].

    """

    row: int
    col: int
    weight: float


class PixelScores(NamedTuple):
    """The best classes of one pixel and the cells that determine their scores.

    Attributes
    ----------
    classes : tuple of int
        The best classes, best first. The lowest index comes first on ties.
    scores : tuple of float
        Their scores: bilinear means of the scores of the cells.
    confidences : tuple of float
        Their softmax over all classes, in [0, 1].
    cells : tuple of CellWeight
        The cells around the pixel, row by row. There are four, or fewer in two cases: near the
        border, where the outermost cells also replace those beyond it, and exactly on the center
        of a cell. Each cell occurs once, with a weight above 0. The weights add up to 1.

    """

    classes: tuple[int, ...]
    scores: tuple[float, ...]
    confidences: tuple[float, ...]
    cells: tuple[CellWeight, ...]


def pixel_scores(factor: int, logits: FloatArray, row: int, col: int, k: int = 3) -> PixelScores:
    """Return the `k` best classes of one pixel of the upsampled scores.

    Parameters
    ----------
    factor : int
        Upsampling factor, in output pixels per cell along each axis.
    logits : ndarray of shape (h, w, C)
        Class scores, finite.
    row, col : int
        Pixel of the upsampled image, in [0, factor * h) and [0, factor * w).
    k : int, optional
        Number of classes to return. All classes are returned if there are fewer.

    Returns
    -------
    pixel : PixelScores
        Its first class is the label that `class_map.upsampled_argmax` gives the pixel.

    Raises
    ------
    TypeError, ValueError
        If `factor` or `k` is not a positive integer, or if `logits` does not have shape
        (h, w, C), is empty or is not finite.
    IndexError
        If the pixel lies outside the upsampled image.

    Examples
    --------
    >>> pixel = pixel_scores(4, np.array([[[8.0, 0.0], [0.0, 4.0]]]), 0, 4, k=1)
    >>> pixel.classes, pixel.scores, pixel.cells
    ((0,), (3.0,), (CellWeight(row=0, col=0, weight=0.375), CellWeight(row=0, col=1, weight=0.625)))

    """
    factor, k, logits = positive_int(factor), positive_int(k, "k"), check_logits(logits)
    for name, pixel, count in zip(("row", "col"), (row, col), logits.shape[:2], strict=True):
        if not 0 <= pixel < factor * count:
            msg = f"{name} must be from 0 to {factor * count - 1} in the upsampled image, "
            msg += f"got {pixel}"
            raise IndexError(msg)
    axes = neighbors(factor, row, logits.shape[0]), neighbors(factor, col, logits.shape[1])
    corners = logits[np.ix_(*(axis[:2] for axis in axes))]
    # Computed like the label map, from centered scores and with its rounding, so that both agree.
    relative = _mean(centered(corners), *axes).astype(float)
    best = np.argsort(-relative, kind="stable")[:k]
    level = _mean(corners.max(-1).astype(float), *axes)
    weights: dict[tuple[int, int], float] = defaultdict(float)
    pairs = ([(axis.before, 1 - axis.phase), (axis.after, axis.phase)] for axis in axes)
    for (i, down), (j, right) in product(*pairs):
        weights[i, j] += down * right
    return PixelScores(
        tuple(best.tolist()),
        tuple((level + relative[best]).tolist()),
        tuple(probabilities(relative)[best].tolist()),
        tuple(CellWeight(*cell, weight) for cell, weight in weights.items() if weight > 0),
    )


def _mean(corners: FloatArray, vertical: Neighbors, horizontal: Neighbors) -> FloatArray:
    """Return the weighted mean (...) of the scores (2, 2, ...) of four cells at a pixel."""
    down, right = (corners.dtype.type(axis.phase) for axis in (vertical, horizontal))
    top, bottom = interpolate(corners[:, 0], corners[:, 1], right)
    return interpolate(top, bottom, down)
