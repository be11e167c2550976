"""Whether a transposed convolution leaves a flat picture flat, or puts a checkerboard on it.

An output cell sees only every s-th weight of the kernel: which ones depends on its phase, its
position modulo the stride s. A flat picture stays flat if every phase's weights have the same
sum. How many copies overlap, and so whether the stride divides the kernel's size, decides it
only for kernels whose weights are all equal.

A. Odena, V. Dumoulin and C. Olah, "Deconvolution and checkerboard artifacts", Distill, 2016,
show the effect and count the overlaps.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fcnlib.checks import positive_int
from fcnlib.transposed_convolution.definition import transposed_convolution
from fcnlib.transposed_convolution.sizes import Pair, pair
from fcnlib.typing import Float64Array, FloatArray

FLAT = 1e-9
"""How far above 1 a ripple may be and still count as flat: rounding is below 1e-14."""


class Ripples(NamedTuple):
    """The ripples of one kind of kernel, by size and stride.

    Attributes
    ----------
    sizes, strides : tuple of int
        What the rows and the columns stand for.
    ripple : ndarray of shape (len(sizes), len(strides))
        As `ripple` measures it.

    """

    sizes: tuple[int, ...]
    strides: tuple[int, ...]
    ripple: Float64Array

    @property
    def flat(self) -> NDArray[np.bool_]:
        """Where there is no ripple."""
        return self.ripple <= 1 + FLAT

    @property
    def divisible(self) -> NDArray[np.bool_]:
        """Where the stride divides the kernel's size."""
        return np.array([[size % stride == 0 for stride in self.strides] for size in self.sizes])


def overlap_counts(
    size: int | Pair,
    kernel_size: int | Pair,
    stride: int | Pair,
    padding: int | Pair = 0,
    output_padding: int | Pair = 0,
) -> NDArray[np.int64]:
    """Return how many copies of the kernel reach each output cell.

    In the convolution that is transposed, it is how often the kernel reads that cell.

    Parameters
    ----------
    size, kernel_size : int or pair of int
        Rows and columns of the input and of the kernel.
    stride, padding, output_padding : int or pair of int
        As for `fcnlib.transposed_convolution.transposed_convolution`.

    Returns
    -------
    counts : ndarray of shape (o_h, o_w)

    Raises
    ------
    TypeError, ValueError
        If a number is no integer or out of its range.

    Examples
    --------
    >>> overlap_counts((1, 3), (1, 3), (1, 2))
    array([[1, 1, 2, 1, 2, 1, 1]])

    """
    flat = np.ones((*pair(size, "size"), 1))
    kernel = np.ones((*pair(kernel_size, "kernel_size"), 1, 1))
    counts = transposed_convolution(flat, kernel, stride, padding, output_padding)
    return counts[..., 0].astype(np.int64)


def polyphase_sums(kernel: FloatArray, stride: int | Pair) -> FloatArray:
    """Return the sum of the weights that each phase of the output sees.

    Parameters
    ----------
    kernel : ndarray of shape (k_h, k_w)
        Weights.
    stride : int or pair of int
        Output cells per input cell, at least 1.

    Returns
    -------
    sums : ndarray of shape (s_h, s_w)
        What a transposed convolution makes of a picture of ones, away from its rim, at the
        rows and columns that leave the remainders 0 to s - 1.

    Raises
    ------
    TypeError, ValueError
        If the kernel has another shape, or `stride` is no integer or less than 1.

    Examples
    --------
    >>> polyphase_sums(np.array([[1.0, 2.0, 3.0]]), stride=(1, 2))
    array([[4., 2.]])

    """
    kernel = _check_kernel(kernel)
    s_h, s_w = (positive_int(step, "stride") for step in pair(stride, "stride"))
    return np.array(
        [[kernel[row::s_h, col::s_w].sum() for col in range(s_w)] for row in range(s_h)]
    )


