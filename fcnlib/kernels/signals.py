"""Signals to sample: curves of time that are known between the samples too.

Time is in seconds, frequencies are in hertz. Every signal is defined at all times, so that
a kernel finds samples beyond the ends of what is shown, and none moves faster than its
tones say.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fcnlib.typing import Float64Array


@dataclass(frozen=True)
class Signal:
    """A curve of time, called with times in seconds.

    Attributes
    ----------
    name : str
        Its key in `SIGNALS`.
    title : str
        Its name for people.
    curve : callable
        Maps times in s and a frequency in Hz to values, of about -1 to 1.
    tones : tuple of float
        The frequencies it holds, or reaches, as multiples of the one given; empty if it
        holds a little of every frequency.

    Examples
    --------
    >>> SIGNALS["sine"]([0, 0.25, 0.75], frequency=1)
    array([ 0.,  1., -1.])

    """

    name: str
    title: str
    curve: Callable[[Float64Array, float], Float64Array]
    tones: tuple[float, ...] = ()

    @property
    def tuned(self) -> bool:
        """Whether the frequency given plays a part."""
        return any(self.tones)

    def __call__(self, time: ArrayLike, frequency: float) -> Float64Array:
        """Return the values at these times."""
        return self.curve(np.asarray(time, dtype=np.float64), frequency)


def alias_frequency(frequency: float, rate: float) -> float:
    """Return the lowest frequency that has the same samples as `frequency`.

    Parameters
    ----------
    frequency : float
        Of a sine, in Hz.
    rate : float
        Samples per second, above 0.

    Returns
    -------
    alias : float
        In [0, rate / 2]: `frequency` itself up to Nyquist, folded back beyond.

    Raises
    ------
    ValueError
        If `rate` is not above 0.

    Examples
    --------
    >>> [alias_frequency(frequency, rate=10) for frequency in (3, 5, 8, 10, 12)]
    [3, 5, 2, 0, 2]

    """
    if not rate > 0:
        msg = f"rate must be above 0 samples per second, got {rate!r}. Pass a positive number."
        raise ValueError(msg)
    return abs(frequency - rate * round(frequency / rate))


def folded_tones(signal: Signal, frequency: float, rate: float) -> dict[float, float]:
    """Map each tone of `signal` beyond Nyquist to the tone it turns into, both in Hz.

    Examples
    --------
    >>> folded_tones(SIGNALS["two_tones"], frequency=2, rate=10)
    {6: 4}

    """
    tones = [tone * frequency for tone in signal.tones]
    return {tone: alias_frequency(tone, rate) for tone in tones if tone > rate / 2}


def sine(time: Float64Array, frequency: float) -> Float64Array:
    """Return a sine."""
    return np.sin(2 * np.pi * frequency * time)


def two_tones(time: Float64Array, frequency: float) -> Float64Array:
    """Return a sine and a weaker one three times as fast."""
    return 0.7 * sine(time, frequency) + 0.3 * sine(time, 3 * frequency)


def chirp(time: Float64Array, frequency: float) -> Float64Array:
    """Return a sine whose frequency swells from zero at 0 s to `frequency` at 1 s, and back."""
    # The frequency is f (1 - cos(pi t)) / 2; the phase is its integral.
    return np.sin(np.pi * frequency * (time - np.sin(np.pi * time) / np.pi))


def step(time: Float64Array, frequency: float) -> Float64Array:
    """Return zero before 0.5 s and one from there on."""
    return np.where(time < 0.5, 0.0, 1.0)


def bump(time: Float64Array, frequency: float) -> Float64Array:
    """Return a Gaussian of height one about 0.5 s, with a standard deviation of 0.07 s."""
    return np.exp(-0.5 * ((time - 0.5) / 0.07) ** 2)


def flat(time: Float64Array, frequency: float) -> Float64Array:
    """Return one at all times."""
    return np.ones_like(time)


SIGNALS = {
    signal.name: signal
    for signal in (
        Signal("sine", "Sine", sine, (1,)),
        Signal("two_tones", "Two tones", two_tones, (1, 3)),
        Signal("chirp", "Chirp", chirp, (1,)),
        Signal("step", "Step", step),
        Signal("bump", "Bump", bump),
        Signal("flat", "Constant", flat, (0,)),
    )
}
