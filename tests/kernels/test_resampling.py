"""Resampling and reconstruction: both forms of the sum agree, and kernels match theory."""

import numpy as np
import pytest
from scipy.interpolate import CubicHermiteSpline, make_interp_spline
from scipy.special import digamma

from fcnlib.kernels import KERNELS, normalized
from fcnlib.kernels.reconstruction import reconstruct
from fcnlib.kernels.resampling import (
    constant_gain,
    convolve_comb,
    overshoot,
    scaled_kernels,
    weight_table,
)
from fcnlib.kernels.signals import SIGNALS

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("factor", [1, 5, 8])
@pytest.mark.parametrize("kernel", KERNELS.values(), ids=KERNELS)
def test_both_forms_of_the_sum_agree(kernel, factor):
    samples = RNG.normal(size=12)
    positions = np.arange(11 * factor + 1) / factor
    by_sample = scaled_kernels(kernel, samples, positions).sum(axis=0)
    np.testing.assert_allclose(convolve_comb(kernel, samples, factor), by_sample, atol=1e-12)


def test_each_sample_scales_one_kernel():
    contributions = scaled_kernels(KERNELS["triangle"], [0, 2, -4], [0, 0.5, 1, 1.75])
    np.testing.assert_allclose(contributions, [[0, 0, 0, 0], [0, 1, 2, 0.5], [0, 0, 0, -3]])


def test_triangle_is_linear_interpolation():
    samples, positions = RNG.normal(size=9), np.linspace(0, 8, 101)
    curve = scaled_kernels(KERNELS["triangle"], samples, positions).sum(axis=0)
    np.testing.assert_allclose(curve, np.interp(positions, np.arange(9), samples), atol=1e-14)


def test_catmull_rom_is_hermite_with_central_differences():
    samples = RNG.normal(size=9)
    nodes = np.arange(1, 8)
    hermite = CubicHermiteSpline(nodes, samples[nodes], (samples[2:] - samples[:-2]) / 2)
    positions = np.linspace(1, 7, 101)
    curve = scaled_kernels(KERNELS["catmull_rom"], samples, positions).sum(axis=0)
    np.testing.assert_allclose(curve, hermite(positions), atol=1e-13)


def test_b_spline_interpolates_only_with_spline_coefficients():
    samples, nodes = np.sin(np.arange(60)), np.arange(60)
    spline = make_interp_spline(nodes, samples)
    positions = np.linspace(20, 40, 101)
    shifted = positions - spline.t[4] + 2  # SciPy's coefficient c[i] belongs to knot t[i + 2]
    with_coefficients = scaled_kernels(KERNELS["b_spline"], spline.c[:58], shifted).sum(axis=0)
    np.testing.assert_allclose(with_coefficients, spline(positions), atol=1e-12)
    plain = scaled_kernels(KERNELS["b_spline"], samples, positions).sum(axis=0)
    assert np.abs(plain - spline(positions)).max() > 0.1


@pytest.mark.parametrize("kernel", KERNELS.values(), ids=KERNELS)
def test_curve_passes_through_the_samples_only_with_an_interpolating_kernel(kernel):
    result = reconstruct(kernel, SIGNALS["two_tones"], 1.3, rate=10, points=11)
    assert (result.max_error < 1e-9) == kernel.interpolating


