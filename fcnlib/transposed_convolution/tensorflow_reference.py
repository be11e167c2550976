"""What TensorFlow makes of a transposed convolution and of its gradient: the judge.

Everything runs on the CPU, because a GPU may round the factors to TensorFloat-32, 11 bits.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from fcnlib.runtime import load
from fcnlib.transposed_convolution.definition import transposed_shape
from fcnlib.transposed_convolution.sizes import Pair, pair
from fcnlib.typing import FloatArray

if TYPE_CHECKING:
    Tensor = Any


def transposed_convolution_tf(
    x: FloatArray,
    kernel: FloatArray,
    stride: int | Pair = 1,
    padding: int | Pair = 0,
    output_padding: int | Pair = 0,
) -> FloatArray:
    """Return ``tf.nn.conv2d_transpose`` of one picture.

    Parameters
    ----------
    x, kernel, stride, padding, output_padding
        As for `fcnlib.transposed_convolution.transposed_convolution`.

    Returns
    -------
    y : ndarray of shape (o_h, o_w, C_out)
        Of the type of `x`.

    Raises
    ------
    TypeError, ValueError
        If a number is out of its range.

    Examples
    --------
    >>> row, kernel = np.array([[[1.0], [10.0]]]), np.ones((1, 3, 1, 1))
    >>> transposed_convolution_tf(row, kernel, stride=(1, 2))[0, :, 0]
    array([ 1.,  1., 11., 10., 10.])

    """
    with load().tf.device("/CPU:0"):
        return _layer(x, kernel, stride, padding, output_padding).numpy()[0]


def gradients_tf(
    x: FloatArray,
    kernel: FloatArray,
    target: FloatArray,
    *,
    stride: int | Pair = 1,
    padding: int | Pair = 0,
    output_padding: int | Pair = 0,
) -> tuple[FloatArray, FloatArray]:
    """Return the gradients of the mean squared error, as TensorFlow derives them.

    Parameters
    ----------
    x, kernel, stride, padding, output_padding
        As for `fcnlib.transposed_convolution.transposed_convolution`.
    target : ndarray of shape (o_h, o_w, C_out)
        What the output should be.

    Returns
    -------
    kernel_gradient : ndarray of shape (k_h, k_w, C_out, C_in)
    input_gradient : ndarray of shape (H, W, C_in)

    Raises
    ------
    TypeError, ValueError
        If a number is out of its range.

    """
    tf = load().tf
    with tf.device("/CPU:0"), tf.GradientTape() as tape:
        variables = tf.constant(kernel), tf.constant(x)
        tape.watch(variables)
        made = _layer(variables[1], variables[0], stride, padding, output_padding)
        loss = tf.reduce_mean(tf.square(made - target[np.newaxis]))
    kernel_gradient, input_gradient = tape.gradient(loss, variables)
    return kernel_gradient.numpy(), input_gradient.numpy()


def accepts(size: int, output_size: int, kernel_size: int, stride: int, padding: int = 0) -> bool:
    """Tell whether TensorFlow takes an `output_shape` of so many cells, along one axis.

    Parameters
    ----------
    size, output_size : int
        Cells that go in, and that should come out; each at least 1.
    kernel_size, stride, padding : int
        As for `fcnlib.transposed_convolution.sizes.output_size`.

    Returns
    -------
    accepted : bool

    Examples
    --------
    >>> [accepts(3, output_size, kernel_size=3, stride=2) for output_size in (6, 7, 8, 9)]
    [False, True, True, False]

    """
    tf = load().tf
    try:
        tf.nn.conv2d_transpose(
            tf.ones((1, 1, size, 1)),
            tf.ones((1, kernel_size, 1, 1)),
            output_shape=(1, 1, output_size, 1),
            strides=(1, stride),
            padding=((0, 0), (0, 0), (padding, padding), (0, 0)),
        )
    except tf.errors.InvalidArgumentError:
        return False
    return True


def _layer(
    x: "FloatArray | Tensor",
    kernel: "FloatArray | Tensor",
    stride: int | Pair,
    padding: int | Pair,
    output_padding: int | Pair,
) -> "Tensor":
    o_h, o_w = transposed_shape(x, kernel, stride, padding, output_padding)
    p_h, p_w = pair(padding, "padding")
    return load().tf.nn.conv2d_transpose(
        x[np.newaxis],
        kernel,
        # TensorFlow cannot tell it from the rest: several sizes lead back to the same input.
        output_shape=(1, o_h, o_w, kernel.shape[2]),
        strides=pair(stride, "stride"),
        padding=((0, 0), (p_h, p_h), (p_w, p_w), (0, 0)),
    )
