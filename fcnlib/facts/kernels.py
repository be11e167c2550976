"""Facts of the continuous kernels: reach, spectrum, overshoot, and what becomes of a flat one."""

from collections.abc import Callable, Mapping

import numpy as np

from fcnlib.facts.fact import fact
from fcnlib.facts.tolerances import EXACT, ROUNDED, WORDS, Measured, within
from fcnlib.kernels import KERNELS, Kernel, normalized
from fcnlib.kernels.properties import QUANTITIES
from fcnlib.kernels.resampling import constant_gain

NAMES = {
    "box": "box",
    "triangle": "triangle",
    "catmull_rom": "Catmull-Rom",
    "mitchell": "Mitchell",
    "b_spline": "B-spline",
    "lanczos2": "Lanczos 2",
    "lanczos3": "Lanczos 3",
    "lanczos4": "Lanczos 4",
}
CLOSED = {"box": 1, "triangle": 2, "b_spline": 4}
TABLE = "measured before"


def row(*figures: str) -> Mapping[str, str]:
    """Return figures under the names of all kernels."""
    return dict(zip(NAMES.values(), figures, strict=True))


def measure(quantity: Callable[[Kernel], float]) -> Measured:
    """Return a quantity of every kernel under its name."""
    return {title: quantity(KERNELS[name]) for name, title in NAMES.items()}


@fact(
    "Support: the distance from which all weights are zero, in samples.",
    row("0.5", "1", "2", "2", "2", "2", "3", "4"),
    EXACT,
    TABLE,
)
def support() -> Measured:
    """Look for the last weight that is not zero, 1024 to a sample."""
    return measure(QUANTITIES["support"])


@fact(
    "H(0.25): the share left of a wave of a quarter cycle per sample.",
    row(".9003", ".8106", ".9390", ".8450", ".6570", ".9407", "1.0114", "1.0038"),
    ROUNDED,
    TABLE,
    seconds=0.05,
)
def response_at_a_quarter() -> Measured:
    """Integrate numerically, using no closed form."""
    return measure(QUANTITIES["H(1/4)"])


@fact(
    "H(0.5): the share left at Nyquist; 2/π for the box, its square for the triangle, its "
    "fourth power for the B-spline.",
    row(".6366", ".4053", ".4928", ".3833", ".1643", ".4958", ".5017", ".4995"),
    ROUNDED,
    TABLE,
    seconds=0.05,
)
def response_at_nyquist() -> Measured:
    """Integrate numerically, using no closed form."""
    return measure(QUANTITIES["H(1/2)"])


@fact(
    "How far the curve through a unit step rises above it; Lanczos kernels normalized.",
    row("0 %", "0 %", "7.41 %", "3.63 %", "0 %", "8.54 %", "11.78 %", "12.65 %"),
    within(0.005, "half of the last printed digit, in per cent"),
    TABLE,
    seconds=0.05,
)
def step_overshoot() -> Measured:
    """Draw the curve at 2001 points and take the highest."""
    return measure(lambda kernel: 100 * QUANTITIES["overshoot"](kernel))


@fact(
    "Whether the curve passes through the samples.",
    row("yes", "yes", "yes", "no", "no", "yes", "yes", "yes"),
    WORDS,
    TABLE,
)
def through_the_samples() -> Measured:
    """Look at the weights at whole distances: they must be 1 at 0, and 0 at the others."""
    return {title: "yes" if KERNELS[name].interpolating else "no" for name, title in NAMES.items()}


@fact(
    "At a sample, Mitchell's kernel has k(0) = 8/9 and the B-spline 2/3.",
    {"9 k(0), Mitchell": "8", "3 k(0), B-spline": "2"},
    EXACT,
    TABLE,
)
def weight_at_the_sample() -> Measured:
    """Ask both for their weight at 0."""
    return {
        "9 k(0), Mitchell": 9 * float(KERNELS["mitchell"](0)),
        "3 k(0), B-spline": 3 * float(KERNELS["b_spline"](0)),
    }


@fact(
    "Raw Lanczos does not sum to 1: what is left of a flat one on average.",
    {"3 lobes": ".9971", "2 lobes": "1.0098"},
    ROUNDED,
    TABLE,
)
def raw_lanczos() -> Measured:
    """Average the gain between two samples."""
    return {
        f"{lobes} lobes": QUANTITIES["raw H(0)"](KERNELS[f"lanczos{lobes}"]) for lobes in (3, 2)
    }


@fact(
    "Normalized, it does: largest difference from 1 of a flat signal, in per cent.",
    {"2 lobes": "0 %", "3 lobes": "0 %", "4 lobes": "0 %"},
    EXACT,
    "arithmetic",
)
def normalized_lanczos() -> Measured:
    """Redraw a flat signal at 101 points between two samples."""
    gains = {n: constant_gain(normalized(KERNELS[f"lanczos{n}"])) for n in (2, 3, 4)}
    return {f"{n} lobes": 100 * float(np.abs(gain - 1).max()) for n, gain in gains.items()}


@fact(
    "H is sinc f for the box, sinc² f for the triangle, sinc⁴ f for the B-spline: largest "
    "difference.",
    {NAMES[name]: "0" for name in CLOSED},
    EXACT,
    "arithmetic: a B-spline is boxes convolved",
    seconds=0.05,
)
def closed_forms() -> Measured:
    """Integrate numerically at a quarter and at Nyquist, and compare with the closed form."""
    measured = {}
    for name, power in CLOSED.items():
        off = [
            abs(QUANTITIES[label](KERNELS[name]) - np.sinc(frequency) ** power)
            for label, frequency in {"H(1/4)": 0.25, "H(1/2)": 0.5}.items()
        ]
        measured[NAMES[name]] = float(max(off))
    return measured


FACTS = (
    support,
    response_at_a_quarter,
    response_at_nyquist,
    step_overshoot,
    through_the_samples,
    weight_at_the_sample,
    raw_lanczos,
    normalized_lanczos,
    closed_forms,
)
