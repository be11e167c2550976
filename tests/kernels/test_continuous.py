"""Continuous kernels: values computed by hand, values of SciPy, and interpolation."""

import numpy as np
import pytest
from scipy.interpolate import BSpline

from fcnlib import kernels
from fcnlib.kernels import KERNELS, Kernel, normalized, truncated

FINE = np.linspace(-5, 5, 1001)
FINITE = [kernel for kernel in KERNELS.values() if np.isfinite(kernel.support)]


@pytest.mark.parametrize(
    ("name", "distances", "weights"),
    [
        ("box", [-0.6, -0.5, 0, 0.49, 0.5], [0, 1, 1, 1, 0]),
        ("triangle", [0, 0.25, -0.5, 1, 3], [1, 0.75, 0.5, 0, 0]),
        ("sinc", [0, 0.5, 1, 1.5], [1, 2 / np.pi, 0, -2 / (3 * np.pi)]),
        ("catmull_rom", [0, 0.5, 1, 1.5, 2], [1, 9 / 16, 0, -1 / 16, 0]),
        ("mitchell", [0, 0.5, 1, 1.5, 2], [8 / 9, 77 / 144, 1 / 18, -5 / 144, 0]),
        ("b_spline", [0, 0.5, 1, 1.5, 2], [2 / 3, 23 / 48, 1 / 6, 1 / 48, 0]),
        ("lanczos2", [0, 1, 1.5, 2], [1, 0, -4 / (9 * np.pi**2) * np.sqrt(2), 0]),
        ("lanczos3", [0, 1.5, 3], [1, -4 / (3 * np.pi**2), 0]),
    ],
)
def test_weights_by_hand(name, distances, weights):
    np.testing.assert_allclose(KERNELS[name](distances), weights, atol=1e-15)


def test_b_spline_matches_scipy():
    basis = BSpline.basis_element(np.arange(-2, 3), extrapolate=False)
    np.testing.assert_allclose(KERNELS["b_spline"](FINE), np.nan_to_num(basis(FINE)), atol=1e-15)


def test_catmull_rom_is_the_cubic_convolution_kernel_of_slope_minus_one_half():
    x, a = np.abs(FINE), -0.5
    inner = (a + 2) * x**3 - (a + 3) * x**2 + 1
    outer = a * (x**3 - 5 * x**2 + 8 * x - 4)
    expected = np.select([x < 1, x < 2], [inner, outer])
    np.testing.assert_allclose(KERNELS["catmull_rom"](FINE), expected, atol=1e-14)


@pytest.mark.parametrize("kernel", KERNELS.values(), ids=KERNELS)
def test_kernel_is_even(kernel):
    inside = FINE[np.abs(np.abs(FINE) - 0.5) > 1e-9]  # the box is not even at its ends
    np.testing.assert_allclose(kernel(inside), kernel(-inside), atol=1e-15)


@pytest.mark.parametrize("kernel", FINITE, ids=lambda kernel: kernel.name)
def test_support_is_the_smallest_possible(kernel):
    assert not kernel(kernel.support + np.array([1e-9, 0.5, 1, 10])).any()
    assert kernel(kernel.support - 0.01) != 0


def test_supports():
    supports = {name: kernel.support for name, kernel in KERNELS.items()}
    assert supports == {
        "sinc": np.inf,
        "triangle": 1,
        "box": 0.5,
        "catmull_rom": 2,
        "mitchell": 2,
        "b_spline": 2,
        "lanczos2": 2,
        "lanczos3": 3,
        "lanczos4": 4,
    }


def test_which_kernels_interpolate():
    smoothing = {name for name, kernel in KERNELS.items() if not kernel.interpolating}
    assert smoothing == {"mitchell", "b_spline"}


@pytest.mark.parametrize("name", ["lanczos2", "lanczos3", "lanczos4"])
def test_normalized_lanczos_sums_to_one_and_raw_does_not(name):
    raw = KERNELS[name]
    positions = np.linspace(0, 1, 50)
    distances = positions - np.arange(-6, 7)[:, np.newaxis]
    assert np.abs(raw(distances).sum(axis=0) - 1).max() > 1e-3
    np.testing.assert_allclose(normalized(raw)(distances).sum(axis=0), 1, rtol=1e-14)


def test_normalizing_does_not_change_a_kernel_that_sums_to_one():
    np.testing.assert_allclose(
        normalized(KERNELS["mitchell"])(FINE), KERNELS["mitchell"](FINE), atol=1e-15
    )


def test_normalized_kernel_has_no_closed_form_spectrum():
    doubled = Kernel("doubled", "Doubled", 1, lambda x: 2 * kernels.triangle(x), np.sinc)
    assert normalized(doubled).spectrum is None
    assert normalized(doubled).interpolating


def test_kernel_of_infinite_support_cannot_be_normalized():
    with pytest.raises(ValueError, match="'sinc'"):
        normalized(KERNELS["sinc"])


def test_names_are_the_keys():
    assert [kernel.name for kernel in KERNELS.values()] == list(KERNELS)


@pytest.mark.parametrize("name", ["lanczos2", "lanczos3", "lanczos4"])
def test_a_normalized_kernel_has_a_title_of_its_own(name):
    titles = KERNELS[name].title, normalized(KERNELS[name]).title
    assert titles == (f"Lanczos {name[-1]}", f"Lanczos {name[-1]}, normalized")


@pytest.mark.parametrize("support", [1, 2, 5])
def test_a_truncated_kernel_is_the_same_up_to_its_end_and_zero_from_there(support):
    cut = truncated(KERNELS["sinc"], support)
    inside = np.abs(FINE) < support
    np.testing.assert_array_equal(cut(FINE)[inside], KERNELS["sinc"](FINE)[inside])
    assert not cut(FINE)[~inside].any()
    assert cut.support == support
    assert cut.spectrum is None


def test_a_kernel_that_ends_earlier_keeps_its_support():
    assert truncated(KERNELS["triangle"], 3).support == 1


@pytest.mark.parametrize(("support", "error"), [(0, ValueError), (1.5, TypeError)])
def test_a_kernel_is_truncated_at_a_whole_number_of_samples(support, error):
    with pytest.raises(error, match="support"):
        truncated(KERNELS["sinc"], support)
