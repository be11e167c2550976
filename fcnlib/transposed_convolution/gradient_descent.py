"""One step of training a transposed convolution, by hand: forward, backward, update.

The loss is the mean of the squared errors, the rule plain gradient descent. Nothing here
needs TensorFlow; `tensorflow_reference` derives the same gradients to compare.
"""

from typing import NamedTuple

import numpy as np

from fcnlib.transposed_convolution.definition import transposed_convolution, transposed_shape
from fcnlib.transposed_convolution.sizes import Pair, pair
from fcnlib.typing import FloatArray


class Step(NamedTuple):
    """What one step of gradient descent computed.

    Attributes
    ----------
    output, error : ndarray of shape (o_h, o_w, C_out)
        What the layer made, and that less the target.
    loss : float
        Mean of the squared errors.
    kernel_gradient : ndarray of shape (k_h, k_w, C_out, C_in)
        Gradient of the loss on the kernel.
    input_gradient : ndarray of shape (H, W, C_in)
        Gradient of the loss on the input, which a layer before this one would go on with.
    kernel : ndarray of shape (k_h, k_w, C_out, C_in)
        The kernel after the step.

    """

    output: FloatArray
    error: FloatArray
    loss: float
    kernel_gradient: FloatArray
    input_gradient: FloatArray
    kernel: FloatArray


class Run(NamedTuple):
    """What many steps came to.

    Attributes
    ----------
    losses : ndarray of shape (steps + 1,)
        Before the first step, and after each.
    kernels : ndarray of shape (steps + 1, k_h, k_w, C_out, C_in)
        Likewise.

    """

    losses: FloatArray
    kernels: FloatArray


def step(
    x: FloatArray,
    kernel: FloatArray,
    target: FloatArray,
    rate: float,
    *,
    stride: int | Pair = 1,
    padding: int | Pair = 0,
) -> Step:
    """Take one step of gradient descent on the kernel.

    Parameters
    ----------
    x : ndarray of shape (H, W, C_in)
        Input.
    kernel : ndarray of shape (k_h, k_w, C_out, C_in)
        Weights before the step.
    target : ndarray of shape (o_h, o_w, C_out)
        What the output should be.
    rate : float
        How much of the gradient is taken off the kernel.
    stride, padding : int or pair of int, optional
        As for `fcnlib.transposed_convolution.transposed_convolution`.

    Returns
    -------
    step : Step

    Raises
    ------
    TypeError, ValueError
        If the target has not the output's shape, or as from
        `fcnlib.transposed_convolution.transposed_convolution`.

    Examples
    --------
    >>> x, kernel, target = np.full((1, 1, 1), 2.0), np.ones((1, 1, 1, 1)), np.ones((1, 1, 1))
    >>> taken = step(x, kernel, target, rate=0.125)
    >>> taken.loss, taken.kernel_gradient.item(), taken.kernel.item()
    (1.0, 4.0, 0.5)

    """
    output = transposed_convolution(x, kernel, stride, padding)
    if target.shape != output.shape:
        msg = f"target must have the output's shape, {output.shape}, got {target.shape}."
        raise ValueError(msg)
    error = output - target
    on_output = 2 * error / error.size
    kernel_gradient, input_gradient = gradients(x, kernel, on_output, stride, padding)
    loss = float(np.mean(error**2))
    return Step(
        output, error, loss, kernel_gradient, input_gradient, kernel - rate * kernel_gradient
    )


