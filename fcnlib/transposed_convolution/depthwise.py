"""The depthwise transposed convolution in NumPy: one kernel per class, classes stay separate.

`networks.fcn.upscore` computes it in TensorFlow. This module can also list the cells and weights
that contribute to one output pixel, for bilinear and for trained kernels.
"""

from itertools import product
from typing import NamedTuple

import numpy as np

from fcnlib.checks import positive_int, real_array, unmasked
from fcnlib.typing import Float64Array, FloatArray


class Tap(NamedTuple):
    """An input cell that contributes to a pixel.

    Attributes
    ----------
    row, col : int
        Position of the cell.
    weights : ndarray of shape (C,)
        Its weight for each class.

    """

    row: int
    col: int
    weights: FloatArray


def taps(factor: int, kernel: FloatArray, shape: tuple[int, ...], row: int, col: int) -> list[Tap]:
    """Return the input cells that contribute to one pixel, with their weights.

    Parameters
    ----------
    factor : int
        Stride of the transposed convolution, in pixels per cell.
    kernel : ndarray of shape (K, K, C)
        Its weights, with ``K >= factor``.
    shape : tuple of int
        Rows and columns of the input.
    row, col : int
        Position of the pixel in the enlarged scores.

    Returns
    -------
    taps : list of Tap
        Row by row, at most ``ceil(K / factor)`` along each axis. There are fewer at the border,
        because there are no cells beyond it.

    Raises
    ------
    ValueError
        If `kernel` has another number of dimensions or type, is masked or is not finite.

    Examples
    --------
    >>> from fcnlib.kernels.bilinear import upsample_filt
    >>> [(tap.row, tap.col, tap.weights * 16)
    ...  for tap in taps(2, upsample_filt(4)[..., None], (1, 9), 0, 4)]
    [(0, 1, array([3.])), (0, 2, array([9.]))]

    """
    kernel = real_array(kernel, "kernel", (3,))
    down, right = (
        _along(factor, size, pixel, cells)
        for size, pixel, cells in zip(kernel.shape, (row, col), shape, strict=False)
    )
    return [Tap(i, j, kernel[a, b]) for (i, a), (j, b) in product(down, right)]


def enlarged(factor: int, kernel: FloatArray, scores: FloatArray) -> Float64Array:
    """Return scores enlarged by a transposed convolution with one kernel per class.

    Parameters
    ----------
    factor : int
        Stride, in pixels per cell.
    kernel : ndarray of shape (K, K, C)
        Weights, with ``K >= factor``.
    scores : ndarray of shape (h, w, C)
        Class scores of each cell.

    Returns
    -------
    enlarged : ndarray of shape (factor * h, factor * w, C)
        The result of TensorFlow's layer with ``padding="SAME"``.

    Raises
    ------
    TypeError, ValueError
        If `factor` is not a positive integer, or an array has another shape or type or is masked.

    Examples
    --------
    >>> from fcnlib.kernels.bilinear import upsample_filt
    >>> enlarged(2, upsample_filt(4)[..., None], np.ones((1, 2, 1)))[..., 0]
    array([[0.5625, 0.75  , 0.75  , 0.5625],
           [0.5625, 0.75  , 0.75  , 0.5625]])

    """
    factor = positive_int(factor)
    kernel, scores = unmasked(kernel, "kernel"), unmasked(scores, "scores")
    arrays = kernel, scores
    finite = all(a.dtype.kind in "biuf" and np.isfinite(a).all() for a in arrays)
    square = kernel.ndim == 3 and kernel.shape[0] == kernel.shape[1] >= factor
    if scores.ndim != 3 or not square or kernel.shape[2:] != scores.shape[2:] or not finite:
        msg = (
            f"kernel must have shape (K, K, C) with K from {factor} up, and scores (h, w, C), both "
            f"finite, got {kernel.dtype} of shape {kernel.shape} and {scores.dtype} of shape "
            f"{scores.shape}."
        )
        raise ValueError(msg)
    rows, cols = factor * scores.shape[0], factor * scores.shape[1]
    size = kernel.shape[0]
    full = np.zeros((rows + size - factor, cols + size - factor, scores.shape[2]))
    for row, col in np.ndindex(size, size):
        # Small integers would overflow in their own type.
        terms = np.multiply(scores, kernel[row, col], dtype=np.float64)
        full[row : row + rows : factor, col : col + cols : factor] += terms
    cut = (size - factor) // 2
    return full[cut : cut + rows, cut : cut + cols]


def _along(factor: int, size: int, pixel: int, cells: int) -> list[tuple[int, int]]:
    """Return the cells that contribute to `pixel` along one axis, each with its kernel index."""
    uncropped = pixel + (size - factor) // 2
    # Cell c covers the uncropped pixels from c * factor to c * factor + size - 1.
    first = max(0, -((size - 1 - uncropped) // factor))
    last = min(uncropped // factor, cells - 1)
    return [(cell, uncropped - cell * factor) for cell in range(first, last + 1)]
