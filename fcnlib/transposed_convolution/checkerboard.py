"""Checkerboard artifacts: ripple, overlap counts and polyphase sums of a kernel.

With stride s, each output cell uses only every s-th weight of the kernel. Its phase, which is its
position modulo s, determines which weights these are. Their sum is a polyphase sum. A constant
image stays constant if all polyphase sums are equal. If all weights of the kernel are equal, each
sum is proportional to the number of overlapping copies, so it matters whether the stride divides
the kernel size. For other kernels, divisibility does not decide whether the image stays constant.

A. Odena, V. Dumoulin and C. Olah, "Deconvolution and checkerboard artifacts", Distill, 2016,
show the effect and count the overlaps.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np

from fcnlib.checks import positive_int, unmasked
from fcnlib.transposed_convolution.definition import transposed_convolution
from fcnlib.transposed_convolution.sizes import Ints, pair
from fcnlib.typing import BoolArray, Float64Array, FloatArray, Int64Array

FLAT = 1e-9
"""Tolerance: ripples up to 1 + FLAT count as flat. Rounding errors are below 1e-14."""


class Ripples(NamedTuple):
    """Ripples of one kind of kernel, by size and stride.

    Attributes
    ----------
    sizes, strides : tuple of int
        Kernel size of each row and stride of each column.
    ripple : ndarray of shape (len(sizes), len(strides))
        As measured by the function `ripple`.

    """

    sizes: tuple[int, ...]
    strides: tuple[int, ...]
    ripple: Float64Array

    @property
    def flat(self) -> BoolArray:
        """Whether there is no ripple, for each size and stride."""
        return self.ripple <= 1 + FLAT

    @property
    def divisible(self) -> BoolArray:
        """Whether the stride divides the kernel size, for each size and stride."""
        return np.mod.outer(self.sizes, self.strides) == 0


def overlap_counts(
    size: Ints, kernel_size: Ints, stride: Ints, padding: Ints = 0, output_padding: Ints = 0
) -> Int64Array:
    """Return how many copies of the kernel overlap at each output cell.

    In the convolution that is transposed, this is how often the kernel reads that cell.

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
        If a number is not an integer or is out of range.

    Examples
    --------
    >>> overlap_counts((1, 3), (1, 3), (1, 2))
    array([[1, 1, 2, 1, 2, 1, 1]])

    """
    flat = np.ones((*pair(size, "size"), 1))
    kernel = np.ones((*pair(kernel_size, "kernel_size"), 1, 1))
    counts = transposed_convolution(flat, kernel, stride, padding, output_padding)
    return counts[..., 0].astype(np.int64)


def polyphase_sums(kernel: FloatArray, stride: Ints) -> FloatArray:
    """Return the sum of the weights that each phase of the output uses.

    Parameters
    ----------
    kernel : ndarray of shape (k_h, k_w)
        Weights.
    stride : int or pair of int
        Output cells per input cell, at least 1.

    Returns
    -------
    sums : ndarray of shape (s_h, s_w)
        Output of a transposed convolution for an image of ones, away from the border, at rows
        and columns with remainders 0 to s - 1.

    Raises
    ------
    TypeError, ValueError
        If the kernel has another shape, or `stride` is not an integer or is less than 1.

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
    """Measure the ripple that a transposed convolution adds to an image of ones.

    The border is left out, since fewer copies of the kernel overlap there.

    Parameters
    ----------
    kernel : ndarray of shape (k_h, k_w)
        Weights.
    stride : int
        Output cells per input cell, at least 1.

    Returns
    -------
    ripple : float
        Largest output value divided by the smallest, at least 1. 1 means flat. Infinite if
        some values are zero or the signs differ, but 1 if all values are zero.

    Raises
    ------
    TypeError, ValueError
        If the kernel has another shape, or `stride` is not an integer or is less than 1.

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
    # Only these cells receive as many copies as in an infinite image.
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
    """Measure the ripple of one kind of kernel for all sizes and strides.

    Parameters
    ----------
    kernel_of : callable
        Maps a size to a kernel, for example `fcnlib.kernels.bilinear.upsample_filt`.
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
    """Apply a transposed convolution to a gray image and keep its mean brightness.

    Parameters
    ----------
    picture : ndarray of shape (H, W)
        Finite float32 or float64.
    kernel : ndarray of shape (k_h, k_w)
        Weights.
    stride : int
        Output cells per input cell, at least 1.

    Returns
    -------
    enlarged : ndarray of shape (o_h, o_w)
        Output divided by the mean of the polyphase sums, unless that mean is zero. The border
        is cropped so that the sides are as close as possible to `stride` times the input's.

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
    picture, kernel = unmasked(picture, "picture"), _check_kernel(kernel)
    if picture.dtype.kind == "f" and not np.isfinite(picture).all():
        msg = "picture must be finite, got NaN or infinite values. Replace them first."
        raise ValueError(msg)
    sums = polyphase_sums(kernel, stride)
    gain = sums.mean() if abs(sums.mean()) > FLAT * np.abs(sums).max() else 1.0
    padding = tuple(max(0, (side - stride) // 2) for side in kernel.shape)
    weights = (kernel / gain)[..., np.newaxis, np.newaxis]
    return transposed_convolution(picture[..., np.newaxis], weights, stride, padding)[..., 0]


def _check_kernel(kernel: FloatArray) -> FloatArray:
    kernel = unmasked(kernel, "kernel")
    numbers = kernel.dtype.kind in "biuf"
    if kernel.ndim != 2 or not kernel.size or not numbers or not np.isfinite(kernel).all():
        msg = (
            f"kernel must have shape (k_h, k_w), no side 0, and finite weights, got {kernel.dtype} "
            f"of shape {kernel.shape}. Pass the finite weights of one channel."
        )
        raise ValueError(msg)
    return kernel.astype(np.float64)
