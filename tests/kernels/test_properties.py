"""Kernel properties: measured and exact values agree with each other, SciPy and publications."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize_scalar
from scipy.special import sici

from fcnlib.kernels import KERNELS, normalized
from fcnlib.kernels.exact_values import LOBES, Exact, exact_values, lanczos_response, sine_integral
from fcnlib.kernels.properties import QUANTITIES, measure

PUBLISHED = {
    "box": (0.9003, 0.6366, 0, 0.5, True),
    "triangle": (0.8106, 0.4053, 0, 1, True),
    "catmull_rom": (0.9390, 0.4928, 0.0741, 2, True),
    "mitchell": (0.8450, 0.3833, 0.0363, 2, False),
    "b_spline": (0.6570, 0.1643, 0, 2, False),
    "lanczos2": (0.9407, 0.4958, 0.0854, 2, True),
    "lanczos3": (1.0114, 0.5017, 0.1178, 3, True),
    "lanczos4": (1.0038, 0.4995, 0.1265, 4, True),
}


def differing(kernel):
    """Return the quantities whose measurement differs from the exact value."""
    measured = measure(kernel)
    return {
        key for key, exact in exact_values(kernel.name).items() if not exact.agrees(measured[key])
    }


def test_every_kernel_of_finite_support_has_published_values():
    assert set(PUBLISHED) == {name for name, kernel in KERNELS.items() if kernel.support < np.inf}


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_measurement_agrees_with_the_exact_value(name):
    assert list(measure(KERNELS[name])) == list(exact_values(name)) == list(QUANTITIES)
    assert differing(KERNELS[name]) == set()


@pytest.mark.parametrize("name", PUBLISHED)
def test_measured_and_exact_values_have_the_published_digits(name):
    quarter, half, above, support, interpolating = PUBLISHED[name]
    exact = {quantity: value.value for quantity, value in exact_values(name).items()}
    for value in (measure(KERNELS[name]), exact):
        assert value["H(1/4)"] == pytest.approx(quarter, abs=5e-5)
        assert value["H(1/2)"] == pytest.approx(half, abs=5e-5)
        assert value["overshoot"] == pytest.approx(above, abs=5e-5)
        assert value["support"] == support
        assert (value["k(0)"] == 1 and value["k(n)"] < 1e-12) == interpolating


@pytest.mark.parametrize(("name", "gain"), [("lanczos3", 0.9971), ("lanczos2", 1.0098)])
def test_raw_lanczos_does_not_sum_to_one(name, gain):
    assert measure(KERNELS[name])["raw H(0)"] == pytest.approx(gain, abs=5e-5)
    assert exact_values(name)["raw H(0)"].value == pytest.approx(gain, abs=5e-5)


def test_smoothing_kernels_have_a_lower_weight_at_the_sample():
    assert exact_values("mitchell")["k(0)"].formula == "8/9"
    assert exact_values("b_spline")["k(0)"].formula == "2/3"
    assert measure(KERNELS["b_spline"])["k(0)"] == pytest.approx(2 / 3)


@pytest.mark.parametrize(("name", "power"), [("box", 1), ("triangle", 2), ("b_spline", 4)])
def test_responses_of_box_triangle_and_b_spline_are_powers_of_the_sinc(name, power):
    exact = exact_values(name)
    assert exact["H(1/4)"].value == pytest.approx(np.sinc(0.25) ** power, abs=1e-15)
    assert exact["H(1/2)"].value == pytest.approx(np.sinc(0.5) ** power, abs=1e-15)


@pytest.mark.parametrize("lobes", [2, 3, 4])
@pytest.mark.parametrize("frequency", [0, 0.1, 0.25, 0.5, 1.2])
def test_lanczos_response_is_the_integral(lobes, frequency):
    def wave(x):
        return 2 * np.sinc(x) * np.sinc(x / lobes) * np.cos(2 * np.pi * frequency * x)

    expected, _ = quad(wave, 0, lobes, epsabs=1e-13, epsrel=1e-13)
    assert lanczos_response(lobes, frequency) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("x", [-40.0, -1, 0, 0.5, np.pi, 9 * np.pi, 90])
def test_sine_integral_matches_scipy(x):
    assert sine_integral(x) == pytest.approx(sici(x)[0], abs=1e-14)


@pytest.mark.parametrize("name", ["catmull_rom", "mitchell", *LOBES])
def test_overshoot_is_the_maximum_found_by_optimization(name):
    kernel = normalized(KERNELS[name]) if name in LOBES else KERNELS[name]

    def negative_curve(x):
        return -float(kernel(x - np.arange(8)).sum())

    top = minimize_scalar(negative_curve, bounds=(0, 1), method="bounded", options={"xatol": 1e-10})
    exact = exact_values(name)["overshoot"]
    assert -top.fun - 1 == pytest.approx(exact.value, abs=5e-5 if name in LOBES else 1e-12)


@pytest.mark.parametrize(
    ("quantity", "changed"),
    [
        ("H(1/4)", lambda x: np.maximum(1 - np.abs(x) ** 1.01, 0)),
        ("raw H(0)", lambda x: 0.999 * np.maximum(1 - np.abs(x), 0)),
        ("overshoot", KERNELS["catmull_rom"].weights),
        ("support", lambda x: np.maximum(1 - np.abs(x) / 1.01, 0)),
        ("k(0)", lambda x: 0.999 * np.maximum(1 - np.abs(x), 0)),
        ("k(n)", lambda x: np.maximum(1 - np.abs(x) / 1.01, 0)),
    ],
)
def test_a_changed_kernel_is_detected(quantity, changed):
    assert quantity in differing(replace(KERNELS["triangle"], weights=changed, support=2))


def test_measurements_do_not_use_the_closed_form():
    wrong_spectrum = replace(KERNELS["box"], spectrum=KERNELS["triangle"].spectrum)
    assert differing(wrong_spectrum) == set()


def test_sinc_has_no_exact_values():
    with pytest.raises(ValueError, match="'sinc'"):
        exact_values("sinc")


@pytest.mark.parametrize(("off", "agrees"), [(0, True), (1e-12, True), (1.01e-12, False)])
def test_a_measurement_agrees_up_to_a_trillionth_by_default(off, agrees):
    for sign in (1, -1):
        assert Exact(0.0, "0").agrees(sign * off) == agrees
