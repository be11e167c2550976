"""Gradient descent on the kernel of a transposed convolution: forward, backward, update.

The loss is the mean squared error, and the update is plain gradient descent. This module does
not need TensorFlow; `tensorflow_reference` computes the same gradients for comparison.
"""

from typing import NamedTuple

import numpy as np

from fcnlib.checks import real_array
from fcnlib.transposed_convolution.definition import (
    check_arrays,
    like_output,
    transposed_convolution,
    transposed_shape,
)
from fcnlib.transposed_convolution.sizes import Ints, Pair, pair
from fcnlib.typing import FloatArray


class Step(NamedTuple):
    """Values computed in one step of gradient descent.

    Attributes
    ----------
    output, error : ndarray of shape (o_h, o_w, C_out)
        Output of the layer, and output minus target.
    loss : float
        Mean of the squared errors, before the update.
    kernel_gradient : ndarray of shape (k_h, k_w, C_out, C_in)
        Gradient of the loss with respect to the kernel.
    input_gradient : ndarray of shape (H, W, C_in)
        Gradient of the loss with respect to the input. Backpropagation passes it on to the
        previous layer.
    kernel : ndarray of shape (k_h, k_w, C_out, C_in)
        Kernel after the update.

    """

    output: FloatArray
    error: FloatArray
    loss: float
    kernel_gradient: FloatArray
    input_gradient: FloatArray
    kernel: FloatArray


class Run(NamedTuple):
    """Losses and kernels of consecutive steps.

    Attributes
    ----------
    losses : ndarray of shape (steps + 1,)
        Loss before the first step and after each step.
    kernels : ndarray of shape (steps + 1, k_h, k_w, C_out, C_in)
        Kernel before the first step and after each step.

    """

    losses: FloatArray
    kernels: FloatArray


def step(
    x: FloatArray,
    kernel: FloatArray,
    target: FloatArray,
    rate: float,
    *,
    stride: Ints = 1,
    padding: Ints = 0,
) -> Step:
    """Compute one step of gradient descent on the kernel.

    Parameters
    ----------
    x : ndarray of shape (H, W, C_in)
        Input.
    kernel : ndarray of shape (k_h, k_w, C_out, C_in)
        Weights before the step.
    target : ndarray of shape (o_h, o_w, C_out)
        Wanted output.
    rate : float
        Learning rate: the update subtracts `rate` times the gradient from the kernel.
    stride, padding : int or pair of int, optional
        As for `fcnlib.transposed_convolution.transposed_convolution`.

    Returns
    -------
    step : Step

    Raises
    ------
    TypeError, ValueError
        If the target does not have the output's shape, or as from
        `fcnlib.transposed_convolution.transposed_convolution`.

    Examples
    --------
    >>> x, kernel, target = np.full((1, 1, 1), 2.0), np.ones((1, 1, 1, 1)), np.ones((1, 1, 1))
    >>> first = step(x, kernel, target, rate=0.125)
    >>> first.loss, first.kernel_gradient.item(), first.kernel.item()
    (1.0, 4.0, 0.5)

    """
    x, kernel = check_arrays(x, kernel)
    output = transposed_convolution(x, kernel, stride, padding)
    target = like_output(target, output.shape, "target")
    error = output - target
    loss = float(np.mean(error**2))
    upstream = 2 * error / error.size
    kernel_gradient, input_gradient = gradients(x, kernel, upstream, stride, padding)
    updated = kernel - rate * kernel_gradient
    return Step(output, error, loss, kernel_gradient, input_gradient, updated)


def gradients(
    x: FloatArray, kernel: FloatArray, upstream: FloatArray, stride: Ints = 1, padding: Ints = 0
) -> tuple[FloatArray, FloatArray]:
    """Backpropagate the output gradient to the kernel and to the input.

    Each input cell has a window of the output: the cells to which the forward pass added its
    copy of the kernel. The kernel gradient sums, over all input cells, the window times the
    cell's value. The input gradient of a cell is the sum of the window times the kernel, which
    is the convolution that was transposed.

    Parameters
    ----------
    x, kernel, stride, padding
        As for `fcnlib.transposed_convolution.transposed_convolution`.
    upstream : ndarray of shape (o_h, o_w, C_out)
        Gradient of the loss with respect to the output.

    Returns
    -------
    kernel_gradient : ndarray of shape (k_h, k_w, C_out, C_in)
    input_gradient : ndarray of shape (H, W, C_in)

    Raises
    ------
    TypeError, ValueError
        If `upstream` does not have the output's shape, or as from
        `fcnlib.transposed_convolution.transposed_convolution`.

    Examples
    --------
    >>> x, kernel = np.array([[[2.0]]]), np.array([1.0, 5.0]).reshape(1, 2, 1, 1)
    >>> kernel_gradient, input_gradient = gradients(x, kernel, np.array([[[1.0], [10.0]]]))
    >>> kernel_gradient.ravel(), input_gradient.item()
    (array([ 2., 20.]), 51.0)

    """
    x, kernel = check_arrays(x, kernel)
    (s_h, s_w), (p_h, p_w) = pair(stride, "stride"), pair(padding, "padding")
    k_h, k_w, channels, _ = kernel.shape
    shape = *transposed_shape(x, kernel, stride, padding), channels
    upstream = like_output(upstream, shape, "upstream")
    # Cells removed by padding do not affect the loss, so their gradient is zero.
    canvas = np.pad(upstream, ((p_h, p_h), (p_w, p_w), (0, 0)))
    kernel_gradient, input_gradient = np.zeros_like(kernel), np.zeros_like(x)
    for row, col in np.ndindex(x.shape[:2]):
        window = canvas[s_h * row : s_h * row + k_h, s_w * col : s_w * col + k_w]
        kernel_gradient += window[..., np.newaxis] * x[row, col]
        input_gradient[row, col] = np.einsum("ijo,ijoc->c", window, kernel)
    return kernel_gradient, input_gradient


