"""The transposed convolution of a head as plain sums: one kernel per class, no mixing.

`fcn.upscore` runs it in TensorFlow. Here every output pixel can be asked which cells it was
made from and with what weights, be the kernel bilinear or trained.
"""

from itertools import product
from typing import NamedTuple

import numpy as np

from fcnlib.typing import Float64Array, FloatArray


class Tap(NamedTuple):
    """A cell that a pixel takes scores from.

    Attributes
    ----------
    row, col : int
        The cell.
    weights : ndarray of shape (C,)
        Its weight for each class.

    """

    row: int
    col: int
    weights: FloatArray


def taps(factor: int, kernel: FloatArray, shape: tuple[int, ...], row: int, col: int) -> list[Tap]:
    """Return the cells that one pixel is made from.

    Parameters
    ----------
    factor : int
        Stride of the transposed convolution, pixels per cell.
    kernel : ndarray of shape (K, K, C)
        Its weights, with ``K >= factor``.
    shape : tuple of int
        Rows and columns of cells.
    row, col : int
        Pixel of the enlarged scores.

    Returns
    -------
    taps : list of Tap
        Row by row, at most ``ceil(K / factor)`` in each; fewer at the border, beyond which
        there is nothing.

    Examples
    --------
    >>> from fcnlib.kernels.bilinear import upsample_filt
    >>> [(tap.row, tap.col, tap.weights * 16)
    ...  for tap in taps(2, upsample_filt(4)[..., None], (1, 9), 0, 4)]
    [(0, 1, array([3.])), (0, 2, array([9.]))]

    """
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
        Stride, pixels per cell.
    kernel : ndarray of shape (K, K, C)
        Weights, with ``K >= factor``.
    scores : ndarray of shape (h, w, C)
        Class scores of every cell.

    Returns
    -------
    enlarged : ndarray of shape (factor * h, factor * w, C)
        As TensorFlow's layer with ``"SAME"`` padding gives them.

    Examples
    --------
    >>> from fcnlib.kernels.bilinear import upsample_filt
    >>> enlarged(2, upsample_filt(4)[..., None], np.ones((1, 2, 1)))[..., 0]
    array([[0.5625, 0.75  , 0.75  , 0.5625],
           [0.5625, 0.75  , 0.75  , 0.5625]])

    """
    rows, cols = factor * scores.shape[0], factor * scores.shape[1]
    size = kernel.shape[0]
    full = np.zeros((rows + size - factor, cols + size - factor, scores.shape[2]))
    for row, col in np.ndindex(size, size):
        full[row : row + rows : factor, col : col + cols : factor] += scores * kernel[row, col]
    cut = (size - factor) // 2
    return full[cut : cut + rows, cut : cut + cols]


def _along(factor: int, size: int, pixel: int, cells: int) -> list[tuple[int, int]]:
    """Return each cell that reaches `pixel` along one axis, and its kernel's row or column."""
    place = pixel + max(size - factor, 0) // 2
    last = place // factor
    first = max(0, -((size - 1 - place) // factor))
    return [(cell, place - cell * factor) for cell in range(first, min(last, cells - 1) + 1)]
