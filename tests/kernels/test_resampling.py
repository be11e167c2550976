"""Reconstruction: both readings agree, and each kernel does what theory says."""

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
def test_both_readings_agree(kernel, factor):
    samples = RNG.normal(size=12)
    positions = np.arange(11 * factor + 1) / factor
    by_sample = scaled_kernels(kernel, samples, positions).sum(axis=0)
    np.testing.assert_allclose(convolve_comb(kernel, samples, factor), by_sample, atol=1e-12)


def test_each_sample_scales_a_kernel_of_its_own():
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


def test_b_spline_smooths_unless_the_samples_are_turned_into_coefficients():
    samples, nodes = np.sin(np.arange(60)), np.arange(60)
    spline = make_interp_spline(nodes, samples)
    middle = np.arange(58)  # SciPy's coefficient c[i] belongs to the knot t[i + 2]
    positions = np.linspace(20, 40, 101)
    moved = positions - spline.t[4] + 2
    with_coefficients = scaled_kernels(KERNELS["b_spline"], spline.c[middle], moved).sum(axis=0)
    np.testing.assert_allclose(with_coefficients, spline(positions), atol=1e-12)
    plain = scaled_kernels(KERNELS["b_spline"], samples, positions).sum(axis=0)
    assert np.abs(plain - spline(positions)).max() > 0.1


@pytest.mark.parametrize("kernel", KERNELS.values(), ids=KERNELS)
def test_curve_meets_the_samples_only_under_an_interpolating_kernel(kernel):
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


def test_catmull_rom_overshoots_by_two_twenty_sevenths():
    assert overshoot(KERNELS["catmull_rom"]) == pytest.approx(2 / 27, abs=1e-7)


def test_sinc_overshoot_is_that_of_the_endless_sum():
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
def test_other_kernels_leave_a_constant_flat(name):
    np.testing.assert_allclose(constant_gain(KERNELS[name]), 1, atol=1e-8)


@pytest.mark.parametrize("frequency", [0.5, 2, 4, 4.8])
def test_sinc_gives_back_what_lies_below_nyquist(frequency):
    assert reconstruct(KERNELS["sinc"], SIGNALS["sine"], frequency, rate=10).max_error < 1e-4


@pytest.mark.parametrize(("frequency", "turned"), [(6, -4), (9, -1), (12, 2), (17, -3)])
def test_sinc_gives_back_the_alias_beyond_nyquist(frequency, turned):
    result = reconstruct(KERNELS["sinc"], SIGNALS["sine"], frequency, rate=10)
    alias = SIGNALS["sine"](result.time, turned)
    np.testing.assert_allclose(result.curve, alias, atol=1e-5)


def test_errors_by_hand():
    result = reconstruct(KERNELS["triangle"], SIGNALS["step"], 1, rate=2, points=5)
    np.testing.assert_allclose(result.curve, [0, 0.5, 1, 1, 1])
    np.testing.assert_allclose(result.error, [0, 0.5, 0, 0, 0])
    assert result.max_error == pytest.approx(0.5)


def test_there_are_samples_beyond_both_ends():
    result = reconstruct(KERNELS["lanczos3"], SIGNALS["sine"], 1, rate=4)
    np.testing.assert_allclose(result.sample_times, np.arange(-3, 8) / 4)
    assert result.contributions.shape == (11, 601)


def test_moved_samples_take_the_place_of_those_inside():
    moved = [0, 1, 0, -1, 0]
    result = reconstruct(KERNELS["lanczos2"], SIGNALS["flat"], 1, rate=4, moved=moved)
    np.testing.assert_array_equal(result.samples, [1, 1, *moved, 1, 1])
    positions = result.time * 4
    expected = sum(
        sample * KERNELS["lanczos2"](positions - place)
        for place, sample in zip(range(-2, 7), result.samples, strict=True)
    )
    np.testing.assert_allclose(result.curve, expected, atol=1e-15)
    np.testing.assert_array_equal(result.signal, 1)


@pytest.mark.parametrize("moved", [[1, 2], np.zeros((5, 1)), 3.0])
def test_one_moved_value_is_needed_for_each_sample(moved):
    with pytest.raises(ValueError, match=r"moved must hold 5 values at 4 samples per second"):
        reconstruct(KERNELS["box"], SIGNALS["sine"], 1, rate=4, moved=moved)


@pytest.mark.parametrize(("name", "missed"), [("triangle", 0), ("mitchell", 1 / 9)])
def test_how_far_the_curve_passes_by_a_single_sample(name, missed):
    moved = [0, 0, 0, 1, 0, 0, 0]
    result = reconstruct(KERNELS[name], SIGNALS["bump"], 1, rate=6, points=100, moved=moved)
    assert result.missed == pytest.approx(missed, abs=1e-12)


@pytest.mark.parametrize("height", [1, -1])
def test_how_far_the_curve_leaves_the_samples_below_and_above(height):
    moved = height * np.eye(9)[4]
    drawn = {"signal": SIGNALS["bump"], "frequency": 1, "rate": 8, "points": 1601, "moved": moved}
    # The lobes on either side of a single sample go 2/27 the other way.
    assert reconstruct(KERNELS["catmull_rom"], **drawn).beyond == pytest.approx(2 / 27, abs=1e-4)
    assert reconstruct(KERNELS["triangle"], **drawn).beyond == 0


@pytest.mark.parametrize("kernel", KERNELS.values(), ids=KERNELS)
def test_a_table_of_weights_adds_up_to_the_curve(kernel):
    samples, steps = RNG.normal(size=9), 6
    table = weight_table(kernel, samples=8, steps=steps)
    middle = len(table) // 2
    curve = np.zeros(8 * steps + 1)
    for n, sample in enumerate(samples):
        for p in range(len(curve)):
            place = middle + p - n * steps
            curve[p] += sample * table[place] if 0 <= place < len(table) else 0
    positions = np.arange(len(curve)) / steps
    by_sample = scaled_kernels(kernel, samples, positions).sum(axis=0)
    np.testing.assert_allclose(curve, by_sample, atol=1e-14)


@pytest.mark.parametrize(("samples", "steps", "name"), [(0, 2, "samples"), (2, 0, "steps")])
def test_a_table_needs_counts(samples, steps, name):
    with pytest.raises(ValueError, match=f"{name} must be at least 1, got 0"):
        weight_table(KERNELS["box"], samples, steps)


@pytest.mark.parametrize(("rate", "error"), [(2.5, TypeError), (0, ValueError)])
def test_rate_must_be_a_count(rate, error):
    with pytest.raises(error, match="rate must be"):
        reconstruct(KERNELS["box"], SIGNALS["sine"], 1, rate=rate)


def test_grid_must_be_a_count():
    with pytest.raises(ValueError, match="factor must be at least 1, got 0"):
        convolve_comb(KERNELS["box"], [1, 2], factor=0)
