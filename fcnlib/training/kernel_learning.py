"""Training of an upsampling kernel until it interpolates bilinearly."""

from typing import NamedTuple

import numpy as np

from fcnlib import runtime
from fcnlib.checks import unmasked
from fcnlib.kernels import get_kernel_size, upsample_filt
from fcnlib.networks import fcn
from fcnlib.typing import Float32Array, FloatArray, Report, silent

RATE = 0.1


class LearnedKernel(NamedTuple):
    """Result of training a kernel.

    Attributes
    ----------
    kernel : ndarray of shape (K, K)
        The kernel after training.
    losses : ndarray of shape (steps,)
        Mean squared error before each step.
    distance : float
        Largest difference of a weight from the bilinear kernel.

    """

    kernel: Float32Array
    losses: Float32Array
    distance: float


def learn_kernel(
    small: Float32Array,
    large: Float32Array,
    factor: int,
    *,
    steps: int = 300,
    start: str = "random",
    seed: int = 0,
    report: Report = silent,
) -> LearnedKernel:
    """Train the kernel of one transposed convolution to upsample pictures.

    The loss is quadratic in the kernel. If the pictures are varied enough, it therefore has a
    single minimum. If `large` is `small` upsampled bilinearly, the bilinear kernel is the minimum.

    Parameters
    ----------
    small : ndarray of shape (N, h, w)
        Input pictures. Training works best if their mean is near zero.
    large : ndarray of shape (N, factor * h, factor * w)
        Target pictures.
    factor : int
        Stride of the transposed convolution.
    steps : int, optional
        Steps of gradient descent (Adam, with a learning rate that falls to zero).
    start : {"random", "zero", "bilinear"}, optional
        Initial kernel.
    seed : int, optional
        Seed of a random initial kernel.
    report : callable, optional
        Called with (fraction, text) after each step.

    Returns
    -------
    learned : LearnedKernel
        The kernel, the losses, and the distance from the bilinear kernel.

    Raises
    ------
    ValueError
        If the shapes do not match, or if the pictures are masked or not finite.

    """
    small, large = _check_pictures(small, "small"), _check_pictures(large, "large")
    expected = (small.shape[0], *(factor * side for side in small.shape[1:]))
    if small.ndim != 3 or large.shape != expected:
        msg = f"large must have shape {expected} for small {small.shape}, got {large.shape}"
        raise ValueError(msg)
    with runtime.building() as (tf, tf1, _), tf1.Graph().as_default():
        tf1.set_random_seed(seed)
        rate = tf1.placeholder(tf.float32, ())
        images, targets = (tf.constant(array[..., None], tf.float32) for array in (small, large))
        upsampled = fcn.upscore(images, factor, "upscore", kernel_start=start, trainable=True)
        loss = tf.reduce_mean(tf.square(upsampled - targets))
        update = tf1.train.AdamOptimizer(rate).minimize(loss)
        (weights,) = tf1.trainable_variables()
        session = tf1.Session()
        session.run(tf1.global_variables_initializer())
    losses = np.zeros(steps, np.float32)
    with session:
        for step in range(steps):
            feed = {rate: RATE * (1 - step / steps)}
            losses[step] = session.run([update, loss], feed)[1]
            report((step + 1) / steps, f"step {step + 1}, error {losses[step]:.2e}")
        kernel = np.asarray(session.run(weights))[:, :, 0, 0]
    bilinear = upsample_filt(get_kernel_size(factor))
    return LearnedKernel(kernel, losses, float(np.abs(kernel - bilinear).max()))


def _check_pictures(pictures: FloatArray, name: str) -> FloatArray:
    pictures = unmasked(pictures, name)
    if pictures.dtype.kind not in "biuf" or not pictures.size or not np.isfinite(pictures).all():
        msg = (
            f"{name} must hold finite real numbers, got {pictures.dtype} of shape "
            f"{pictures.shape}. Replace NaN and infinity first."
        )
        raise ValueError(msg)
    return pictures
