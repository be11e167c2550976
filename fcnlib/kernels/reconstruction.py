"""Reconstruction of a sampled signal with a kernel, and its errors."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fcnlib.checks import positive_int
from fcnlib.kernels.continuous import Kernel
from fcnlib.kernels.resampling import scaled_kernels, support
from fcnlib.kernels.signals import Signal
from fcnlib.typing import BoolArray, Float64Array


@dataclass(frozen=True)
class Reconstruction:
    """A signal of one second, its samples, and the curve that a kernel reconstructs from them.

    Attributes
    ----------
    time : ndarray of shape (P,)
        Times in s, from 0 to 1.
    signal : ndarray of shape (P,)
        True values at these times.
    sample_times, samples : ndarray of shape (N,)
        Times in s and values of the samples, including those outside 0 to 1 s.
    contributions : ndarray of shape (N, P)
        One kernel per sample, scaled by the sample.
    sample_error : float
        Largest absolute difference between the curve and a sample from 0 to 1 s.

    """

    time: Float64Array
    signal: Float64Array
    sample_times: Float64Array
    samples: Float64Array
    contributions: Float64Array
    sample_error: float

    @property
    def within(self) -> BoolArray:
        """Which samples are from 0 to 1 s, of shape (N,)."""
        return (self.sample_times >= 0) & (self.sample_times <= 1)

    @property
    def curve(self) -> Float64Array:
        """The sum of all contributions, of shape (P,)."""
        return self.contributions.sum(axis=0)

    @property
    def error(self) -> Float64Array:
        """The curve minus the true signal, of shape (P,)."""
        return self.curve - self.signal

    @property
    def max_error(self) -> float:
        """The largest absolute error."""
        return float(np.abs(self.error).max())

    @property
    def overshoot(self) -> float:
        """How far the curve leaves the range of the samples."""
        above = self.curve.max() - self.samples.max()
        below = self.samples.min() - self.curve.min()
        return max(0.0, float(above), float(below))


def reconstruct(
    kernel: Kernel,
    signal: Signal,
    frequency: float,
    rate: int,
    *,
    points: int = 601,
    moved: ArrayLike | None = None,
) -> Reconstruction:
    """Sample `signal` at `rate` and reconstruct it with `kernel`.

    Parameters
    ----------
    kernel : Kernel
        Interpolation kernel.
    signal : Signal
        Signal to sample.
    frequency : float
        Frequency of the signal, in Hz.
    rate : int
        Samples per second, at least 1. One sample is at 0 s.
    points : int, optional
        Number of times from 0 to 1 s at which the curve is computed.
    moved : array_like of shape (rate + 1,), optional
        Values that replace the samples from 0 to 1 s.

    Returns
    -------
    reconstruction : Reconstruction
        Samples and curve. The samples extend past 0 and 1 s by the kernel's support. For
        the sinc, which is tapered, that is 400 samples on each side.

    Raises
    ------
    TypeError
        If `rate` is not an integer.
    ValueError
        If `rate` is less than 1, or `moved` has another shape.

    Examples
    --------
    >>> from fcnlib.kernels import KERNELS
    >>> from fcnlib.kernels.signals import SIGNALS
    >>> result = reconstruct(KERNELS["triangle"], SIGNALS["step"], 1, rate=4)
    >>> result.sample_times[1:-1], result.samples[1:-1]
    (array([0.  , 0.25, 0.5 , 0.75, 1.  ]), array([0., 0., 1., 1., 1.]))
    >>> result.max_error < 1  # linear interpolation turns the step into a ramp
    True

    """
    rate = positive_int(rate, "rate")
    margin = support(kernel)
    time = np.linspace(0, 1, points)
    sample_times = np.arange(-margin, rate + margin + 1) / rate
    inside = slice(margin, margin + rate + 1)
    samples = signal(sample_times, frequency)
    if moved is not None:
        if np.shape(moved) != (rate + 1,):
            msg = f"moved has shape {np.shape(moved)}. Pass {rate + 1} values, from 0 to 1 s."
            raise ValueError(msg)
        samples[inside] = moved
    contributions = scaled_kernels(kernel, samples, time * rate + margin)
    at_samples = scaled_kernels(kernel, samples, np.arange(len(samples))[inside]).sum(axis=0)
    error = float(np.abs(at_samples - samples[inside]).max())
    truth = signal(time, frequency)
    return Reconstruction(time, truth, sample_times, samples, contributions, error)
