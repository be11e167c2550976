"""Sentences on what samples can hold, and on what a kernel makes of a flat signal."""

import numpy as np

from fcnlib.kernels import Kernel
from fcnlib.kernels.resampling import constant_gain
from fcnlib.kernels.signals import Signal, folded_tones


def say_sampling(signal: Signal, frequency: float, rate: int) -> str:
    """Return in Markdown what samples hold of a signal, and what becomes of the rest.

    Examples
    --------
    >>> from fcnlib.kernels.signals import SIGNALS
    >>> say_sampling(SIGNALS["sine"], 8, 10).split(". ")[-1]
    'The samples of 8 Hz are those of 2 Hz: no kernel can tell them apart.'

    """
    nyquist = rate / 2
    holds = f"{rate} samples a second hold tones below {nyquist:g} Hz"
    if signal.tones and not signal.tuned:
        return f"**Nothing swings.** {holds}; a {signal.title.lower()} needs but one."
    if not signal.tones:
        return (
            f"**No highest frequency.** {holds}. A {signal.title.lower()} has a little of every "
            "frequency: more samples come closer, but none are quite enough."
        )
    folded = folded_tones(signal, frequency, rate)
    if folded:
        pairs = " and ".join(f"{tone:g} Hz are those of {low:g} Hz" for tone, low in folded.items())
        return (
            f"**:orange[Beyond Nyquist: aliasing.]** {holds}. "
            f"The samples of {pairs}: no kernel can tell them apart."
        )
    highest = frequency * max(signal.tones)
    if highest == nyquist:
        return f"**:orange[At Nyquist.]** {holds}. At {nyquist:g} Hz they may all meet zeros."
    return (
        f"**Below Nyquist.** {holds}, and this signal holds none above {highest:g} Hz: "
        "the sinc gives it back, other kernels leave an error."
    )


def say_ripple(kernel: Kernel, *, normalize: bool) -> str:
    """Return in Markdown what a kernel makes of a flat one.

    Examples
    --------
    >>> from fcnlib.kernels import KERNELS
    >>> say_ripple(KERNELS["lanczos3"], normalize=False)
    '**Raw:** a flat 1 becomes 0.9943 to 1.0000, on average 0.9971.'

    """
    if normalize:
        return "Divided by the sum of the weights at each place: a flat 1 stays 1."
    gain = constant_gain(kernel, points=1025)
    mean = gain[:-1].mean()
    return f"**Raw:** a flat 1 becomes {gain.min():.4f} to {gain.max():.4f}, on average {mean:.4f}."


def ripple(kernel: Kernel) -> float:
    """Return how far `kernel` takes a flat one from one, at most."""
    return float(np.abs(constant_gain(kernel) - 1).max())


def ripples(kernel: Kernel) -> bool:
    """Tell whether `kernel` does not leave a flat signal flat, as the raw Lanczos do not."""
    return ripple(kernel) > 1e-6
