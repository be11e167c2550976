"""Bilinear interpolation of scores in the squares between neighboring cells.

A pixel of the upsampled image lies in a square whose corners are the centers of four cells. Its
score is the weighted mean of the scores of these cells, with more weight for nearer cells. Beyond
the outermost centers, the outermost cells are repeated. All code that compares classes pixel by
pixel uses `centered` scores and `interpolate`, which starts along rows, so that all results are
rounded in the same way.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fcnlib.typing import FloatArray


class Neighbors(NamedTuple):
    """The two cells around a pixel along one axis.

    Attributes
    ----------
    before, after : int
        Indices of the cells. They are equal beyond the outermost centers.
    phase : float
        Position of the pixel between their centers, in [0, 1).

    """

    before: int
    after: int
    phase: float


def neighbors(factor: int, pixel: int, cells: int) -> Neighbors:
    """Return the neighbors of `pixel` among `cells` cells of `factor` pixels each.

    Examples
    --------
    >>> neighbors(4, 6, 3)
    Neighbors(before=1, after=2, phase=0.125)
    >>> neighbors(4, 0, 3)
    Neighbors(before=0, after=0, phase=0.625)

    """
    square, within = divmod(pixel + margin(factor), factor)
    return Neighbors(max(square - 1, 0), min(square, cells - 1), float(phases(factor)[within]))


def margin(factor: int) -> int:
    """Return the number of pixels by which the first square extends beyond the image."""
    return factor - factor // 2


def phases(factor: int, dtype: Any = float) -> FloatArray:
    """Return the positions of pixels between the corners of a square, in [0, 1).

    For an odd factor, the first pixel lies exactly on the corner.

    Examples
    --------
    >>> phases(4), phases(5)
    (array([0.125, 0.375, 0.625, 0.875]), array([0. , 0.2, 0.4, 0.6, 0.8]))

    """
    # Pixel centers of an even factor lie half a pixel off the cell centers.
    return ((np.arange(factor) + (factor % 2 == 0) / 2) / factor).astype(dtype)


def centered(cells: FloatArray) -> FloatArray:
    """Return scores (..., C) minus the best score of their cell.

    At any pixel, this subtracts the same number from all classes and keeps their order. A mean
    of scores that are all 0 or less involves no cancellation, so its relative rounding error is
    small.

    Examples
    --------
    >>> centered(np.array([[1e6, 1e6 + 2], [-7, -9]]))
    array([[-2.,  0.],
           [ 0., -2.]])

    """
    return cells - cells.max(-1, keepdims=True)


def interpolate(start: FloatArray, end: FloatArray, phase: Any) -> NDArray[Any]:
    """Return the weighted mean of two scores, in their own precision.

    Examples
    --------
    >>> float(interpolate(np.float64(2), np.float64(6), 0.25))
    3.0

    """
    return start * (1 - phase) + end * phase


def check_logits(logits: FloatArray) -> FloatArray:
    """Return `logits` in at least single precision after checking them.

    Raises
    ------
    ValueError
        If `logits` does not have shape (h, w, C), is empty, is not floating point or is not
        finite, or if its values are so large that sums of them are not finite.

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
        msg = f"logits must be floating point, got {logits.dtype}; convert them to float32"
        raise ValueError(msg)
    # Half precision would lose the differences that decide between classes.
    logits = logits.astype(np.promote_types(logits.dtype, np.float32), copy=False)
    # The 64th part leaves room for sums of a few scores, such as those of four corners.
    low, high, limit = logits.min(), logits.max(), np.finfo(logits.dtype).max / 64
    # Comparisons with NaN are false, so this form rejects NaN too.
    if not (-limit <= low and high <= limit):
        msg = f"logits must be finite and within ±{limit:.1e}, got from {low:g} to {high:g}"
        raise ValueError(msg)
    return logits
