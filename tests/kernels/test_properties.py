"""The kernels' figures: measured against exact, exact against SciPy and published digits."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize_scalar
from scipy.special import sici

from fcnlib.kernels import KERNELS, normalized
from fcnlib.kernels.exact_values import LOBES, exact_values, lanczos_response, sine_integral
from fcnlib.kernels.properties import QUANTITIES, facts, facts_of

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


@pytest.fixture(scope="module")
def found():
    return {(fact.kernel, fact.quantity): fact for fact in facts()}


def test_every_figure_holds(found):
    assert len(found) == len(PUBLISHED) * len(QUANTITIES)
    assert [fact for fact in found.values() if not fact.holds] == []


@pytest.mark.parametrize("name", PUBLISHED)
def test_both_sides_have_the_published_digits(found, name):
    quarter, half, above, support, through = PUBLISHED[name]
    for side in ("measured", "exact"):
        value = {quantity: getattr(found[name, quantity], side) for quantity in QUANTITIES}
        assert value["H(1/4)"] == pytest.approx(quarter, abs=5e-5)
        assert value["H(1/2)"] == pytest.approx(half, abs=5e-5)
        assert value["overshoot"] == pytest.approx(above, abs=5e-5)
        assert value["support"] == support
        assert (value["k(0)"] == 1 and value["beside"] < 1e-12) == through


@pytest.mark.parametrize(("name", "gain"), [("lanczos3", 0.9971), ("lanczos2", 1.0098)])
def test_raw_lanczos_does_not_sum_to_one(found, name, gain):
    assert found[name, "raw H(0)"].measured == pytest.approx(gain, abs=5e-5)
    assert found[name, "raw H(0)"].exact == pytest.approx(gain, abs=5e-5)


def test_smoothing_kernels_weigh_the_sample_less(found):
    assert found["mitchell", "k(0)"].formula == "8/9"
    assert found["b_spline", "k(0)"].formula == "2/3"
    assert found["b_spline", "k(0)"].measured == pytest.approx(2 / 3)


@pytest.mark.parametrize(("name", "power"), [("box", 1), ("triangle", 2), ("b_spline", 4)])
def test_box_triangle_and_b_spline_are_powers_of_the_sinc(name, power):
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
def test_sine_integral_is_scipys(x):
    assert sine_integral(x) == pytest.approx(sici(x)[0], abs=1e-14)


@pytest.mark.parametrize("name", ["catmull_rom", "mitchell", *LOBES])
def test_overshoot_by_a_search_for_the_top(name):
    kernel = normalized(KERNELS[name]) if name in LOBES else KERNELS[name]

    def below(x):
        return -float(kernel(x - np.arange(8)).sum())

    top = minimize_scalar(below, bounds=(0, 1), method="bounded", options={"xatol": 1e-10})
    exact = exact_values(name)["overshoot"]
    assert -top.fun - 1 == pytest.approx(exact.value, abs=5e-5 if exact.printed else 1e-12)


@pytest.mark.parametrize(
    ("quantity", "spoil"),
    [
        ("H(1/4)", lambda x: np.maximum(1 - np.abs(x) ** 1.01, 0)),
        ("raw H(0)", lambda x: 0.999 * np.maximum(1 - np.abs(x), 0)),
        ("overshoot", KERNELS["catmull_rom"].weights),
        ("support", lambda x: np.maximum(1 - np.abs(x) / 1.01, 0)),
        ("k(0)", lambda x: 0.999 * np.maximum(1 - np.abs(x), 0)),
        ("beside", lambda x: np.maximum(1 - np.abs(x) / 1.01, 0)),
    ],
)
def test_an_imitation_is_found_out(quantity, spoil):
    imitation = replace(KERNELS["triangle"], weights=spoil, support=2)
    broken = {fact.quantity for fact in facts_of(imitation) if not fact.holds}
    assert quantity in broken


def test_the_closed_form_of_a_kernel_is_not_taken_as_a_measurement():
    lying = replace(KERNELS["box"], spectrum=KERNELS["triangle"].spectrum)
    assert all(fact.holds for fact in facts_of(lying))


def test_the_endless_sinc_has_no_exact_figures():
    with pytest.raises(ValueError, match="no exact figures of 'sinc' are known; name one of box"):
        facts_of(KERNELS["sinc"])
