"""Signals: values computed by hand, and aliases found by a Fourier transform."""

import numpy as np
import pytest

from fcnlib.kernels.signals import SIGNALS, alias_frequency, folded_tones


def strongest_frequency(samples, rate):
    spectrum = np.abs(np.fft.rfft(samples))
    return np.fft.rfftfreq(len(samples), 1 / rate)[spectrum.argmax()]


@pytest.mark.parametrize("rate", [7, 10, 16])
@pytest.mark.parametrize("frequency", [1, 3, 4, 6, 9, 11, 23])
def test_alias_is_the_strongest_frequency_of_the_samples(frequency, rate):
    samples = np.cos(2 * np.pi * frequency * np.arange(10 * rate) / rate)
    expected = strongest_frequency(samples, rate)
    assert alias_frequency(frequency, rate) == pytest.approx(expected)


@pytest.mark.parametrize(("frequency", "alias"), [(5, 5), (5.5, 4.5), (10, 0), (14.5, 4.5)])
def test_alias_by_hand_at_ten_samples_per_second(frequency, alias):
    assert alias_frequency(frequency, 10) == pytest.approx(alias)


@pytest.mark.parametrize("rate", [0, -2, float("nan")])
def test_alias_needs_a_positive_rate(rate):
    with pytest.raises(ValueError, match=f"^rate.* {rate}"):
        alias_frequency(3, rate)


@pytest.mark.parametrize(
    ("name", "time", "values"),
    [
        ("sine", [0, 0.125, 0.375], [0, 1, -1]),
        ("two_tones", [0, 0.125, 0.25], [0, 0.4, 0]),
        ("step", [-9, 0.49, 0.5, 9], [0, 0, 1, 1]),
        ("bump", [0.43, 0.5, 0.57, 5], [np.exp(-0.5), 1, np.exp(-0.5), 0]),
        ("chirp", [0, 1, 2], [0, 0, 0]),
        ("flat", [-3, 0, 0.7], [1, 1, 1]),
    ],
)
def test_values_by_hand_at_two_hertz(name, time, values):
    np.testing.assert_allclose(SIGNALS[name](time, 2), values, atol=1e-12)


def test_chirp_reaches_its_frequency_at_one_second_and_never_exceeds_it():
    time = np.linspace(-3, 3, 600_001)
    slope = np.gradient(SIGNALS["chirp"](time, 5), time)
    assert np.abs(slope).max() == pytest.approx(2 * np.pi * 5, rel=1e-3)
    # Where the sine is zero, an instantaneous frequency f gives a slope of 2 pi f.
    assert slope[np.argmin(np.abs(time - 1))] == pytest.approx(-2 * np.pi * 5, rel=1e-3)


def test_only_tones_above_nyquist_are_folded():
    two = SIGNALS["two_tones"]
    assert folded_tones(two, 1, 10) == {}
    assert folded_tones(two, 3, 10) == {9: 1}
    assert folded_tones(two, 6, 10) == {6: 4, 18: 2}
    assert folded_tones(SIGNALS["sine"], 5, 10) == {}
    assert folded_tones(SIGNALS["step"], 20, 10) == {}


def test_which_signals_depend_on_the_frequency():
    tuned = {name for name, signal in SIGNALS.items() if signal.tuned}
    assert tuned == {"sine", "two_tones", "chirp"}
    assert folded_tones(SIGNALS["flat"], 20, 4) == {}


def test_names_are_the_keys():
    assert [signal.name for signal in SIGNALS.values()] == list(SIGNALS)
