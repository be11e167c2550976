"""Bilinear scores in the squares between neighboring cells.

A pixel of the enlarged picture lies in a square with a cell's center at each corner, and
its score is the mean of the four corners' scores, weighted by nearness. Beyond the
outermost centers the outermost cells are repeated. Whatever compares classes pixel by pixel
takes `centered` scores and the means `between` them, along rows first, so that all of it
rounds alike.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fcnlib.typing import FloatArray


class Place(NamedTuple):
    """Where a pixel lies along one axis.

    Attributes
    ----------
    before, after : int
        The two cells around it; one and the same beyond the outermost centers.
    phase : float
        How far it is from one to the other, in [0, 1).

    """

    before: int
    after: int
    phase: float


def place(factor: int, pixel: int, cells: int) -> Place:
    """Return where `pixel` lies among `cells` cells of `factor` pixels each.

    Examples
    --------
    >>> place(4, 6, 3)
    Place(before=1, after=2, phase=0.125)
    >>> place(4, 0, 3)
    Place(before=0, after=0, phase=0.625)

    """
    square, within = divmod(pixel + margin(factor), factor)
    before, after = max(square - 1, 0), min(square, cells - 1)
    return Place(before, after, float(phases(factor)[within]))


def margin(factor: int) -> int:
    """Return how many pixels the first square reaches beyond the picture."""
    return factor - factor // 2


def phases(factor: int, dtype: Any = float) -> FloatArray:
    """Return where pixels lie between the corners of a square, each in [0, 1).

    For an odd factor the first one lies on the corner itself.

    Examples
    --------
    >>> phases(4), phases(5)
    (array([0.125, 0.375, 0.625, 0.875]), array([0. , 0.2, 0.4, 0.6, 0.8]))

    """
    return ((np.arange(factor) + (factor % 2 == 0) / 2) / factor).astype(dtype)


def centered(cells: FloatArray) -> FloatArray:
    """Return scores (..., C) less the best one of their cell, which orders pixels' alike.

    It takes the same from all classes at any one pixel. Means of scores that are all 0 or
    less have no cancellation in them, so their rounding error is small beside themselves.

    Examples
    --------
    >>> centered(np.array([[1e6, 1e6 + 2], [-7, -9]]))
    array([[-2.,  0.],
           [ 0., -2.]])

    """
    return cells - cells.max(-1, keepdims=True)


def between(start: FloatArray, end: FloatArray, phase: Any) -> NDArray[Any]:
    """Return the weighted mean of two scores, in their own precision.

    Examples
    --------
    >>> float(between(np.float64(2), np.float64(6), 0.25))
    3.0

    """
    return start * (1 - phase) + end * phase


def check_logits(logits: FloatArray) -> FloatArray:
    """Return `logits` in at least single precision, or raise and say what came.

    Raises
    ------
    ValueError
        If they are not (h, w, C) with finite values and at least one of each, or so large
        that sums of them are not finite.

    Examples
    --------
    >>> check_logits(np.zeros((2, 3, 4), np.float16)).dtype
    dtype('float32')

    """
    logits = np.asarray(logits)
    if logits.ndim != 3 or 0 in logits.shape:
        msg = f"logits must have shape (h, w, C), none of them 0, got {logits.shape}"
        raise ValueError(msg)
    if not np.issubdtype(logits.dtype, np.floating):
        msg = f"logits must be floating point, got {logits.dtype}"
        raise ValueError(msg)
    logits = logits.astype(np.promote_types(logits.dtype, np.float32), copy=False)
    low, high, limit = logits.min(), logits.max(), np.finfo(logits.dtype).max / 64
    # Written so that it refuses NaN too, for which every comparison is false.
    if not (-limit <= low and high <= limit):
        msg = f"logits must be finite and within ±{limit:.1e}, got from {low:g} to {high:g}"
        raise ValueError(msg)
    return logits
