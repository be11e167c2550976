"""The transposed convolution: its definition, and two other ways to the same numbers.

Each input cell stamps a copy of the kernel, scaled by its value; the copies stand a stride
apart and add up where they overlap. That is `transposed_convolution`. Asked from the side of
an output cell it is `gather`, a convolution of the input with zeros put between its cells;
and written as a matrix it is the transpose of a convolution's, `convolution_matrix`.

Kernels come in TensorFlow's order, ``[row, column, out, in]``. One dimension is a row: input
``(1, W, C_in)``, kernel ``(1, k, C_out, C_in)``, stride ``(1, s)``, padding ``(0, p)``.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from fcnlib.transposed_convolution.sizes import (
    Pair,
    convolution_size,
    input_sizes,
    output_padding_range,
    output_size,
    padding_range,
    pair,
)
from fcnlib.typing import FloatArray

__all__ = [
    "convolution_matrix",
    "convolution_size",
    "gather",
    "input_sizes",
    "insert_zeros",
    "output_padding_range",
    "output_size",
    "padding_range",
    "transposed_convolution",
    "transposed_shape",
]


def transposed_convolution(
    x: FloatArray,
    kernel: FloatArray,
    stride: int | Pair = 1,
    padding: int | Pair = 0,
    output_padding: int | Pair = 0,
) -> FloatArray:
    """Stamp the kernel at every input cell and add up: scatter, the definition.

    Parameters
    ----------
    x : ndarray of shape (H, W, C_in)
        float32 or float64.
    kernel : ndarray of shape (k_h, k_w, C_out, C_in)
        Weights, in TensorFlow's order.
    stride, padding, output_padding : int or pair of int, optional
        Along rows and columns, as for `output_size`.

    Returns
    -------
    y : ndarray of shape (o_h, o_w, C_out)
        Of the type of `x`, with the sides that `output_size` tells.

    Raises
    ------
    TypeError, ValueError
        If an array has another type or shape, the channels do not fit, or a number is out of
        its range.

    Examples
    --------
    >>> row = np.array([[[1.0], [10.0]]])
    >>> kernel = np.array([1.0, 2.0, 3.0]).reshape(1, 3, 1, 1)
    >>> transposed_convolution(row, kernel, stride=(1, 2))[0, :, 0]
    array([ 1.,  2., 13., 20., 30.])

    """
    x, kernel = _check_arrays(x, kernel)
    (s_h, s_w), (p_h, p_w) = pair(stride, "stride"), pair(padding, "padding")
    o_h, o_w = transposed_shape(x, kernel, stride, padding, output_padding)
    k_h, k_w, channels, _ = kernel.shape
    canvas = np.zeros((o_h + 2 * p_h, o_w + 2 * p_w, channels), x.dtype)
    for row, col in np.ndindex(x.shape[:2]):
        copy = kernel @ x[row, col]
        canvas[s_h * row : s_h * row + k_h, s_w * col : s_w * col + k_w] += copy
    return canvas[p_h : p_h + o_h, p_w : p_w + o_w]


def gather(
    x: FloatArray,
    kernel: FloatArray,
    stride: int | Pair = 1,
    padding: int | Pair = 0,
    output_padding: int | Pair = 0,
) -> FloatArray:
    """Put zeros between the input cells and slide the flipped kernel over them.

    Parameters
    ----------
    x, kernel, stride, padding, output_padding
        As for `transposed_convolution`.

    Returns
    -------
    y : ndarray of shape (o_h, o_w, C_out)
        As from `transposed_convolution`, but for rounding.

    Raises
    ------
    TypeError, ValueError
        As from `transposed_convolution`.

    Notes
    -----
    At each end stand ``k - p - 1`` zeros, at the far end `output_padding` more. This is
    relation 14 of arXiv:1603.07285 read as a convolution with a stride of 1.

    Examples
    --------
    >>> row = np.array([[[1.0], [10.0]]])
    >>> kernel = np.array([1.0, 2.0, 3.0]).reshape(1, 3, 1, 1)
    >>> gather(row, kernel, stride=(1, 2))[0, :, 0]
    array([ 1.,  2., 13., 20., 30.])

    """
    x, kernel = _check_arrays(x, kernel)
    transposed_shape(x, kernel, stride, padding, output_padding)
    sides = zip(
        kernel.shape[:2],
        pair(padding, "padding"),
        pair(output_padding, "output_padding"),
        strict=True,
    )
    rims = [(k - p - 1, k - p - 1 + extra) for k, p, extra in sides]
    padded = np.pad(insert_zeros(x, stride), (*rims, (0, 0)))
    windows = sliding_window_view(padded, kernel.shape[:2], axis=(0, 1))
    return np.einsum("hwcij,ijoc->hwo", windows, kernel[::-1, ::-1])


def insert_zeros(x: FloatArray, stride: int | Pair) -> FloatArray:
    """Return `x` with ``stride - 1`` zeros between neighbors, and none at the ends.

    Parameters
    ----------
    x : ndarray of shape (H, W) or (H, W, C)
        Of any type.
    stride : int or pair of int
        At least 1.

    Returns
    -------
    stretched : ndarray of shape (s_h * (H - 1) + 1, s_w * (W - 1) + 1) or the same with C
        Of the type of `x`.

    Raises
    ------
    TypeError, ValueError
        If `stride` is no integer or less than 1.

    Examples
    --------
    >>> insert_zeros(np.array([[1.0, 2.0]]), stride=3)
    array([[1., 0., 0., 2.]])

    """
    s_h, s_w = pair(stride, "stride")
    # A kernel of one cell leaves the cells alone, so the sizes are those of its output.
    shape = (output_size(x.shape[0], 1, s_h), output_size(x.shape[1], 1, s_w))
    stretched = np.zeros(shape + x.shape[2:], x.dtype)
    stretched[::s_h, ::s_w] = x
    return stretched


def convolution_matrix(
    size: int | Pair, kernel: FloatArray, stride: int | Pair = 1, padding: int | Pair = 0
) -> FloatArray:
    """Return the matrix C of a convolution; its transpose is the transposed convolution.

    Parameters
    ----------
    size : int or pair of int
        Rows and columns ``(o_h, o_w)`` of the convolution's input, which are those of the
        transposed convolution's output. They settle what output_padding would.
    kernel : ndarray of shape (k_h, k_w)
        Weights of one channel. The convolution does not flip it, as in all frameworks.
    stride, padding : int or pair of int, optional
        As for `convolution_size`.

    Returns
    -------
    matrix : ndarray of shape (i_h * i_w, o_h * o_w)
        One row for each output of the convolution, one column for each of its inputs, both
        counted row by row. ``matrix @ image.ravel()`` is the convolution, ``matrix.T @
        x.ravel()`` the transposed convolution.

    Raises
    ------
    TypeError, ValueError
        If the kernel is not two-dimensional or a number is out of its range.

    Examples
    --------
    >>> convolution_matrix((1, 5), np.array([[1, 2, 3]]), stride=(1, 2))
    array([[1, 2, 3, 0, 0],
           [0, 0, 1, 2, 3]])

    """
    if np.ndim(kernel) != 2:
        msg = f"kernel must have shape (k_h, k_w), got {np.shape(kernel)}. Pass one channel."
        raise ValueError(msg)
    (o_h, o_w), (s_h, s_w) = pair(size, "size"), pair(stride, "stride")
    p_h, p_w = pair(padding, "padding")
    k_h, k_w = kernel.shape
    places = (convolution_size(o_h, k_h, s_h, p_h), convolution_size(o_w, k_w, s_w, p_w))
    rows = []
    for row, col in np.ndindex(places):
        padded = np.zeros((o_h + 2 * p_h, o_w + 2 * p_w), kernel.dtype)
        padded[s_h * row : s_h * row + k_h, s_w * col : s_w * col + k_w] = kernel
        rows.append(padded[p_h : p_h + o_h, p_w : p_w + o_w].ravel())
    return np.array(rows)


def transposed_shape(
    x: FloatArray,
    kernel: FloatArray,
    stride: int | Pair = 1,
    padding: int | Pair = 0,
    output_padding: int | Pair = 0,
) -> Pair:
    """Return the rows and columns of the output; every number is checked on the way.

    Parameters
    ----------
    x, kernel, stride, padding, output_padding
        As for `transposed_convolution`.

    Returns
    -------
    shape : tuple of int
        ``(o_h, o_w)``.

    Raises
    ------
    TypeError, ValueError
        If a number is out of its range.

    Examples
    --------
    >>> transposed_shape(np.ones((2, 3, 1)), np.ones((4, 4, 1, 1)), stride=2, padding=1)
    (4, 6)

    """
    rows, cols = zip(
        x.shape[:2],
        kernel.shape[:2],
        pair(stride, "stride"),
        pair(padding, "padding"),
        pair(output_padding, "output_padding"),
        strict=True,
    )
    return output_size(*rows), output_size(*cols)


def _check_arrays(x: FloatArray, kernel: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return both in the type of `x`, or raise and say what came."""
    x, kernel = np.asarray(x), np.asarray(kernel)
    if x.dtype not in (np.float32, np.float64):
        msg = f"x must hold float32 or float64, got {x.dtype}. Convert it first, as by x / 1.0."
        raise TypeError(msg)
    if x.ndim != 3 or kernel.ndim != 4 or not x.size or not kernel.size:
        msg = (
            f"x must have shape (H, W, C_in) and kernel (k_h, k_w, C_out, C_in), no side 0, got "
            f"{x.shape} and {kernel.shape}. Add axes of 1 where there is one channel."
        )
        raise ValueError(msg)
    if x.shape[-1] != kernel.shape[-1]:
        msg = (
            f"the last axis of kernel must be the channels of x, {x.shape[-1]}, got shape "
            f"{kernel.shape}. The order is TensorFlow's: [row, column, out, in]."
        )
        raise ValueError(msg)
    return x, kernel.astype(x.dtype)
