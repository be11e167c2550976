"""Exact values of kernel properties, each with its formula.

The values are derived by hand and do not use the kernel functions, so measurements can be
checked against them. Only the overshoot of Lanczos kernels has no closed form. Its value is
published in percent with two decimals.
"""

from collections.abc import Iterable
from decimal import Decimal, localcontext
from fractions import Fraction
from math import cos, pi
from typing import NamedTuple

LOBES = {"lanczos2": 2, "lanczos3": 3, "lanczos4": 4}


class Exact(NamedTuple):
    """An exact value.

    Attributes
    ----------
    value : float
        The value.
    formula : str
        Formula of the value, such as ``"8/π²"``.
    tolerance : float
        Largest absolute difference of a correct measurement.

    """

    value: float
    formula: str
    tolerance: float = 1e-12

    def agrees(self, measured: float) -> bool:
        """Tell whether a measured value is within the tolerance."""
        return abs(measured - self.value) <= self.tolerance


def exact_values(name: str) -> dict[str, Exact]:
    """Return the exact properties of a kernel.

    Parameters
    ----------
    name : str
        Key in `fcnlib.kernels.KERNELS`, except ``"sinc"``, whose support is infinite.

    Returns
    -------
    values : dict of str to Exact
        ``H(1/4)`` and ``H(1/2)``, the gain at 1/4 and 1/2 cycles per sample, normalized to
        one at frequency zero; ``raw H(0)``, the integral of the kernel; ``overshoot``, how
        far the curve through a unit step rises above it (for Lanczos, of the normalized
        kernel); ``support``, in samples; ``k(0)``, the weight at distance 0; and
        ``k(n)``, the largest absolute weight at another integer distance.

    Raises
    ------
    ValueError
        If no exact values are known for this kernel.

    Examples
    --------
    >>> exact_values("mitchell")["k(0)"]
    Exact(value=0.8888888888888888, formula='8/9', tolerance=1e-12)

    """
    if name not in _SHAPES:
        msg = f"name must be one of {', '.join(_SHAPES)}, got {name!r}. Pass one of these kernels."
        raise ValueError(msg)
    quarter, nyquist, integral = _responses(name)
    support, overshoot, center, others = _SHAPES[name]
    return {
        "H(1/4)": quarter,
        "H(1/2)": nyquist,
        "raw H(0)": integral,
        "overshoot": _overshoot(overshoot),
        "support": _fraction(support),
        "k(0)": _fraction(center),
        "k(n)": _fraction(others),
    }


def lanczos_response(lobes: int, frequency: float) -> float:
    """Return the exact Fourier transform of the raw Lanczos kernel.

    Parameters
    ----------
    lobes : int
        Support of the kernel, in samples.
    frequency : float
        Frequency in cycles per sample. At 0 the result is close to one, but not one.

    Notes
    -----
    The product of the two sines is a difference of cosines, so the transform is a sum of
    integrals of ``(cos(p x) - 1) / x**2`` from 0 to `lobes`. Integrated by parts, each is
    ``(1 - cos(p lobes)) / lobes - p Si(p lobes)`` with the sine integral Si.

    Examples
    --------
    >>> round(lanczos_response(3, 0), 4), round(lanczos_response(2, 0), 4)
    (0.9971, 1.0098)

    """
    wave = 2 * pi * frequency
    slow, fast = pi * (1 - 1 / lobes), pi * (1 + 1 / lobes)

    def part(p: float) -> float:
        return (1 - cos(p * lobes)) / lobes - p * sine_integral(p * lobes)

    parts = part(slow + wave) + part(slow - wave) - part(fast + wave) - part(fast - wave)
    return lobes / (2 * pi**2) * parts


def sine_integral(x: float) -> float:
    """Return Si(x), the integral of sin(t) / t from 0 to `x`, for `x` up to about 100.

    Notes
    -----
    The power series is summed in decimal arithmetic with 120 digits, since its terms grow to
    about exp(x) before they cancel.

    Examples
    --------
    >>> round(sine_integral(pi), 12)
    1.851937051982

    """
    with localcontext() as context:
        context.prec = 120
        power = total = Decimal(float(x))
        square, order = power * power, 1
        while abs(power) > Decimal("1e-30"):
            power *= -square / ((order + 1) * (order + 2))
            order += 2
            total += power / order
        return float(total)


# Gain at 1/4 and at 1/2 cycles per sample.
_RESPONSES = {
    "box": (Exact(2 * 2**0.5 / pi, "2√2/π"), Exact(2 / pi, "2/π")),
    "triangle": (Exact(8 / pi**2, "8/π²"), Exact(4 / pi**2, "4/π²")),
    "b_spline": (Exact(64 / pi**4, "64/π⁴"), Exact(16 / pi**4, "16/π⁴")),
    "catmull_rom": (Exact(192 / pi**4 - 32 / pi**3, "192/π⁴ − 32/π³"), Exact(48 / pi**4, "48/π⁴")),
    "mitchell": (
        Exact((448 / pi**4 - 64 / pi**3) / 3, "448/3π⁴ − 64/3π³"),
        Exact(112 / pi**4 / 3, "112/3π⁴"),
    ),
}
# Support, overshoot of a unit step, weight at 0, largest absolute weight at another integer.
_SHAPES = {
    "box": ("1/2", "0", "1", "0"),
    "triangle": ("1", "0", "1", "0"),
    "catmull_rom": ("2", "2/27", "1", "0"),
    "mitchell": ("2", "16/441", "8/9", "1/18"),
    "b_spline": ("2", "0", "2/3", "1/6"),
    "lanczos2": ("2", "8.54%", "1", "0"),
    "lanczos3": ("3", "11.78%", "1", "0"),
    "lanczos4": ("4", "12.65%", "1", "0"),
}


def _responses(name: str) -> Iterable[Exact]:
    """Return the gain at 1/4 and at 1/2 cycles per sample, and the integral of the kernel."""
    if name not in LOBES:
        return *_RESPONSES[name], Exact(1.0, "1")
    quarter, nyquist, integral = (lanczos_response(LOBES[name], f) for f in (1 / 4, 1 / 2, 0))
    return (Exact(value, "Si") for value in (quarter / integral, nyquist / integral, integral))


def _fraction(formula: str, tolerance: float = 1e-12) -> Exact:
    return Exact(float(Fraction(formula)), formula, tolerance)


def _overshoot(formula: str) -> Exact:
    if formula.endswith("%"):
        # Half of the last published digit.
        return Exact(float(formula.removesuffix("%")) / 100, formula, 5e-5)
    # The measurement takes the highest of 2001 points, which can miss the top by this much.
    return _fraction(formula, 1e-6)
