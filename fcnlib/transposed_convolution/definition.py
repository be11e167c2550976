"""The transposed convolution as a scatter (its definition), as a convolution and as a matrix.

Each input cell adds a copy of the kernel, multiplied by the cell's value, to the output.
Neighboring copies are `stride` cells apart, and overlapping copies add up. This definition is
`transposed_convolution`. `gather` computes the same output cell by cell: it inserts zeros
between the input cells and convolves them with the flipped kernel. `convolution_matrix` returns
the matrix of an ordinary convolution; its transpose is the transposed convolution.

Kernels have the axes ``[row, column, out, in]``, as in TensorFlow. One dimension is a single
row: input ``(1, W, C_in)``, kernel ``(1, k, C_out, C_in)``, stride ``(1, s)``, padding ``(0, p)``.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from fcnlib.checks import real_array, unmasked
from fcnlib.transposed_convolution.sizes import Ints, Pair, convolution_size, output_size, pair
from fcnlib.typing import FloatArray


def transposed_convolution(
    x: FloatArray, kernel: FloatArray, stride: Ints = 1, padding: Ints = 0, output_padding: Ints = 0
) -> FloatArray:
    """Add a scaled copy of the kernel to the output for every input cell.

    This is the definition of the operation, called scatter.

    Parameters
    ----------
    x : ndarray of shape (H, W, C_in)
        Input, float32 or float64.
    kernel : ndarray of shape (k_h, k_w, C_out, C_in)
        Weights, in TensorFlow's order of axes.
    stride, padding, output_padding : int or pair of int, optional
        Along rows and columns, as for `output_size`.

    Returns
    -------
    y : ndarray of shape (o_h, o_w, C_out)
        Output, of the type of `x`. `output_size` gives o_h and o_w.

    Raises
    ------
    TypeError, ValueError
        If an array has the wrong type or shape, the channels of `x` and `kernel` differ, or a
        number is out of range.

    Examples
    --------
    >>> row = np.array([[[1.0], [10.0]]])
    >>> kernel = np.array([1.0, 2.0, 3.0]).reshape(1, 3, 1, 1)
    >>> transposed_convolution(row, kernel, stride=(1, 2))[0, :, 0]
    array([ 1.,  2., 13., 20., 30.])

    """
    x, kernel = check_arrays(x, kernel)
    (s_h, s_w), (p_h, p_w) = pair(stride, "stride"), pair(padding, "padding")
    o_h, o_w = transposed_shape(x, kernel, stride, padding, output_padding)
    k_h, k_w, channels, _ = kernel.shape
    canvas = np.zeros((o_h + 2 * p_h, o_w + 2 * p_w, channels), x.dtype)
    for row, col in np.ndindex(x.shape[:2]):
        copy = kernel @ x[row, col]
        canvas[s_h * row : s_h * row + k_h, s_w * col : s_w * col + k_w] += copy
    return canvas[p_h : p_h + o_h, p_w : p_w + o_w]


def gather(
    x: FloatArray, kernel: FloatArray, stride: Ints = 1, padding: Ints = 0, output_padding: Ints = 0
) -> FloatArray:
    """Insert zeros between the input cells and slide the flipped kernel over them.

    Parameters
    ----------
    x, kernel, stride, padding, output_padding
        As for `transposed_convolution`.

    Returns
    -------
    y : ndarray of shape (o_h, o_w, C_out)
        The output of `transposed_convolution`, up to rounding.

    Raises
    ------
    TypeError, ValueError
        As from `transposed_convolution`.

    Notes
    -----
    ``k - p - 1`` zeros are also added at both ends, and `output_padding` more at the far end.
    This is relation 14 of arXiv:1603.07285, read as a convolution with a stride of 1.

    Examples
    --------
    >>> row = np.array([[[1.0], [10.0]]])
    >>> kernel = np.array([1.0, 2.0, 3.0]).reshape(1, 3, 1, 1)
    >>> gather(row, kernel, stride=(1, 2))[0, :, 0]
    array([ 1.,  2., 13., 20., 30.])

    """
    x, kernel = check_arrays(x, kernel)
    transposed_shape(x, kernel, stride, padding, output_padding)  # raises if a number is wrong
    sides = kernel.shape[:2], pair(padding, "padding"), pair(output_padding, "output_padding")
    margins = [(k - p - 1, k - p - 1 + extra) for k, p, extra in zip(*sides, strict=True)]
    padded = np.pad(insert_zeros(x, stride), (*margins, (0, 0)))
    windows = sliding_window_view(padded, kernel.shape[:2], axis=(0, 1))
    return np.einsum("hwcij,ijoc->hwo", windows, kernel[::-1, ::-1])


def insert_zeros(x: FloatArray, stride: Ints) -> FloatArray:
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
        If `stride` is not an integer or is less than 1, or `x` has another shape or is masked.

    Examples
    --------
    >>> insert_zeros(np.array([[1.0, 2.0]]), stride=3)
    array([[1., 0., 0., 2.]])

    """
    x, (s_h, s_w) = unmasked(x, "x"), pair(stride, "stride")
    if x.ndim not in (2, 3):
        msg = f"x must have shape (H, W) or (H, W, C), got {x.shape}. Pass one image at a time."
        raise ValueError(msg)
    # A kernel of one cell only spreads the cells out, so its output has the wanted size.
    shape = (output_size(x.shape[0], 1, s_h), output_size(x.shape[1], 1, s_w))
    stretched = np.zeros(shape + x.shape[2:], x.dtype)
    stretched[::s_h, ::s_w] = x
    return stretched