def ripple(kernel: FloatArray, stride: int) -> float:
    """Measure what a transposed convolution makes of a picture of ones, away from its rim.

    Parameters
    ----------
    kernel : ndarray of shape (k_h, k_w)
        Weights.
    stride : int
        Output cells per input cell, at least 1.

    Returns
    -------
    ripple : float
        The largest value over the smallest, at least 1. 1 means flat. Infinite if the values
        reach zero or lie on both sides of it, but 1 if all are zero.

    Raises
    ------
    TypeError, ValueError
        If the kernel has another shape, or `stride` is no integer or less than 1.

    Examples
    --------
    >>> ripple(np.ones((3, 3)), 2), ripple(np.ones((4, 4)), 2)
    (4.0, 1.0)

    """
    kernel = _check_kernel(kernel)
    stride = positive_int(stride, "stride")
    rows, cols = (-(-side // stride) + 1 for side in kernel.shape)
    ones = np.ones((rows, cols, 1))
    response = transposed_convolution(ones, kernel[..., np.newaxis, np.newaxis], stride)
    # Cells that get all the copies they would get if the picture had no end.
    first_row, first_col = (max(0, side - stride) for side in kernel.shape)
    inside = response[first_row : stride * rows, first_col : stride * cols]
    inside = np.where(np.abs(inside) > FLAT * np.abs(kernel).max(), inside, 0)
    if not inside.any():
        return 1.0
    if np.sign(inside).min() != np.sign(inside).max():
        return np.inf
    return float(np.abs(inside).max() / np.abs(inside).min())


def ripples(
    kernel_of: Callable[[int], FloatArray], sizes: Iterable[int], strides: Iterable[int]
) -> Ripples:
    """Measure the ripple of every size of a kind of kernel, at every stride.

    Parameters
    ----------
    kernel_of : callable
        Maps a size to a kernel, such as `fcnlib.kernels.bilinear.upsample_filt`.
    sizes, strides : iterable of int
        Each at least 1.

    Returns
    -------
    ripples : Ripples

    Raises
    ------
    TypeError, ValueError
        As from `ripple`.

    Examples
    --------
    >>> ripples(lambda size: np.ones((size, size)), [2, 3, 4], [2, 3]).ripple
    array([[ 1., inf],
           [ 4.,  1.],
           [ 1.,  4.]])

    """
    sizes, strides = tuple(sizes), tuple(strides)
    measured = [[ripple(kernel_of(size), stride) for stride in strides] for size in sizes]
    return Ripples(sizes, strides, np.array(measured))


def apply_normalized(picture: FloatArray, kernel: FloatArray, stride: int) -> FloatArray:
    """Return a gray picture after the transposed convolution, as bright as before on average.

    Parameters
    ----------
    picture : ndarray of shape (H, W)
        float32 or float64.
    kernel : ndarray of shape (k_h, k_w)
        Weights.
    stride : int
        Output cells per input cell, at least 1.

    Returns
    -------
    enlarged : ndarray of shape (o_h, o_w)
        Divided by the mean of the polyphase sums unless that is zero, and with as much of the
        rim cut off as brings its sides nearest to `stride` times the picture's.

    Raises
    ------
    TypeError, ValueError
        As from `ripple` and `fcnlib.transposed_convolution.transposed_convolution`.

    Examples
    --------
    >>> apply_normalized(np.array([[0.0, 1.0]]), np.ones((2, 2)), stride=2)
    array([[0., 0., 1., 1.],
           [0., 0., 1., 1.]])

    """
    sums = polyphase_sums(kernel, stride)
    gain = sums.mean() if abs(sums.mean()) > FLAT * np.abs(sums).max() else 1.0
    rim = tuple(max(0, (side - stride) // 2) for side in kernel.shape)
    weights = (kernel / gain)[..., np.newaxis, np.newaxis]
    return transposed_convolution(picture[..., np.newaxis], weights, stride, rim)[..., 0]


def _check_kernel(kernel: FloatArray) -> FloatArray:
    kernel = np.asarray(kernel, dtype=np.float64)
    if kernel.ndim != 2 or not kernel.size or not np.isfinite(kernel).all():
        msg = (
            f"kernel must have shape (k_h, k_w), no side 0, and finite weights, got shape "
            f"{kernel.shape}. Pass the weights of one channel."
        )
        raise ValueError(msg)
    return kernel
