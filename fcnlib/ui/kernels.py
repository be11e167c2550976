"""What the page of kernels asks for and says: choices, a table, a sentence on aliasing."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import streamlit as st

from fcnlib.kernels import KERNELS, Kernel, normalised
from fcnlib.resampling import constant_gain, overshoot
from fcnlib.signals import SIGNALS, Signal, folded_tones
from fcnlib.spectra import frequency_response

FREQUENCIES = (0.5, 20.0)  # Hz
RATES = (4, 40)  # samples per second


class Sampling(NamedTuple):
    """What is sampled, how often, and what is put between the samples.

    Attributes
    ----------
    signal : Signal
        The signal.
    kernel : Kernel
        The kernel, normalised if so chosen.
    frequency : float
        Of the signal, in Hz.
    rate : int
        Samples per second.

    """

    signal: Signal
    kernel: Kernel
    frequency: float
    rate: int


def pick_kernels() -> tuple[list[Kernel], bool]:
    """Let the visitor choose kernels to compare, and whether their spectra are in dB."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        names = st.pills(
            "Kernels",
            list(KERNELS),
            selection_mode="multi",
            default=["sinc", "triangle"],
            format_func=lambda name: KERNELS[name].title,
            key="kernels_shown",
            wrap=True,
            bind="query-params",
        )
        in_decibels = st.toggle("Spectrum in dB", key="kernels_decibels", bind="query-params")
    return [kernel for name, kernel in KERNELS.items() if name in names], in_decibels


def pick_sampling() -> Sampling:
    """Let the visitor choose a signal, its frequency, a sampling rate and a kernel."""
    columns = st.columns(4)
    with columns[0]:
        signal = SIGNALS[_select("Signal", SIGNALS, "kernels_signal", "sine")]
    with columns[1]:
        kernel = KERNELS[_select("Kernel", KERNELS, "kernels_kernel", "triangle")]
    with columns[2]:
        frequency = st.slider(
            "Frequency, Hz",
            *FREQUENCIES,
            value=2.0,
            step=0.5,
            format="%.1f",
            disabled=not signal.tones,
            key="kernels_frequency",
            bind="query-params",
        )
    with columns[3]:
        rate = st.slider(
            "Samples per second", *RATES, value=10, key="kernels_rate", bind="query-params"
        )
    if ripples(kernel) and st.toggle(
        "Normalise: divide by what the kernel makes of a flat 1",
        value=True,
        key="kernels_normalise",
        bind="query-params",
    ):
        kernel = normalised(kernel)
    return Sampling(signal, kernel, frequency, rate)


def ripple(kernel: Kernel) -> float:
    """Return how far `kernel` takes a flat one from one, at most."""
    return float(np.abs(constant_gain(kernel) - 1).max())


def ripples(kernel: Kernel) -> bool:
    """Tell whether `kernel` does not leave a flat signal flat, as the raw Lanczos do not."""
    return ripple(kernel) > 1e-6


def say_sampling(signal: Signal, frequency: float, rate: int) -> str:
    """Return in Markdown what samples hold of a signal, and what becomes of the rest.

    Examples
    --------
    >>> say_sampling(SIGNALS["sine"], 8, 10).split(". ")[-1]
    'The samples of 8 Hz are those of 2 Hz: no kernel can tell them apart.'

    """
    nyquist = rate / 2
    holds = f"{rate} samples a second hold tones below {nyquist:g} Hz"
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


def show_figures() -> None:
    """Show the figures of all kernels, computed: two small tables, side by side if they fit."""
    for column, table in zip(st.columns(2), _tables(), strict=True):
        column.markdown(table)


@st.cache_data(max_entries=1, show_spinner=False)
def _tables() -> tuple[str, str]:
    kernels = KERNELS.values()
    spectra = ["| Kernel | H(1/4) | H(1/2) | Overshoot |", "|---|--:|--:|--:|"]
    shapes = ["| Kernel | Support | Ripple | Through |", "|---|--:|--:|---|"]
    return (
        "\n".join([*shapes, *map(_shape_row, kernels)]),
        "\n".join([*spectra, *map(_spectrum_row, kernels)]),
    )


def _shape_row(kernel: Kernel) -> str:
    support = "∞" if np.isinf(kernel.support) else f"{kernel.support:g}"
    through = "yes" if kernel.interpolating else "no"
    return f"| {_unbroken(kernel.title)} | {support} | {_percent(ripple(kernel))} | {through} |"


def _spectrum_row(kernel: Kernel) -> str:
    quarter, half = frequency_response(kernel, [0.25, 0.5])
    above = overshoot(normalised(kernel) if ripples(kernel) else kernel)
    name = _unbroken(kernel.title)
    return f"| {name} | {quarter:.4f} | {half:.4f} | {_percent(above)} |"


def _percent(share: float) -> str:
    return f"{100 * share:.2f}\u00a0%" if share > 1e-6 else "0"


def _unbroken(title: str) -> str:
    return title.replace(" ", "\u00a0").replace("-", "\u2011")


def _select(label: str, choices: Mapping[str, Kernel | Signal], key: str, first: str) -> str:
    return st.selectbox(
        label,
        list(choices),
        index=list(choices).index(first),
        format_func=lambda name: choices[name].title,
        key=key,
        bind="query-params",
    )