def gradient_terms(
    x: FloatArray, error: FloatArray, weight: Pair, stride: Ints = 1, padding: Ints = 0
) -> list[tuple[float, float]]:
    """Return the terms of the gradient with respect to one weight.

    Parameters
    ----------
    x : ndarray of shape (H, W)
        Input of one channel.
    error : ndarray of shape (o_h, o_w)
        Output minus target.
    weight : tuple of int
        Row and column of the weight in the kernel.
    stride, padding : int or pair of int, optional
        As for `step`.

    Returns
    -------
    terms : list of (float, float)
        Pairs of an input value and the error of the output cell that it reaches through this
        weight. Input cells with value 0 and output cells removed by padding are left out. The
        gradient is ``2 / N`` times the sum of the products, where N is the number of errors.

    Raises
    ------
    TypeError, ValueError
        If an array has another shape or type or is masked, or a number is out of range.

    Examples
    --------
    >>> gradient_terms(np.array([[2.0, 5.0]]), np.array([[0.5, 0.25]]), (0, 0))
    [(2.0, 0.5), (5.0, 0.25)]

    """
    x, error = (
        real_array(array, name, (2,), finite=False) for array, name in ((x, "x"), (error, "error"))
    )
    (s_h, s_w), (p_h, p_w) = pair(stride, "stride"), pair(padding, "padding")
    terms = []
    for row, col in np.argwhere(x):
        cell = (s_h * row + weight[0] - p_h, s_w * col + weight[1] - p_w)
        if 0 <= cell[0] < error.shape[0] and 0 <= cell[1] < error.shape[1]:
            terms.append((float(x[row, col]), float(error[cell])))
    return terms


def train(
    x: FloatArray,
    kernel: FloatArray,
    target: FloatArray,
    rate: float,
    *,
    steps: int,
    stride: Ints = 1,
    padding: Ints = 0,
) -> Run:
    """Train the kernel for a number of steps and record every loss and kernel.

    Parameters
    ----------
    x, kernel, target, rate, stride, padding
        As for `step`.
    steps : int
        Number of updates, at least 0.

    Returns
    -------
    run : Run

    Raises
    ------
    TypeError, ValueError
        As from `step`.

    Examples
    --------
    >>> x, kernel, target = np.full((1, 1, 1), 2.0), np.ones((1, 1, 1, 1)), np.ones((1, 1, 1))
    >>> train(x, kernel, target, 0.0625, steps=3).losses
    array([1.      , 0.25    , 0.0625  , 0.015625])

    """
    losses, kernels = [], [kernel]
    for _ in range(steps + 1):
        latest = step(x, kernels[-1], target, rate, stride=stride, padding=padding)
        losses.append(latest.loss)
        kernels.append(latest.kernel)
    return Run(np.array(losses), np.array(kernels[:-1]))


def largest_rate(x: FloatArray, kernel_shape: Pair, stride: Ints = 1, padding: Ints = 0) -> float:
    """Return the learning rate above which gradient descent diverges, for one channel.

    Parameters
    ----------
    x : ndarray of shape (H, W, 1)
        Input, not all zero.
    kernel_shape : tuple of int
        ``(k_h, k_w)``.
    stride, padding : int or pair of int, optional
        As for `step`.

    Returns
    -------
    rate : float
        2 divided by the largest curvature of the loss, which is quadratic in the kernel.

    Raises
    ------
    TypeError, ValueError
        If `x` has another shape or type, is all zero, masked or not finite, or a number is out of
        range.

    Examples
    --------
    >>> largest_rate(np.full((1, 1, 1), 2.0), (1, 1))
    0.25

    """
    x = real_array(x, "x", (3,)).astype(np.float64)
    if not x.any():
        msg = "x must not be all zero, because then no kernel changes the loss."
        raise ValueError(msg)
    units = np.eye(kernel_shape[0] * kernel_shape[1]).reshape(-1, *kernel_shape, 1, 1)
    # The output is linear in the kernel; row i is the output of a kernel whose weight i is 1.
    outputs = np.array([transposed_convolution(x, unit, stride, padding).ravel() for unit in units])
    curvature = 2 * np.linalg.eigvalsh(outputs @ outputs.T)[-1] / outputs.shape[1]
    return float(2 / curvature)
