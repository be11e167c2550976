"""Bilinear interpolation of scores in the squares between neighboring cells.

A pixel of the upsampled image lies in a square whose corners are the centers of four cells. Its
score is the weighted mean of the scores of these cells, with more weight for nearer cells. Beyond
the outermost centers, the outermost cells are repeated. `centered` subtracts the best score of a
cell from its scores. `interpolate` is applied along rows first. `upsampled_argmax` and
`pixel_scores` use both functions, so they round in the same way.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fcnlib.checks import unmasked
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
    """Return `logits` in at least single precision after checking their shape and values.

    Raises
    ------
    ValueError
        If `logits` does not have shape (h, w, C), or as from `check_scores`.

    Examples
    --------
    >>> check_logits(np.zeros((2, 3, 4), np.float16)).dtype
    dtype('float32')

    """
    logits = unmasked(logits, "logits")
    if logits.ndim != 3 or 0 in logits.shape:
        msg = f"logits must have shape (h, w, C), none of them 0, got {logits.shape}"
        raise ValueError(msg)
    return check_scores(logits, "logits")


def check_scores(scores: FloatArray, name: str = "scores") -> FloatArray:
    """Return scores of any shape in at least single precision after checking their values.

    Parameters
    ----------
    scores : ndarray of shape (..., C)
        Class scores of any floating-point type, including bfloat16.
    name : str, optional
        Name of the caller's argument, for the error message.

    Raises
    ------
    ValueError
        If `scores` is empty, not floating point, masked or not finite, or if its values are so
        large that sums of them are not finite.

    Examples
    --------
    >>> import ml_dtypes
    >>> check_scores(np.array([0.5, 2], ml_dtypes.bfloat16))
    array([0.5, 2. ], dtype=float32)

    """
    scores = unmasked(scores, name)
    if scores.ndim == 0 or not scores.size:
        msg = f"{name} must have shape (..., C), none of the sides 0, got {scores.shape}"
        raise ValueError(msg)
    # The types of ml_dtypes, such as bfloat16, are no subtypes of `np.floating`.
    if scores.dtype.kind == "V" and np.can_cast(scores.dtype, np.float32):
        scores = scores.astype(np.float32)
    if not np.issubdtype(scores.dtype, np.floating):
        msg = f"{name} must be floating point, got {scores.dtype}; convert them to float32"
        raise ValueError(msg)
    # Half precision would lose the differences that decide between classes.
    scores = scores.astype(np.promote_types(scores.dtype, np.float32), copy=False)
    # The 64th part leaves room for sums of a few scores, such as those of four corners.
    low, high, limit = scores.min(), scores.max(), np.finfo(scores.dtype).max / 64
    # Comparisons with NaN are false, so this form rejects NaN too.
    if not (-limit <= low and high <= limit):
        msg = f"{name} must be finite and within ±{limit:.1e}, got from {low:g} to {high:g}"
        raise ValueError(msg)
    return scores