@pytest.mark.parametrize(
    ("kernel", "percent"),
    [
        (KERNELS["box"], 0),
        (KERNELS["triangle"], 0),
        (KERNELS["b_spline"], 0),
        (KERNELS["catmull_rom"], 7.41),
        (KERNELS["mitchell"], 3.63),
        (normalized(KERNELS["lanczos2"]), 8.54),
        (normalized(KERNELS["lanczos3"]), 11.78),
        (normalized(KERNELS["lanczos4"]), 12.65),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_overshoot_of_a_unit_step(kernel, percent):
    assert 100 * overshoot(kernel) == pytest.approx(percent, abs=0.005)


def test_catmull_rom_overshoot_is_two_twenty_sevenths():
    assert overshoot(KERNELS["catmull_rom"]) == pytest.approx(2 / 27, abs=1e-7)


def test_sinc_overshoot_is_that_of_the_infinite_sum():
    x = np.linspace(0, 1, 10001)
    missing = (digamma((x + 2) / 2) - digamma((x + 1) / 2)) / 2
    expected = (np.sin(np.pi * x) / np.pi * missing).max()
    assert overshoot(KERNELS["sinc"]) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(("name", "mean"), [("lanczos3", 0.9971), ("lanczos2", 1.0098)])
def test_raw_lanczos_changes_a_constant(name, mean):
    gain = constant_gain(KERNELS[name], points=1001)
    assert gain[:-1].mean() == pytest.approx(mean, abs=5e-5)
    np.testing.assert_allclose(constant_gain(normalized(KERNELS[name])), 1, rtol=1e-13)


@pytest.mark.parametrize("name", sorted(set(KERNELS) - {"lanczos2", "lanczos3", "lanczos4"}))
def test_other_kernels_keep_a_constant(name):
    np.testing.assert_allclose(constant_gain(KERNELS[name]), 1, atol=1e-8)


@pytest.mark.parametrize("frequency", [0.5, 2, 4, 4.8])
def test_sinc_restores_frequencies_below_nyquist(frequency):
    assert reconstruct(KERNELS["sinc"], SIGNALS["sine"], frequency, rate=10).max_error < 1e-4


@pytest.mark.parametrize(("frequency", "alias"), [(6, -4), (9, -1), (12, 2), (17, -3)])
def test_sinc_gives_the_alias_of_frequencies_above_nyquist(frequency, alias):
    result = reconstruct(KERNELS["sinc"], SIGNALS["sine"], frequency, rate=10)
    expected = SIGNALS["sine"](result.time, alias)
    np.testing.assert_allclose(result.curve, expected, atol=1e-5)


def test_errors_by_hand():
    result = reconstruct(KERNELS["triangle"], SIGNALS["step"], 1, rate=2, points=5)
    np.testing.assert_allclose(result.curve, [0, 0.5, 1, 1, 1])
    np.testing.assert_allclose(result.error, [0, 0.5, 0, 0, 0])
    assert result.max_error == pytest.approx(0.5)


def test_there_are_samples_outside_both_ends():
    result = reconstruct(KERNELS["lanczos3"], SIGNALS["sine"], 1, rate=4)
    np.testing.assert_allclose(result.sample_times, np.arange(-3, 8) / 4)
    assert result.contributions.shape == (11, 601)


def test_moved_samples_replace_those_inside():
    moved = [0, 1, 0, -1, 0]
    result = reconstruct(KERNELS["lanczos2"], SIGNALS["flat"], 1, rate=4, moved=moved)
    np.testing.assert_array_equal(result.samples, [1, 1, *moved, 1, 1])
    positions = result.time * 4
    expected = sum(
        sample * KERNELS["lanczos2"](positions - n)
        for n, sample in zip(range(-2, 7), result.samples, strict=True)
    )
    np.testing.assert_allclose(result.curve, expected, atol=1e-15)
    np.testing.assert_array_equal(result.signal, 1)


@pytest.mark.parametrize("moved", [[1, 2], np.zeros((5, 1)), 3.0])
def test_moved_must_have_one_value_per_sample(moved):
    with pytest.raises(ValueError, match=r"^moved.* 5 values"):
        reconstruct(KERNELS["box"], SIGNALS["sine"], 1, rate=4, moved=moved)


@pytest.mark.parametrize(("name", "error"), [("triangle", 0), ("mitchell", 1 / 9)])
def test_error_at_a_sample(name, error):
    moved = [0, 0, 0, 1, 0, 0, 0]
    result = reconstruct(KERNELS[name], SIGNALS["bump"], 1, rate=6, points=100, moved=moved)
    assert result.sample_error == pytest.approx(error, abs=1e-12)


@pytest.mark.parametrize("height", [1, -1])
def test_overshoot_below_and_above_the_samples(height):
    moved = height * np.eye(9)[4]
    setup = {"signal": SIGNALS["bump"], "frequency": 1, "rate": 8, "points": 1601, "moved": moved}
    # On either side of a single sample, the curve swings 2/27 in the opposite direction.
    assert reconstruct(KERNELS["catmull_rom"], **setup).overshoot == pytest.approx(2 / 27, abs=1e-4)
    assert reconstruct(KERNELS["triangle"], **setup).overshoot == 0


@pytest.mark.parametrize("kernel", KERNELS.values(), ids=KERNELS)
def test_weight_table_adds_up_to_the_curve(kernel):
    samples, steps = RNG.normal(size=9), 6
    table = weight_table(kernel, samples=8, steps=steps)
    middle = len(table) // 2
    curve = np.zeros(8 * steps + 1)
    for n, sample in enumerate(samples):
        for p in range(len(curve)):
            index = middle + p - n * steps
            curve[p] += sample * table[index] if 0 <= index < len(table) else 0
    positions = np.arange(len(curve)) / steps
    by_sample = scaled_kernels(kernel, samples, positions).sum(axis=0)
    np.testing.assert_allclose(curve, by_sample, atol=1e-14)


@pytest.mark.parametrize(("samples", "steps", "name"), [(0, 2, "samples"), (2, 0, "steps")])
def test_weight_table_needs_positive_integers(samples, steps, name):
    with pytest.raises(ValueError, match=f"^{name}.* 0"):
        weight_table(KERNELS["box"], samples, steps)


@pytest.mark.parametrize(("rate", "error"), [(2.5, TypeError), (0, ValueError)])
def test_rate_must_be_a_positive_integer(rate, error):
    with pytest.raises(error, match=f"^rate.* {rate}"):
        reconstruct(KERNELS["box"], SIGNALS["sine"], 1, rate=rate)


def test_comb_factor_must_be_a_positive_integer():
    with pytest.raises(ValueError, match=r"^factor.* 0"):
        convolve_comb(KERNELS["box"], [1, 2], factor=0)


@pytest.mark.parametrize("lobes", [2, 3, 4])
def test_the_response_to_a_constant_includes_the_middle_between_two_samples(lobes):
    """There, the weights are pairs at half-integer distances."""
    distances = np.arange(lobes) + 0.5
    middle = 2 * (np.sinc(distances) * np.sinc(distances / lobes)).sum()
    gain = constant_gain(KERNELS[f"lanczos{lobes}"])
    assert gain.shape == (101,)
    assert gain[50] == pytest.approx(middle, abs=1e-14)


@pytest.mark.parametrize(("rate", "name"), [(1, "box"), (4, "lanczos3"), (5, "sinc")])
def test_the_samples_within_are_those_from_zero_to_one_second(rate, name):
    result = reconstruct(KERNELS[name], SIGNALS["sine"], 1, rate=rate)
    np.testing.assert_allclose(result.sample_times[result.within], np.arange(rate + 1) / rate)
