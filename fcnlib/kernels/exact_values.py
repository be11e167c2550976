"""Exact values of the kernels' figures, each with its formula, to hold measurements against.

Nothing here looks at a kernel: the values are worked out on paper. Only the overshoot of
Lanczos' kernels has no closed form; there a figure to four printed digits has to do.
"""

from decimal import Decimal, localcontext
from fractions import Fraction
from typing import NamedTuple

import numpy as np

_PI = np.pi
_SINE_INTEGRAL = "by Si"

LOBES = {"lanczos2": 2, "lanczos3": 3, "lanczos4": 4}


class Exact(NamedTuple):
    """A value, where it comes from, and whether it is cut off after four digits."""

    value: float
    formula: str
    printed: bool = False


def exact_values(name: str) -> dict[str, Exact]:
    """Return the exact figures of a kernel.

    Parameters
    ----------
    name : str
        A key of `fcnlib.kernels.KERNELS`, other than ``"sinc"``, which has no end.

    Returns
    -------
    values : dict of str to Exact
        The response ``H(1/4)`` and ``H(1/2)``, one at frequency zero; ``raw H(0)``, the
        integral of the kernel; the ``overshoot`` of a unit step; the ``support``; the
        weight ``k(0)`` at the sample and the largest one ``beside`` it, at another sample.

    Raises
    ------
    ValueError
        If no exact figures are known for this kernel.

    Examples
    --------
    >>> exact_values("mitchell")["k(0)"]
    Exact(value=0.8888888888888888, formula='8/9', printed=False)

    """
    if name not in _SHAPES:
        msg = f"no exact figures of {name!r} are known; name one of {', '.join(_SHAPES)}"
        raise ValueError(msg)
    support, overshoot, at_sample, beside = _SHAPES[name]
    return _responses(name) | {
        "overshoot": _printed(overshoot) if overshoot.endswith("%") else _ratio(overshoot),
        "support": _ratio(support),
        "k(0)": _ratio(at_sample),
        "beside": _ratio(beside),
    }


def lanczos_response(lobes: int, frequency: float) -> float:
    """Return the exact Fourier transform of the raw Lanczos kernel; at 0 it is not one.

    Parameters
    ----------
    lobes : int
        Where the kernel ends, in samples.
    frequency : float
        In cycles per sample.

    Notes
    -----
    The product of the two sines is a difference of cosines, so the transform is a sum of
    integrals of ``(cos(p x) - 1) / x**2`` from 0 to `lobes`. Each is, by parts,
    ``(1 - cos(p lobes)) / lobes - p Si(p lobes)`` with the sine integral Si.

    Examples
    --------
    >>> round(lanczos_response(3, 0), 4), round(lanczos_response(2, 0), 4)
    (0.9971, 1.0098)

    """
    wave = 2 * _PI * frequency
    slow, fast = _PI * (1 - 1 / lobes), _PI * (1 + 1 / lobes)

    def part(p: float) -> float:
        return (1 - np.cos(p * lobes)) / lobes - p * sine_integral(p * lobes)

    parts = part(slow + wave) + part(slow - wave) - part(fast + wave) - part(fast - wave)
    return float(lobes / (2 * _PI**2) * parts)


def sine_integral(x: float) -> float:
    """Return Si(x), the integral of sin(t) / t from 0 to `x`, for `x` of up to about 100.

    Notes
    -----
    It is the power series, in decimal numbers of 120 digits, for its terms grow to about
    exp(x) before they cancel.

    Examples
    --------
    >>> round(sine_integral(np.pi), 12)
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


# At 1/4 and at 1/2 cycles per sample.
_RESPONSES = {
    "box": (Exact(2 * 2**0.5 / _PI, "2√2/π"), Exact(2 / _PI, "2/π")),
    "triangle": (Exact(8 / _PI**2, "8/π²"), Exact(4 / _PI**2, "4/π²")),
    "b_spline": (Exact(64 / _PI**4, "64/π⁴"), Exact(16 / _PI**4, "16/π⁴")),
    "catmull_rom": (
        Exact(192 / _PI**4 - 32 / _PI**3, "192/π⁴ − 32/π³"),
        Exact(48 / _PI**4, "48/π⁴"),
    ),
    "mitchell": (
        Exact((448 / _PI**4 - 64 / _PI**3) / 3, "448/3π⁴ − 64/3π³"),
        Exact(112 / _PI**4 / 3, "112/3π⁴"),
    ),
}
# Support, overshoot of a step, weight at the sample, largest weight at another one.
_SHAPES = {
    "box": ("1/2", "0", "1", "0"),
    "triangle": ("1", "0", "1", "0"),
    "catmull_rom": ("2", "2/27", "1", "0"),
    "mitchell": ("2", "16/441", "8/9", "1/18"),
    "b_spline": ("2", "0", "2/3", "1/6"),
    "lanczos2": ("2", "8.54 %", "1", "0"),
    "lanczos3": ("3", "11.78 %", "1", "0"),
    "lanczos4": ("4", "12.65 %", "1", "0"),
}


def _responses(name: str) -> dict[str, Exact]:
    if name in LOBES:
        whole, quarter, half = (lanczos_response(LOBES[name], f) for f in (0, 1 / 4, 1 / 2))
        values = (quarter / whole, half / whole, whole)
        return dict(zip(_FREQUENCIES, (Exact(v, _SINE_INTEGRAL) for v in values), strict=True))
    return dict(zip(_FREQUENCIES, (*_RESPONSES[name], Exact(1.0, "1")), strict=True))


def _ratio(formula: str) -> Exact:
    return Exact(float(Fraction(formula)), formula)


def _printed(percent: str) -> Exact:
    return Exact(float(percent.removesuffix(" %")) / 100, percent, printed=True)


_FREQUENCIES = ("H(1/4)", "H(1/2)", "raw H(0)")
