"""From samples back to a curve, in the two ways one can read the same sum.

The sum is ``s(t) = sum over n of s(n T) k((t - n T) / T)`` for samples a time T apart and
a kernel k. Read one way, each sample scales a kernel of its own and all are added
(`scaled_kernels`). Read the other way, a comb of impulses weighted by the samples is
convolved with the kernel (`convolve_comb`).
"""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from fcnlib.checks import positive_int
from fcnlib.kernels.continuous import Kernel
from fcnlib.typing import Float64Array

# The sinc has no end, but a sum must have one. Faded out over this many samples it still
# gives back tones up to 0.49 cycles per sample to 1e-3, and slower ones far better.
FAR = 400


def support(kernel: Kernel) -> int:
    """Return how many samples on either side `kernel` takes part in: its support, or `FAR`.

    Examples
    --------
    >>> from fcnlib.kernels import KERNELS
    >>> support(KERNELS["lanczos3"]), support(KERNELS["sinc"])
    (3, 400)

    """
    return int(np.ceil(min(kernel.support, FAR)))


def scaled_kernels(kernel: Kernel, samples: ArrayLike, positions: ArrayLike) -> Float64Array:
    """Return one kernel per sample, moved to it and scaled by it; their sum is the curve.

    Parameters
    ----------
    kernel : Kernel
        The kernel k.
    samples : array_like of shape (N,)
        Sample n lies at position n.
    positions : array_like of shape (P,)
        Where to evaluate, in samples from the first one.

    Returns
    -------
    contributions : ndarray of shape (N, P)
        ``samples[n] * k(positions[p] - n)``.

    Examples
    --------
    >>> from fcnlib.kernels import KERNELS
    >>> scaled_kernels(KERNELS["triangle"], [2, 4], [0, 0.5, 1])
    array([[2., 1., 0.],
           [0., 2., 4.]])

    """
    samples = np.asarray(samples, dtype=np.float64)[:, np.newaxis]
    distances = np.asarray(positions) - np.arange(len(samples))[:, np.newaxis]
    return samples * _finite(kernel)(distances)


def convolve_comb(kernel: Kernel, samples: ArrayLike, factor: int) -> Float64Array:
    """Convolve a comb of impulses, weighted by `samples`, with `kernel`.

    Parameters
    ----------
    kernel : Kernel
        The kernel k.
    samples : array_like of shape (N,)
        Sample n lies at position n.
    factor : int
        Steps of the grid per sample, at least 1.

    Returns
    -------
    curve : ndarray of shape ((N - 1) * factor + 1,)
        The values at ``0, 1 / factor, ..., N - 1``.

    Raises
    ------
    TypeError, ValueError
        If `factor` is not an integer of at least 1.

    See Also
    --------
    scaled_kernels : The same sum, sample by sample.

    Examples
    --------
    >>> from fcnlib.kernels import KERNELS
    >>> convolve_comb(KERNELS["triangle"], [2, 4, 0], factor=2)
    array([2., 3., 4., 2., 0.])

    """
    factor = positive_int(factor)
    samples = np.asarray(samples, dtype=np.float64)
    comb = np.zeros((len(samples) - 1) * factor + 1)
    comb[::factor] = samples
    half = support(kernel) * factor
    grid = np.arange(-half, half + 1) / factor
    return np.convolve(comb, _finite(kernel)(grid))[half : half + len(comb)]


def weight_table(kernel: Kernel, samples: int, steps: int) -> Float64Array:
    """Return the weights on the grid that a curve is drawn on, for whoever adds them up.

    Parameters
    ----------
    kernel : Kernel
        The kernel k. An endless one is faded out as in `scaled_kernels`.
    samples : int
        How far the table goes, in samples, unless the kernel ends before; at least 1.
    steps : int
        Steps of the grid per sample, at least 1.

    Returns
    -------
    table : ndarray of shape (2 * R * steps + 1,)
        The weights at ``-R, ..., -1 / steps, 0, 1 / steps, ..., R`` samples, with R the
        smaller of `samples` and the kernel's reach.

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
    """Return how far the two readings of the sum part, at most: rounding, and no more.

    Examples
    --------
    >>> from fcnlib.kernels import KERNELS
    >>> reading_difference(KERNELS["lanczos3"], [1, -2, 3]) < 1e-15
    True

    """
    convolved = convolve_comb(kernel, samples, factor)
    positions = np.arange(len(convolved)) / factor
    added = scaled_kernels(kernel, samples, positions).sum(axis=0)
    return float(np.abs(convolved - added).max())


def constant_gain(kernel: Kernel, points: int = 101) -> Float64Array:
    """Return what `kernel` makes of a constant one, between two samples.

    Its mean is what the kernel does at frequency zero. Only where it is one throughout
    does a flat signal stay flat; raw Lanczos kernels make ripples of it.

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
    """Return how far the curve through a unit step of samples rises above one.

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
    """Return `kernel` itself, or if it is endless, faded out by the arch of a cosine squared."""
    if np.isfinite(kernel.support):
        return kernel

    def faded(distance: Float64Array) -> Float64Array:
        nearness = np.clip(1 - np.abs(distance) / FAR, 0, 1)
        return kernel(distance) * np.sin(np.pi / 2 * nearness) ** 2

    return replace(kernel, support=FAR, weights=faded)
