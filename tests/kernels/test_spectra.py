"""Frequency responses: published values to the last digit, and SciPy's quadrature."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import quad

from fcnlib.kernels import KERNELS, Kernel, normalized
from fcnlib.kernels.spectra import decibels, frequency_response

FINITE = [kernel for kernel in KERNELS.values() if np.isfinite(kernel.support)]


@pytest.mark.parametrize(
    ("name", "quarter", "half"),
    [
        ("box", 0.9003, 0.6366),
        ("triangle", 0.8106, 0.4053),
        ("catmull_rom", 0.9390, 0.4928),
        ("mitchell", 0.8450, 0.3833),
        ("b_spline", 0.6570, 0.1643),
        ("lanczos2", 0.9407, 0.4958),
        ("lanczos3", 1.0114, 0.5017),
        ("lanczos4", 1.0038, 0.4995),
    ],
)
def test_published_values_at_a_quarter_and_at_nyquist(name, quarter, half):
    response = frequency_response(KERNELS[name], [0.25, 0.5])
    np.testing.assert_allclose(response, [quarter, half], atol=5e-5)


@pytest.mark.parametrize(("name", "power"), [("box", 1), ("triangle", 2), ("b_spline", 4)])
def test_value_at_nyquist_is_a_power_of_two_over_pi(name, power):
    assert frequency_response(KERNELS[name], 0.5) == pytest.approx((2 / np.pi) ** power)


def test_sinc_is_an_ideal_low_pass_filter():
    response = frequency_response(KERNELS["sinc"], [-0.6, -0.4, 0, 0.49, 0.5, 0.51])
    np.testing.assert_array_equal(response, [0, 1, 1, 1, 0.5, 0])


@pytest.mark.parametrize("name", ["box", "triangle", "b_spline"])
def test_quadrature_agrees_with_the_closed_form(name):
    frequencies = np.array([0, 0.1, 0.5, 1.3, 7.9, 100])
    by_quadrature = replace(KERNELS[name], spectrum=None)
    np.testing.assert_allclose(
        frequency_response(by_quadrature, frequencies),
        frequency_response(KERNELS[name], frequencies),
        atol=1e-12,
    )


@pytest.mark.parametrize("kernel", FINITE, ids=lambda kernel: kernel.name)
@pytest.mark.parametrize("frequency", [0.37, 1.5])
def test_quadrature_agrees_with_scipy(kernel, frequency):
    def integral(f):
        edge = kernel.support
        parts = [(a, min(a + 1, edge)) for a in np.arange(0, edge)]
        return sum(
            quad(lambda x: kernel(x) * np.cos(2 * np.pi * f * x), *part)[0] for part in parts
        )

    expected = integral(frequency) / integral(0)
    assert frequency_response(kernel, frequency) == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("kernel", KERNELS.values(), ids=KERNELS)
def test_response_is_even_and_one_at_zero_and_has_the_shape_of_the_frequencies(kernel):
    response = frequency_response(kernel, [[0, 0.3], [-0.3, 2]])
    assert response.shape == (2, 2)
    assert response[0, 0] == pytest.approx(1)
    assert response[0, 1] == pytest.approx(response[1, 0])


@pytest.mark.parametrize("name", ["lanczos2", "lanczos3"])
def test_normalized_lanczos_blocks_integer_frequencies(name):
    """A constant has its spectral images there, and it must stay constant."""
    np.testing.assert_allclose(
        frequency_response(normalized(KERNELS[name]), [1, 2, 3]), 0, atol=1e-12
    )
    assert abs(frequency_response(KERNELS[name], 1)) > 1e-3


def test_kernel_of_infinite_support_without_a_closed_form():
    gauss = Kernel("gauss", "Gauss", np.inf, lambda x: np.exp(-(x**2)))
    with pytest.raises(ValueError, match="'gauss'"):
        frequency_response(gauss, 0.1)


def test_decibels_by_hand():
    np.testing.assert_allclose(decibels([1, 0.1, -0.01, 0, 1e-9]), [0, -20, -40, -80, -80])
    assert decibels(0, floor=-60) == pytest.approx(-60)
