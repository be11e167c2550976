"""TensorFlow's transposed convolution and its gradients, the reference for our own code.

Everything runs on the CPU, because a GPU may round the factors to TensorFloat-32 (11 bits).
"""

from typing import Any

import numpy as np

from fcnlib.runtime import load
from fcnlib.transposed_convolution.definition import check_arrays, like_output, transposed_shape
from fcnlib.transposed_convolution.sizes import Ints, Pair, pair
from fcnlib.typing import FloatArray


def transposed_convolution_tf(
    x: FloatArray, kernel: FloatArray, stride: Ints = 1, padding: Ints = 0, output_padding: Ints = 0
) -> FloatArray:
    """Return ``tf.nn.conv2d_transpose`` of one image.

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
        If a number is out of range.

    Examples
    --------
    >>> row, kernel = np.array([[[1.0], [10.0]]]), np.ones((1, 3, 1, 1))
    >>> transposed_convolution_tf(row, kernel, stride=(1, 2))[0, :, 0]
    array([ 1.,  1., 11., 10., 10.])

    """
    x, kernel = check_arrays(x, kernel)
    shape = transposed_shape(x, kernel, stride, padding, output_padding)
    with load().tf.device("/CPU:0"):
        return _layer(x, kernel, shape, stride, padding).numpy()[0]


def gradients_tf(
    x: FloatArray, kernel: FloatArray, target: FloatArray, stride: Ints = 1, padding: Ints = 0
) -> tuple[FloatArray, FloatArray]:
    """Return the gradients of the mean squared error, computed by TensorFlow.

    Parameters
    ----------
    x, kernel, stride, padding
        As for `fcnlib.transposed_convolution.transposed_convolution`.
    target : ndarray of shape (o_h, o_w, C_out)
        Wanted output.

    Returns
    -------
    kernel_gradient : ndarray of shape (k_h, k_w, C_out, C_in)
    input_gradient : ndarray of shape (H, W, C_in)

    Raises
    ------
    TypeError, ValueError
        If a number is out of range.

    """
    x, kernel = check_arrays(x, kernel)
    tf, shape = load().tf, transposed_shape(x, kernel, stride, padding)
    target = like_output(target, (*shape, kernel.shape[2]), "target").astype(x.dtype)
    with tf.device("/CPU:0"):
        variables = tf.constant(kernel), tf.constant(x)
        with tf.GradientTape() as tape:
            tape.watch(variables)
            output = _layer(variables[1], variables[0], shape, stride, padding)
            loss = tf.reduce_mean(tf.square(output - target))
        kernel_gradient, input_gradient = tape.gradient(loss, variables)
    return kernel_gradient.numpy(), input_gradient.numpy()


def accepts(size: int, output_size: int, kernel_size: int, stride: int, padding: int = 0) -> bool:
    """Return whether TensorFlow accepts `output_size` as its `output_shape` along one axis.

    Parameters
    ----------
    size, output_size : int
        Cells of the input and wanted cells of the output, each at least 1.
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
    x, kernel = np.ones((1, size, 1)), np.ones((1, kernel_size, 1, 1))
    try:
        with tf.device("/CPU:0"):
            _layer(x, kernel, (1, output_size), (1, stride), (0, padding))
    except tf.errors.InvalidArgumentError:
        return False
    return True


def _layer(x: Any, kernel: Any, output_shape: Pair, stride: Ints, padding: Ints) -> Any:
    p_h, p_w = pair(padding, "padding")
    return load().tf.nn.conv2d_transpose(
        x[np.newaxis],
        kernel,
        # TensorFlow needs the shape, because several output sizes lead back to the same input.
        output_shape=(1, *output_shape, kernel.shape[2]),
        strides=pair(stride, "stride"),
        padding=((0, 0), (p_h, p_h), (p_w, p_w), (0, 0)),
    )