def convolution_matrix(
    size: Ints, kernel: FloatArray, stride: Ints = 1, padding: Ints = 0
) -> FloatArray:
    """Return the matrix C of a convolution; its transpose is the transposed convolution.

    Parameters
    ----------
    size : int or pair of int
        Rows and columns ``(o_h, o_w)`` of the convolution's input, which is the output of the
        transposed convolution. Since the size is given, output_padding is not needed.
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
        If the kernel is not two-dimensional, empty, masked or not finite, or a number is out of
        range.

    Examples
    --------
    >>> convolution_matrix((1, 5), np.array([[1, 2, 3]]), stride=(1, 2))
    array([[1, 2, 3, 0, 0],
           [0, 0, 1, 2, 3]])

    """
    kernel = real_array(kernel, "kernel", (2,))
    (o_h, o_w), (s_h, s_w) = pair(size, "size"), pair(stride, "stride")
    p_h, p_w = pair(padding, "padding")
    k_h, k_w = kernel.shape
    positions = (convolution_size(o_h, k_h, s_h, p_h), convolution_size(o_w, k_w, s_w, p_w))
    rows = []
    for row, col in np.ndindex(positions):
        padded = np.zeros((o_h + 2 * p_h, o_w + 2 * p_w), kernel.dtype)
        padded[s_h * row : s_h * row + k_h, s_w * col : s_w * col + k_w] = kernel
        rows.append(padded[p_h : p_h + o_h, p_w : p_w + o_w].ravel())
    return np.array(rows)


def transposed_shape(
    x: FloatArray, kernel: FloatArray, stride: Ints = 1, padding: Ints = 0, output_padding: Ints = 0
) -> Pair:
    """Return the rows and columns of the output, after checking all numbers.

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
        If an array has another number of dimensions or a number is out of range.

    Examples
    --------
    >>> transposed_shape(np.ones((2, 3, 1)), np.ones((4, 4, 1, 1)), stride=2, padding=1)
    (4, 6)

    """
    steps, cut = pair(stride, "stride"), pair(padding, "padding")
    extra = pair(output_padding, "output_padding")
    shapes = unmasked(x, "x").shape, unmasked(kernel, "kernel").shape
    if (len(shapes[0]), len(shapes[1])) != (3, 4):
        raise _wrong_shapes(*shapes)
    rows, cols = zip(shapes[0][:2], shapes[1][:2], steps, cut, extra, strict=True)
    return output_size(*rows), output_size(*cols)


def check_arrays(x: FloatArray, kernel: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return both arrays in the type of `x`, or raise if their types or shapes are wrong."""
    x, kernel = unmasked(x, "x"), unmasked(kernel, "kernel")
    if x.dtype not in (np.float32, np.float64):
        msg = f"x must hold float32 or float64, got {x.dtype}. Convert it, as in x.astype(float)."
        raise TypeError(msg)
    if x.ndim != 3 or kernel.ndim != 4 or not x.size or not kernel.size:
        raise _wrong_shapes(x.shape, kernel.shape)
    if x.shape[-1] != kernel.shape[-1]:
        msg = (
            f"the last axis of kernel must equal the channels of x, {x.shape[-1]}, got shape "
            f"{kernel.shape}. Pass the axes in TensorFlow's order, [row, column, out, in]."
        )
        raise ValueError(msg)
    # NaN and infinity stay what they are, so that training which diverges shows it.
    return x, real_array(kernel, "kernel", (4,), finite=False).astype(x.dtype)


def like_output(array: FloatArray, shape: tuple[int, ...], name: str) -> FloatArray:
    """Return an array after checking that it is real and has the shape of the layer's output."""
    array = real_array(array, name, (3,), finite=False)
    if array.shape != shape:
        msg = f"{name} must have the shape of the output, {shape}, got {array.shape}."
        raise ValueError(msg)
    return array


def _wrong_shapes(x: tuple[int, ...], kernel: tuple[int, ...]) -> ValueError:
    msg = (
        f"x must have shape (H, W, C_in) and kernel (k_h, k_w, C_out, C_in), no side 0, got {x} "
        f"and {kernel}. For a single channel, add axes of length 1."
    )
    return ValueError(msg)
