"""Bilinear scores in the squares between neighbouring cells.

A pixel of the enlarged picture lies in a square with a cell's centre at each corner, and
its score is the mean of the four corners' scores, weighted by nearness. Beyond the
outermost centres the outermost cells are repeated. All that enlarges scores without an
array of every class works square by square, and rounds alike since it does so here.
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
        The two cells around it; one and the same beyond the outermost centres.
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


def between(start: FloatArray, end: FloatArray, phase: Any) -> NDArray[Any]:
    """Return the weighted mean of two scores, in their own precision.

    Examples
    --------
    >>> float(between(np.float64(2), np.float64(6), 0.25))
    3.0

    """
    return start * (1 - phase) + end * phase


def check_logits(logits: FloatArray) -> FloatArray:
    """Return `logits` as an array, or raise and say what came.

    Raises
    ------
    ValueError
        If they are not (h, w, C) with finite values and at least one of each.

    Examples
    --------
    >>> check_logits(np.zeros((2, 3, 4))).shape
    (2, 3, 4)

    """
    logits = np.asarray(logits)
    if logits.ndim != 3 or 0 in logits.shape:
        msg = f"logits must have shape (h, w, C), none of them 0, got {logits.shape}"
        raise ValueError(msg)
    if not np.issubdtype(logits.dtype, np.floating):
        msg = f"logits must be floating point, got {logits.dtype}"
        raise ValueError(msg)
    if not np.isfinite(logits).all():
        msg = "logits must be finite: with an infinite score no weighted mean is defined"
        raise ValueError(msg)
    return logits