def gradients(
    x: FloatArray,
    kernel: FloatArray,
    on_output: FloatArray,
    stride: int | Pair = 1,
    padding: int | Pair = 0,
) -> tuple[FloatArray, FloatArray]:
    """Send the gradient on the output back, to the kernel and to the input.

    Where the forward pass stamped a copy of the kernel, the backward pass looks through the
    same window: the kernel gets the window times the input cell, and the input cell gets the
    window times the kernel. The latter is the convolution that was transposed.

    Parameters
    ----------
    x, kernel, stride, padding
        As for `fcnlib.transposed_convolution.transposed_convolution`.
    on_output : ndarray of shape (o_h, o_w, C_out)
        Gradient of the loss on the output.

    Returns
    -------
    kernel_gradient : ndarray of shape (k_h, k_w, C_out, C_in)
    input_gradient : ndarray of shape (H, W, C_in)

    Raises
    ------
    TypeError, ValueError
        If a number is out of its range.

    Examples
    --------
    >>> x, kernel = np.array([[[2.0]]]), np.array([1.0, 5.0]).reshape(1, 2, 1, 1)
    >>> kernel_gradient, input_gradient = gradients(x, kernel, np.array([[[1.0], [10.0]]]))
    >>> kernel_gradient.ravel(), input_gradient.item()
    (array([ 2., 20.]), 51.0)

    """
    (s_h, s_w), (p_h, p_w) = pair(stride, "stride"), pair(padding, "padding")
    k_h, k_w = kernel.shape[:2]
    # What padding cut off reaches nothing, so no gradient comes from there.
    canvas = np.pad(on_output, ((p_h, p_h), (p_w, p_w), (0, 0)))
    kernel_gradient, input_gradient = np.zeros_like(kernel), np.zeros_like(x)
    for row, col in np.ndindex(x.shape[:2]):
        window = canvas[s_h * row : s_h * row + k_h, s_w * col : s_w * col + k_w]
        kernel_gradient += window[..., np.newaxis] * x[row, col]
        input_gradient[row, col] = np.einsum("ijo,ijoc->c", window, kernel)
    return kernel_gradient, input_gradient


def gradient_terms(
    x: FloatArray,
    error: FloatArray,
    place: Pair,
    *,
    stride: int | Pair = 1,
    padding: int | Pair = 0,
) -> list[tuple[float, float]]:
    """Return what the gradient on one weight is the sum of, to write it out.

    Parameters
    ----------
    x : ndarray of shape (H, W)
        Input of one channel.
    error : ndarray of shape (o_h, o_w)
        Output less target.
    place : tuple of int
        Row and column of the weight in the kernel.
    stride, padding : int or pair of int, optional
        As for `step`.

    Returns
    -------
    terms : list of (float, float)
        Each input cell, and the error where its copy of the kernel puts this weight; input
        cells of zero and errors that padding cut off are left out. The gradient is ``2 / N``
        times the sum of the products, with N errors in all.

    Examples
    --------
    >>> gradient_terms(np.array([[2.0, 5.0]]), np.array([[0.5, 0.25]]), (0, 0))
    [(2.0, 0.5), (5.0, 0.25)]

    """
    (s_h, s_w), (p_h, p_w) = pair(stride, "stride"), pair(padding, "padding")
    found = []
    for row, col in np.argwhere(x):
        there = (s_h * row + place[0] - p_h, s_w * col + place[1] - p_w)
        if all(0 <= at < side for at, side in zip(there, error.shape, strict=True)):
            found.append((float(x[row, col]), float(error[there])))
    return found


def train(
    x: FloatArray,
    kernel: FloatArray,
    target: FloatArray,
    rate: float,
    *,
    steps: int,
    stride: int | Pair = 1,
    padding: int | Pair = 0,
) -> Run:
    """Take `steps` steps, each from where the one before ended.

    Parameters
    ----------
    x, kernel, target, rate, stride, padding
        As for `step`.
    steps : int
        How many, at least 0.

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
        taken = step(x, kernels[-1], target, rate, stride=stride, padding=padding)
        losses.append(taken.loss)
        kernels.append(taken.kernel)
    return Run(np.array(losses), np.array(kernels[:-1]))


def largest_rate(
    x: FloatArray, kernel_shape: tuple[int, int], stride: int | Pair = 1, padding: int | Pair = 0
) -> float:
    """Return the rate beyond which steps overshoot more and more, for one channel.

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
        2 over the largest curvature of the loss, which is quadratic in the kernel.

    Raises
    ------
    TypeError, ValueError
        If a number is out of its range.

    Examples
    --------
    >>> largest_rate(np.full((1, 1, 1), 2.0), (1, 1))
    0.25

    """
    units = np.eye(kernel_shape[0] * kernel_shape[1]).reshape(-1, *kernel_shape, 1, 1)
    shape = transposed_shape(x, units[0], stride, padding)
    seen = np.array([transposed_convolution(x, unit, stride, padding).ravel() for unit in units])
    curvature = 2 * np.linalg.eigvalsh(seen @ seen.T)[-1] / (shape[0] * shape[1])
    return float(2 / curvature)
