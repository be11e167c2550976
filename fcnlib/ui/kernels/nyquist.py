"""Step 3 of the Kernels page: waves that are too fast for their samples, and their aliases."""

import streamlit as st

from fcnlib.kernels import KERNELS
from fcnlib.kernels.reconstruction import Reconstruction, reconstruct
from fcnlib.kernels.signals import SIGNALS, alias_frequency
from fcnlib.plots.curves import alias_figure, sum_figure
from fcnlib.plots.theme import Figure
from fcnlib.ui import scripts
from fcnlib.ui.kernels.opening import HEIGHT, RATE, SHARES, pair
from fcnlib.ui.kernels.samples import FREQUENCIES
from fcnlib.ui.layout import chart, drawn
from fcnlib.ui.story import part, predict, so

ASKED = 8.0  # Hz, the wave of the question


@part
def show_aliases() -> None:
    """Ask which curve the sinc draws through samples of a fast wave, and show it."""
    words, figures = st.columns(SHARES, gap="medium")
    with words:
        st.markdown(
            "In the figure at the top, the sinc (dashed) restores a wave of 2 hertz (**Hz**), "
            "which is 2 waves per second. The dotted wave here is faster: "
            f"{ASKED:g} Hz, still with {RATE} samples per second."
        )
        known = predict(
            "kernels_alias",
            "Which curve does the sinc draw through these samples?",
            {"same": f"The wave of {ASKED:g} Hz", "slower": "A slower wave", "flat": "A flat line"},
            _answer,
        )
    with figures:
        if not known:
            chart(drawn(_curve, ASKED, curve=False), key="kernels_wave_figure")
            return
        frequency = st.slider(
            "Frequency of the wave, Hz",
            *FREQUENCIES,
            value=ASKED,
            step=0.5,
            format="%.1f",
            help="Watch the curve when the frequency passes half the number of samples per second.",
            key="kernels_wave",
            bind="query-params",
        )
        scripts.note(WAVE=frequency)
        drawings = {
            "wave_figure": drawn(_curve, frequency, curve=True),
            "alias_figure": drawn(alias_figure, RATE, frequency, height=HEIGHT),
        }
        pair(drawings)
        st.markdown(_say_alias(frequency))
    so(
        "samples show only waves below half the sample rate. A faster one looks like a slower one, "
        "as fine stripes do in a smaller picture."
    )


def _answer() -> tuple[str, str]:
    alias = alias_frequency(ASKED, RATE)
    right = {ASKED: "same", 0: "flat"}.get(alias, "slower")
    return right, (
        f"It has {alias:g} Hz, which is {RATE:g} − {ASKED:g}. Waves of {ASKED:g} Hz and of "
        f"{alias:g} Hz, the slower one upside down, have the same samples here, so no kernel can "
        "tell them apart."
    )


def _say_alias(frequency: float) -> str:
    nyquist = RATE / 2
    limit = (
        "Watch the curve while you move the slider across the **Nyquist frequency**, half the "
        f"number of samples per second: {nyquist:g} Hz."
    )
    if frequency < nyquist:
        return f"{limit} This wave is slower, so the sinc restores it."
    if frequency == nyquist:
        return f"{limit} This wave has just this frequency, and all of its samples are 0."
    alias = alias_frequency(frequency, RATE)
    return f"{limit} This wave is faster, so its **alias** of {alias:g} Hz appears instead."


def _curve(frequency: float, *, curve: bool) -> Figure:
    title = "The sinc's curve" if curve else "Which curve goes through these samples?"
    return sum_figure(sampled(frequency), title, copies=False, curve=curve, height=HEIGHT)


def sampled(frequency: float) -> Reconstruction:
    """Return a sine of this frequency in Hz with its samples and the sinc's curve."""
    return reconstruct(KERNELS["sinc"], SIGNALS["sine"], frequency, RATE, points=481)
