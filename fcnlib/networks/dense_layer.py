"""A dense layer as a convolution: the same weights in another order of axes.

A dense layer takes a block of h × w × C numbers as one row and multiplies it by a matrix with D
columns. Reshaped to (h, w, C, D), the matrix is the kernel of a convolution. On an input of the
block's size, this kernel fits at one position and gives the same numbers. On a larger input, it
gives the answer of the dense layer at every position.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from fcnlib.checks import real_array
from fcnlib.typing import Float64Array, FloatArray

RING = 7
"""Side of the block in `ring_example`, as many cells as fc6 of VGG-16 reads along each axis."""


def dense(block: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the outputs of a dense layer for one block.

    Parameters
    ----------
    block : ndarray of shape (h, w, C)
        Its input.
    weights : ndarray of shape (h * w * C, D)
        One column for each of D outputs.

    Returns
    -------
    outputs : ndarray of shape (D,), float64

    Raises
    ------
    ValueError
        If the shapes do not fit, or an array is not real, finite and unmasked.

    Examples
    --------
    >>> dense(np.array([[[1.0], [2.0]]]), np.array([[3.0], [4.0]]))
    array([11.])

    """
    block, weights = _check_weights(block, weights)
    # Small integers would overflow in their own type.
    return np.asarray(np.matmul(block.ravel(), weights, dtype=np.float64))


def as_kernel(weights: FloatArray, shape: tuple[int, int, int]) -> FloatArray:
    """Return the weights of a dense layer as the kernel of a convolution; no number changes.

    Parameters
    ----------
    weights : ndarray of shape (h * w * C, D)
        As for `dense`.
    shape : tuple of int
        Shape (h, w, C) of the blocks that the dense layer takes.

    Returns
    -------
    kernel : ndarray of shape (h, w, C, D)
        In TensorFlow's order of axes.

    Raises
    ------
    ValueError
        If `weights` has another number of rows.

    Examples
    --------
    >>> as_kernel(np.arange(8.0).reshape(4, 2), (2, 2, 1))[1, 0, 0]
    array([4., 5.])

    """
    _, weights = _check_weights(np.zeros(shape), weights)
    return weights.reshape(*shape, -1)


def valid_convolution(x: FloatArray, kernel: FloatArray) -> FloatArray:
    """Return a convolution with stride 1 and no padding, TensorFlow's ``"VALID"``.

    Parameters
    ----------
    x : ndarray of shape (H, W, C)
        Its input.
    kernel : ndarray of shape (h, w, C, D)
        Not larger than the input.

    Returns
    -------
    y : ndarray of shape (H - h + 1, W - w + 1, D), float64

    Raises
    ------
    ValueError
        If the shapes do not fit, or an array is not real, finite and unmasked.

    Examples
    --------
    >>> valid_convolution(np.arange(4.0).reshape(1, 4, 1), np.ones((1, 2, 1, 1))).ravel()
    array([1., 3., 5.])

    """
    x, kernel = real_array(x, "x", (3,)), real_array(kernel, "kernel", (4,))
    if x.shape[2] != kernel.shape[2] or any(
        k > n for k, n in zip(kernel.shape[:2], x.shape, strict=False)
    ):
        msg = (
            "x must have shape (H, W, C) and kernel (h, w, C, D) with h <= H and w <= W, got "
            f"{x.shape} and {kernel.shape}"
        )
        raise ValueError(msg)
    # Small integers would overflow in their own type.
    x, kernel = x.astype(np.float64), kernel.astype(np.float64)
    windows = sliding_window_view(x, kernel.shape[:2], axis=(0, 1))
    return np.asarray(np.einsum("hwcij,ijcd->hwd", windows, kernel))


def ring_example() -> tuple[Float64Array, Float64Array]:
    """Return an input with a ring in it, and the weights of a dense layer that looks for one.

    Returns
    -------
    x : ndarray of shape (9, 13, 1)
        1 on the ring and on a bar beside it, 0 elsewhere.
    weights : ndarray of shape (49, 1)
        For a block of 7 × 7 cells: 1 on a ring, −1 elsewhere. The output is how many cells of a
        ring are filled, minus how many others are.

    Examples
    --------
    >>> x, weights = ring_example()
    >>> scores = valid_convolution(x, as_kernel(weights, (7, 7, 1)))[..., 0]
    >>> scores.shape, tuple(int(n) for n in np.unravel_index(scores.argmax(), scores.shape))
    ((3, 7), (1, 4))

    """
    middle = (RING - 1) / 2
    distance = np.hypot(*(np.indices((RING, RING)) - middle))
    ring = np.abs(distance - middle) < 0.7
    x = np.zeros((9, 13, 1))
    x[1 : 1 + RING, 4 : 4 + RING, 0] = ring
    x[2:8, 1, 0] = 1
    return x, np.where(ring, 1.0, -1.0).reshape(-1, 1)


def _check_weights(block: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return both arrays, or raise if their types or shapes are wrong."""
    block, weights = real_array(block, "block", (3,)), real_array(weights, "weights", (2,))
    if len(weights) != block.size:
        msg = (
            "the block must have shape (h, w, C) and weights (h * w * C, D), got "
            f"{block.shape} and {weights.shape}"
        )
        raise ValueError(msg)
    return block, weights
