"""A signal of one second, sampled, redrawn with a kernel, and held against the true one."""

from dataclasses import dataclass

import numpy as np

from fcnlib.kernels import Kernel, check_factor
from fcnlib.resampling import reach, scaled_kernels
from fcnlib.signals import Signal
from fcnlib.typing import BoolArray, Float64Array


@dataclass(frozen=True)
class Reconstruction:
    """A signal of one second, its samples, and the curve that a kernel draws through them.

    Attributes
    ----------
    time : ndarray of shape (P,)
        Times in s, from 0 to 1.
    signal : ndarray of shape (P,)
        The true values there.
    sample_times, samples : ndarray of shape (N,)
        Times in s and values of the samples, those beyond the ends included.
    contributions : ndarray of shape (N, P)
        Each sample's own kernel, scaled by it.

    """

    time: Float64Array
    signal: Float64Array
    sample_times: Float64Array
    samples: Float64Array
    contributions: Float64Array

    @property
    def within(self) -> BoolArray:
        """Which samples lie from 0 to 1 s, of shape (N,)."""
        return (self.sample_times >= 0) & (self.sample_times <= 1)

    @property
    def curve(self) -> Float64Array:
        """The sum of all contributions, of shape (P,)."""
        return self.contributions.sum(axis=0)

    @property
    def error(self) -> Float64Array:
        """The curve less the true signal, of shape (P,)."""
        return self.curve - self.signal

    @property
    def max_error(self) -> float:
        """The largest absolute error."""
        return float(np.abs(self.error).max())

    @property
    def rms_error(self) -> float:
        """The root of the mean squared error."""
        return float(np.sqrt(np.mean(self.error**2)))


def reconstruct(
    kernel: Kernel, signal: Signal, frequency: float, rate: int, *, points: int = 601
) -> Reconstruction:
    """Sample `signal` at `rate` and draw a curve through the samples with `kernel`.

    Parameters
    ----------
    kernel : Kernel
        What stands between the samples.
    signal : Signal
        What is sampled.
    frequency : float
        Of the signal, in Hz.
    rate : int
        Samples per second, at least 1; the first is taken at 0 s.
    points : int, optional
        Number of times at which the curve is computed, from 0 to 1 s.

    Returns
    -------
    reconstruction : Reconstruction
        With as many samples beyond the ends as the kernel reaches: for the sinc, which
        is faded out to have an end, 400.

    Raises
    ------
    TypeError, ValueError
        If `rate` is not an integer of at least 1.

    Examples
    --------
    >>> from fcnlib.kernels import KERNELS
    >>> from fcnlib.signals import SIGNALS
    >>> result = reconstruct(KERNELS["triangle"], SIGNALS["step"], 1, rate=4)
    >>> result.sample_times[1:-1], result.samples[1:-1]
    (array([0.  , 0.25, 0.5 , 0.75, 1.  ]), array([0., 0., 1., 1., 1.]))
    >>> result.max_error < 1  # between two samples a step is anywhere, a ramp is not
    True

    """
    rate = check_factor(rate, "rate")
    beyond = reach(kernel)
    time = np.linspace(0, 1, points)
    sample_times = np.arange(-beyond, rate + beyond + 1) / rate
    samples = signal(sample_times, frequency)
    contributions = scaled_kernels(kernel, samples, time * rate + beyond)
    return Reconstruction(time, signal(time, frequency), sample_times, samples, contributions)
