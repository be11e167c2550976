"""Test signals, by name in `SIGNALS`, and the aliasing of their frequencies.

Time is in seconds and frequency in hertz. Every signal is defined at all times, so there are also
samples outside the interval that is shown. If a signal has `tones`, the highest tone is its highest
frequency, except for the chirp, which also contains weak frequencies above it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fcnlib.typing import Float64Array


@dataclass(frozen=True)
class Signal:
    """A function of time. Call it with times in seconds and a frequency in hertz.

    Attributes
    ----------
    name : str
        Key in `SIGNALS`.
    title : str
        Name to display.
    curve : callable
        Function from times in s and a frequency in Hz to values from about -1 to 1.
    tones : tuple of float
        Frequencies that the signal contains or reaches, as multiples of the given
        frequency. Empty if the spectrum has no upper limit.

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
        """Whether the signal depends on the frequency."""
        return any(self.tones)

    def __call__(self, time: ArrayLike, frequency: float) -> Float64Array:
        """Return the values at these times."""
        return self.curve(np.asarray(time, dtype=np.float64), frequency)


def alias_frequency(frequency: float, rate: float) -> float:
    """Return the lowest frequency that gives the same samples as `frequency`.

    Parameters
    ----------
    frequency : float
        Frequency of a sine, in Hz.
    rate : float
        Samples per second, greater than 0.

    Returns
    -------
    alias : float
        Frequency in [0, rate / 2]. It equals `frequency` up to the Nyquist frequency
        ``rate / 2``; higher frequencies are folded back into this range.

    Raises
    ------
    ValueError
        If `rate` is not greater than 0.

    Examples
    --------
    >>> [alias_frequency(frequency, rate=10) for frequency in (3, 5, 8, 10, 12)]
    [3, 5, 2, 0, 2]

    """
    if not rate > 0:
        msg = f"rate must be greater than 0, got {rate!r}. Pass the number of samples per second."
        raise ValueError(msg)
    return abs(frequency - rate * round(frequency / rate))


def folded_tones(signal: Signal, frequency: float, rate: float) -> dict[float, float]:
    """Map each tone of `signal` above the Nyquist frequency to its alias, both in Hz.

    Examples
    --------
    >>> folded_tones(SIGNALS["two_tones"], frequency=2, rate=10)
    {6: 4}

    """
    tones = [tone * frequency for tone in signal.tones]
    return {tone: alias_frequency(tone, rate) for tone in tones if tone > rate / 2}


def sine(time: Float64Array, frequency: float) -> Float64Array:
    """Return a sine of the given frequency."""
    return np.sin(2 * np.pi * frequency * time)


def two_tones(time: Float64Array, frequency: float) -> Float64Array:
    """Return a sine plus a weaker sine of three times its frequency."""
    return 0.7 * sine(time, frequency) + 0.3 * sine(time, 3 * frequency)


def chirp(time: Float64Array, frequency: float) -> Float64Array:
    """Return a sine whose frequency rises from 0 at 0 s to `frequency` at 1 s, and falls again."""
    # The instantaneous frequency is f (1 - cos(pi t)) / 2. The phase is 2 pi times its integral.
    return np.sin(np.pi * frequency * (time - np.sin(np.pi * time) / np.pi))


def step(time: Float64Array, frequency: float) -> Float64Array:
    """Return 0 before 0.5 s and 1 from 0.5 s on."""
    return np.where(time < 0.5, 0.0, 1.0)


def bump(time: Float64Array, frequency: float) -> Float64Array:
    """Return a Gaussian of height 1 centered at 0.5 s with a standard deviation of 0.07 s."""
    return np.exp(-0.5 * ((time - 0.5) / 0.07) ** 2)


def flat(time: Float64Array, frequency: float) -> Float64Array:
    """Return 1 at all times."""
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
