"""Sentences about what samples can represent, and how kernels respond to a constant signal."""

import numpy as np

from fcnlib.kernels import Kernel
from fcnlib.kernels.resampling import constant_gain
from fcnlib.kernels.signals import Signal, folded_tones


def say_sampling(signal: Signal, frequency: float, rate: int) -> str:
    """Return in Markdown whether samples represent a signal, and what happens if they do not.

    Examples
    --------
    >>> from fcnlib.kernels.signals import SIGNALS
    >>> say_sampling(SIGNALS["sine"], 8, 10).split(". ")[-1]
    '8 Hz gives the same samples as 2 Hz, so no kernel can distinguish them.'

    """
    nyquist = rate / 2
    limit = (
        f"Samples represent only frequencies below {nyquist:g} Hz, the Nyquist frequency: half the "
        "number of samples per second (step 3)."
    )
    if signal.tones and not signal.tuned:
        return f"{limit} This signal does not oscillate, so one sample is enough to describe it."
    if not signal.tones:
        return (
            f"**No highest frequency.** {limit} A {signal.title.lower()} contains every frequency, "
            "so its samples do not determine it."
        )
    folded = folded_tones(signal, frequency, rate)
    if folded:
        pairs = " and ".join(
            f"{tone:g} Hz gives the same samples as {alias:g} Hz" for tone, alias in folded.items()
        )
        start = f"**:orange[Above the Nyquist frequency: aliasing.]** {limit}"
        return f"{start} {pairs}, so no kernel can distinguish them."
    highest = frequency * max(signal.tones)
    if highest == nyquist:
        return (
            f"**:orange[At the Nyquist frequency.]** {limit} All samples of a sine with this "
            "frequency can be 0."
        )
    if signal.name == "chirp":
        return (
            f"{limit} The frequency of this signal rises to {highest:g} Hz and falls again. A wave "
            "whose frequency changes also contains weak higher frequencies, so even the sinc can "
            "leave an error."
        )
    return (
        f"{limit} This signal contains nothing above {highest:g} Hz, so the ideal kernel, the sinc "
        "sin(πx)/(πx), restores it. Other kernels leave an error."
    )


def say_ripple(kernel: Kernel, *, normalize: bool) -> str:
    """Return in Markdown how a kernel responds to a constant 1.

    Examples
    --------
    >>> from fcnlib.kernels import KERNELS
    >>> say_ripple(KERNELS["lanczos3"], normalize=False)
    '**Raw weights:** a constant 1 becomes a curve between 0.9943 and 1.0000, with the mean 0.9971.'

    """
    if normalize:
        return (
            f"With **raw** {kernel.title}, a constant 1 does not stay 1. With **normalized** "
            "weights, which are divided by their sum at each position, it does."
        )
    gain = constant_gain(kernel, points=1025)
    low, high, mean = gain.min(), gain.max(), gain[:-1].mean()
    return (
        f"**Raw weights:** a constant 1 becomes a curve between {low:.4f} and {high:.4f}, with the "
        f"mean {mean:.4f}."
    )


def ripples(kernel: Kernel) -> bool:
    """Tell whether `kernel` turns a constant signal into ripples, as raw Lanczos kernels do."""
    return bool(np.abs(constant_gain(kernel) - 1).max() > 1e-6)
