"""Interpolation of samples with a kernel, computed in two equivalent ways.

The curve is ``s(t) = sum over n of s(n T) k((t - n T) / T)`` for samples at intervals of T and a
kernel k. `scaled_kernels` returns one kernel per sample, multiplied by the sample. Their sum is the
curve. `convolve_comb` convolves the kernel with a comb, a signal that has each sample's value at
its position and is 0 elsewhere.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from fcnlib.checks import positive_int, real_array
from fcnlib.kernels.continuous import Kernel
from fcnlib.typing import Float64Array

# The sinc has infinite support, but a sum must be finite. Tapered over this many samples, it
# still restores tones up to 0.49 cycles per sample to 1e-3, and lower ones far more accurately.
FAR = 400


def support(kernel: Kernel) -> int:
    """Return the support of `kernel` in whole samples on each side, at most `FAR`.

    Examples
    --------
    >>> from fcnlib.kernels import KERNELS
    >>> support(KERNELS["lanczos3"]), support(KERNELS["sinc"])
    (3, 400)

    """
    return int(np.ceil(min(kernel.support, FAR)))


def scaled_kernels(kernel: Kernel, samples: ArrayLike, positions: ArrayLike) -> Float64Array:
    """Return one kernel per sample, shifted to it and scaled by it. Their sum is the curve.

    Parameters
    ----------
    kernel : Kernel
        The kernel k. Infinite support is tapered to `FAR` samples.
    samples : array_like of shape (N,)
        Values of the samples. Sample n is at position n.
    positions : array_like of shape (P,)
        Positions at which to evaluate, in samples from the first one.

    Returns
    -------
    contributions : ndarray of shape (N, P)
        ``samples[n] * k(positions[p] - n)``.

    Raises
    ------
    ValueError
        If `samples` has another shape or type, or values that are masked or not finite.

    Examples
    --------
    >>> from fcnlib.kernels import KERNELS
    >>> scaled_kernels(KERNELS["triangle"], [2, 4], [0, 0.5, 1])
    array([[2., 1., 0.],
           [0., 2., 4.]])

    """
    samples = real_array(samples, "samples", (1,)).astype(np.float64)[:, np.newaxis]
    distances = np.asarray(positions) - np.arange(len(samples))[:, np.newaxis]
    return samples * _finite(kernel)(distances)


def convolve_comb(kernel: Kernel, samples: ArrayLike, factor: int) -> Float64Array:
    """Convolve a comb of impulses, weighted by `samples`, with `kernel`.

    Parameters
    ----------
    kernel : Kernel
        The kernel k.
    samples : array_like of shape (N,)
        Values of the samples. Sample n is at position n.
    factor : int
        Grid steps per sample, at least 1.

    Returns
    -------
    curve : ndarray of shape ((N - 1) * factor + 1,)
        Values of the curve at ``0, 1 / factor, ..., N - 1``.

    Raises
    ------
    TypeError, ValueError
        If `factor` is not an integer of at least 1, or as from `scaled_kernels`.

    See Also
    --------
    scaled_kernels : The same sum, computed sample by sample.

    Examples
    --------
    >>> from fcnlib.kernels import KERNELS
    >>> convolve_comb(KERNELS["triangle"], [2, 4, 0], factor=2)
    array([2., 3., 4., 2., 0.])

    """
    factor = positive_int(factor)
    samples = real_array(samples, "samples", (1,)).astype(np.float64)
    comb = np.zeros((len(samples) - 1) * factor + 1)
    comb[::factor] = samples
    weights = weight_table(kernel, support(kernel), factor)
    start = len(weights) // 2  # output that has the kernel centered on the first sample
    return np.convolve(comb, weights)[start : start + len(comb)]


def weight_table(kernel: Kernel, samples: int, steps: int) -> Float64Array:
    """Return the weights of `kernel` on a regular grid.

    Parameters
    ----------
    kernel : Kernel
        The kernel k. Infinite support is tapered to `FAR` samples.
    samples : int
        Largest distance in the table, in samples, at least 1. The table ends earlier if
        the kernel's support is smaller.
    steps : int
        Grid steps per sample, at least 1.

    Returns
    -------
    table : ndarray of shape (2 * R * steps + 1,)
        Weights at distances ``-R, ..., -1 / steps, 0, 1 / steps, ..., R``, where R is the
        smaller of `samples` and the kernel's support.

    Raises
    ------
    TypeError, ValueError
        If `samples` or `steps` is not an integer of at least 1.

    Examples
    --------
    >>> from fcnlib.kernels import KERNELS
    >>> weight_table(KERNELS["triangle"], samples=10, steps=2)
    array([0. , 0.5, 1. , 0.5, 0. ])

    """
    steps = positive_int(steps, "steps")
    half = min(positive_int(samples, "samples"), support(kernel)) * steps
    return _finite(kernel)(np.arange(-half, half + 1) / steps)


def reading_difference(kernel: Kernel, samples: ArrayLike, factor: int = 8) -> float:
    """Return the largest difference between `convolve_comb` and `scaled_kernels`.

    Both compute the same sum, so the difference is only rounding.

    Examples
    --------
    >>> from fcnlib.kernels import KERNELS
    >>> reading_difference(KERNELS["lanczos3"], [1, -2, 3]) < 1e-15
    True

    """
    convolved = convolve_comb(kernel, samples, factor)
    positions = np.arange(len(convolved)) / factor
    summed = scaled_kernels(kernel, samples, positions).sum(axis=0)
    return float(np.abs(convolved - summed).max())


def constant_gain(kernel: Kernel, points: int = 101) -> Float64Array:
    """Return the response of `kernel` to a constant 1 at `points` positions between two samples.

    Its mean is the kernel's gain at frequency zero before normalization. A constant signal
    stays constant only if all values are one. Raw Lanczos kernels turn it into ripples.

    Examples
    --------
    >>> from fcnlib.kernels import KERNELS
    >>> constant_gain(KERNELS["lanczos2"], points=3).round(3)
    array([1.   , 1.019, 1.   ])

    """
    half = support(kernel)
    positions = np.linspace(0, 1, points) + half
    return scaled_kernels(kernel, np.ones(2 * half + 2), positions).sum(axis=0)


def overshoot(kernel: Kernel) -> float:
    """Return how far the curve through samples of a unit step rises above 1.

    Examples
    --------
    >>> from fcnlib.kernels import KERNELS
    >>> round(overshoot(KERNELS["catmull_rom"]), 4)
    0.0741

    """
    half = support(kernel)
    samples = np.arange(-half, half + 1) >= 0
    positions = np.linspace(0, min(half, 4), 2001) + half
    curve = scaled_kernels(kernel, samples, positions).sum(axis=0)
    return max(0.0, float(curve.max()) - 1)


def _finite(kernel: Kernel) -> Kernel:
    """Return `kernel`, tapered by a squared cosine to `FAR` samples if its support is infinite."""
    if np.isfinite(kernel.support):
        return kernel

    def tapered(distance: Float64Array) -> Float64Array:
        nearness = np.clip(1 - np.abs(distance) / FAR, 0, 1)
        return kernel(distance) * np.sin(np.pi / 2 * nearness) ** 2

    return replace(kernel, support=FAR, weights=tapered)
