"""Facts about the continuous kernels: support, frequency response, overshoot and sum of weights."""

import numpy as np

from fcnlib.facts.fact import fact
from fcnlib.facts.tolerances import EXACT, ROUNDED, WORDS, Measured, within
from fcnlib.kernels import KERNELS, normalized
from fcnlib.kernels.properties import QUANTITIES
from fcnlib.kernels.resampling import constant_gain

FINITE = {kernel.title: kernel for kernel in KERNELS.values() if np.isfinite(kernel.support)}
"""The kernels with a finite support, by the labels of their numbers."""
CLOSED_FORMS = {"box": 1, "triangle": 2, "b_spline": 4}
"""Powers of sinc by kernel."""


def _row(*figures: str) -> dict[str, str]:
    """Return one number for each kernel, in the order of `FINITE`."""
    return dict(zip(FINITE, figures, strict=True))


@fact(
    "Support of the kernel: the distance in samples beyond which all weights are zero.",
    _row("1", "0.5", "2", "2", "2", "2", "3", "4"),
    EXACT,
    case="{}",
)
def support(label: str) -> float:
    """Find the last weight that is not zero, with 1024 weights per sample."""
    return QUANTITIES["support"](FINITE[label])


@fact(
    "H(0.25), the gain of the kernel for a wave of a quarter cycle per sample.",
    _row(".8106", ".9003", ".9390", ".8450", ".6570", ".9407", "1.0114", "1.0038"),
    ROUNDED,
    case="{}",
)
def response_at_a_quarter(label: str) -> float:
    """Integrate numerically, without a closed form."""
    return QUANTITIES["H(1/4)"](FINITE[label])


@fact(
    "H(0.5), the gain of the kernel at the Nyquist frequency, half a cycle per sample. It is 2/π "
    "for nearest neighbor (a box), (2/π)² for bilinear (a triangle) and (2/π)⁴ for the B-spline.",
    _row(".4053", ".6366", ".4928", ".3833", ".1643", ".4958", ".5017", ".4995"),
    ROUNDED,
    case="{}",
)
def response_at_nyquist(label: str) -> float:
    """Integrate numerically, without a closed form."""
    return QUANTITIES["H(1/2)"](FINITE[label])


@fact(
    "Overshoot: how far the curve rises above 1 if the samples step from 0 to 1. Lanczos kernels "
    "are normalized before this measurement.",
    _row("0%", "0%", "7.41%", "3.63%", "0%", "8.54%", "11.78%", "12.65%"),
    within(0.005, "half of the last printed digit, in percent"),
    case="{}",
)
def step_overshoot(label: str) -> float:
    """Evaluate the curve at 2001 points and take the highest."""
    return 100 * QUANTITIES["overshoot"](FINITE[label])


@fact(
    "Whether the curve passes through the samples.",
    _row("yes", "yes", "yes", "no", "no", "yes", "yes", "yes"),
    WORDS,
    case="{}",
)
def through_the_samples(label: str) -> str:
    """Check the weights at whole distances: they must be 1 at 0, and 0 at the others."""
    return "yes" if FINITE[label].interpolating else "no"


@fact(
    "At a sample, Mitchell's kernel has the weight k(0) = 8/9 and the B-spline 2/3.",
    {("Mitchell", 9): "8", ("B-spline", 3): "2"},
    EXACT,
    case="{}, {} × k(0)",
)
def weight_at_the_sample(label: str, denominator: int) -> float:
    """Evaluate the kernel at 0."""
    return denominator * float(FINITE[label](0))


@fact(
    "The weights of a Lanczos kernel do not add up to 1. The numbers are the mean of the curve "
    "through samples that are all 1.",
    {3: ".9971", 2: "1.0098"},
    ROUNDED,
    case="Lanczos {}",
)
def raw_lanczos(lobes: int) -> float:
    """Average the gain over the positions between two samples."""
    return QUANTITIES["raw H(0)"](KERNELS[f"lanczos{lobes}"])


@fact(
    "The weights of a normalized Lanczos kernel add up to 1. The numbers are the largest "
    "deviation from 1 of the curve through samples that are all 1.",
    {2: "0%", 3: "0%", 4: "0%"},
    EXACT,
    "arithmetic",
    case="Lanczos {}",
)
def normalized_lanczos(lobes: int) -> float:
    """Resample a constant signal at 101 points between two samples."""
    gain = constant_gain(normalized(KERNELS[f"lanczos{lobes}"]))
    return 100 * float(np.abs(gain - 1).max())


@fact(
    "H is sinc f for nearest neighbor (a box), sinc² f for bilinear (a triangle) and sinc⁴ f for "
    "the B-spline. The numbers are the largest difference.",
    {KERNELS[name].title: "0" for name in CLOSED_FORMS},
    EXACT,
    "arithmetic: a B-spline is a convolution of boxes",
)
def closed_forms() -> Measured:
    """Integrate numerically at a quarter and at Nyquist, and compare with the closed form."""
    return {
        KERNELS[name].title: max(
            abs(QUANTITIES[quantity](KERNELS[name]) - float(np.sinc(frequency)) ** power)
            for quantity, frequency in {"H(1/4)": 0.25, "H(1/2)": 0.5}.items()
        )
        for name, power in CLOSED_FORMS.items()
    }
