"""Step 1 of the Kernels page: samples that can be dragged, and the curve through them."""

import numpy as np
import streamlit as st

from fcnlib.kernels import Kernel
from fcnlib.kernels.reconstruction import reconstruct
from fcnlib.kernels.signals import SIGNALS, Signal
from fcnlib.ui.kernels import drag_samples
from fcnlib.ui.kernels.sentences import say_sampling
from fcnlib.ui.story import so

FREQUENCIES = (0.5, 12.0)  # Hz
RATES = (4, 24)  # samples per second; with more, samples are too close together for a finger
COMPONENT_KEY = "kernels_samples"
_POINTS = 480  # approximate number of points of the curve


def show_samples(kernel: Kernel) -> drag_samples.DragState:
    """Show the samples and the curve through them. Return their state after any dragging."""
    words, figure = st.columns([1, 2], gap="medium")
    with words:
        st.markdown(
            "A microphone or a camera measures a signal only at some moments. Between these "
            "**samples** nothing is known, so every curve is a guess. This guess places a copy of "
            "the kernel at each sample, multiplied by the sample's value (thin lines). The curve "
            "is the sum of the copies."
        )
        st.markdown(
            "**Drag a dot up or down.** Watch which part of the curve moves, and how far the curve "
            "is from the signal."
        )
        with st.expander("More controls", key="kernels_samples_more"):
            signal, frequency, rate = _pick_sampling()
            st.markdown(say_sampling(signal, frequency, rate))
    with figure:
        state = _show_curve(kernel, signal, frequency, rate)
        difference = drag_samples.browser_difference(state, COMPONENT_KEY)
        if difference is not None:
            st.caption(
                "Your browser drew this curve, and Python computed it again. The two curves "
                f"{drag_samples.say_difference(difference)}."
            )
    so(
        "the curve is a sum of copies of one kernel. A sample changes the curve "
        f"{_reach(kernel)}, because that is how far the kernel {kernel.title} reaches."
    )
    return state


def _reach(kernel: Kernel) -> str:
    if not np.isfinite(kernel.support):
        return "everywhere"
    plural = "" if kernel.support <= 1 else "s"
    return f"up to {kernel.support:g} sample{plural} away"


def _pick_sampling() -> tuple[Signal, float, int]:
    """Let the visitor choose a signal, its frequency in Hz, and the samples per second."""
    signal = st.selectbox(
        "Signal",
        list(SIGNALS),
        format_func=lambda name: SIGNALS[name].title,
        help="The signal that is sampled. Watch where the curve differs from it.",
        key="kernels_signal",
        bind="query-params",
    )
    frequency = st.slider(
        "Frequency, Hz",
        *FREQUENCIES,
        value=2.0,
        step=0.5,
        format="%.1f",
        disabled=not SIGNALS[signal].tuned,
        help="Watch what happens when it exceeds half the number of samples per second.",
        key="kernels_frequency",
        bind="query-params",
    )
    rate = st.slider(
        "Samples per second",
        *RATES,
        value=10,
        help="Watch how the largest error changes.",
        key="kernels_rate",
        bind="query-params",
    )
    return SIGNALS[signal], frequency, rate


def _show_curve(
    kernel: Kernel, signal: Signal, frequency: float, rate: int
) -> drag_samples.DragState:
    # A constant is shown on a narrow scale, because its ripples are small.
    scale = drag_samples.NEAR_ONE if signal.tones and not signal.tuned else drag_samples.WIDE
    preset = f"{signal.name} {frequency:g} {rate}"
    moved = drag_samples.moved_samples(COMPONENT_KEY, preset, rate + 1, scale)
    steps = round(_POINTS / rate)
    result = reconstruct(kernel, signal, frequency, rate, points=rate * steps + 1, moved=moved)
    start = signal(np.arange(rate + 1) / rate, frequency)
    state = drag_samples.DragState(preset, kernel, result, start, steps, scale)
    drag_samples.drag_samples(state, COMPONENT_KEY)
    return state
