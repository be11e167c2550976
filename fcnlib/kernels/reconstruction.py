"""A signal of one second, sampled, redrawn with a kernel, and held against the true one."""

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
    missed : float
        How far the curve passes by a sample from 0 to 1 s, at most.

    """

    time: Float64Array
    signal: Float64Array
    sample_times: Float64Array
    samples: Float64Array
    contributions: Float64Array
    missed: float

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
    def beyond(self) -> float:
        """How far the curve leaves the range of the samples, at most."""
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
    moved : array_like of shape (rate + 1,), optional
        Values to take for the samples from 0 to 1 s, instead of the signal's own.

    Returns
    -------
    reconstruction : Reconstruction
        With as many samples beyond the ends as the kernel reaches: for the sinc, which
        is faded out to have an end, 400.

    Raises
    ------
    TypeError
        If `rate` is not an integer.
    ValueError
        If `rate` is less than 1, or the number of `moved` values is not ``rate + 1``.

    Examples
    --------
    >>> from fcnlib.kernels import KERNELS
    >>> from fcnlib.kernels.signals import SIGNALS
    >>> result = reconstruct(KERNELS["triangle"], SIGNALS["step"], 1, rate=4)
    >>> result.sample_times[1:-1], result.samples[1:-1]
    (array([0.  , 0.25, 0.5 , 0.75, 1.  ]), array([0., 0., 1., 1., 1.]))
    >>> result.max_error < 1  # between two samples a step is anywhere, a ramp is not
    True

    """
    rate = positive_int(rate, "rate")
    beyond = support(kernel)
    time = np.linspace(0, 1, points)
    sample_times = np.arange(-beyond, rate + beyond + 1) / rate
    inside = slice(beyond, beyond + rate + 1)
    samples = signal(sample_times, frequency)
    if moved is not None:
        samples[inside] = _check_moved(moved, rate)
    contributions = scaled_kernels(kernel, samples, time * rate + beyond)
    passed = scaled_kernels(kernel, samples, np.arange(len(samples))[inside]).sum(axis=0)
    missed = float(np.abs(passed - samples[inside]).max())
    return Reconstruction(
        time, signal(time, frequency), sample_times, samples, contributions, missed
    )


def _check_moved(moved: ArrayLike, rate: int) -> Float64Array:
    """Return `moved` as an array, or raise and say how many values were expected."""
    values = np.asarray(moved, dtype=np.float64)
    if values.shape != (rate + 1,):
        msg = (
            f"moved must hold {rate + 1} values at {rate} samples per second, "
            f"got shape {values.shape}. Give one for each sample from 0 to 1 s."
        )
        raise ValueError(msg)
    return values
