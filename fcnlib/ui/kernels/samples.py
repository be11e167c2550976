"""Step 1 of the Kernels page: samples that can be dragged, and the curve through them."""

import numpy as np
import streamlit as st

from fcnlib.kernels import Kernel
from fcnlib.kernels.reconstruction import reconstruct
from fcnlib.kernels.signals import SIGNALS, Signal
from fcnlib.ui import scripts
from fcnlib.ui.kernels import drag_samples
from fcnlib.ui.kernels.opening import SHARES
from fcnlib.ui.kernels.sentences import say_sampling
from fcnlib.ui.layout import select_one
from fcnlib.ui.story import so

FREQUENCIES = (0.5, 12.0)  # Hz
RATES = (4, 24)  # samples per second; with more, samples are too close together for a finger
COMPONENT_KEY = "kernels_samples"
_POINTS = 480  # approximate number of points of the curve


def show_samples(kernel: Kernel) -> drag_samples.DragState:
    """Show the samples and the curve through them. Return their state after any dragging."""
    words, figure = st.columns(SHARES, gap="medium")
    with words:
        st.markdown(
            "Usually nothing is known between the samples, so every curve is a guess. The dotted "
            "signal lets you check it. The curve is the sum of copies of the kernel: one at each "
            "sample, multiplied by its value. **Drag a dot up or down, or use the arrow keys,** "
            "and watch which part of the curve moves."
        )
        error = st.empty()
        with st.expander("More controls", key="kernels_samples_more"):
            signal, frequency, rate, pixels = _pick_sampling()
            st.markdown(say_sampling(signal, frequency, rate))
    with figure:
        state = _show_curve(kernel, signal, frequency, rate, pixels=pixels)
        difference = drag_samples.browser_difference(state, COMPONENT_KEY)
        if difference is not None:
            st.caption(
                "Your browser drew this curve, and Python computed it again. The two curves "
                f"{drag_samples.say_difference(difference)}."
            )
    distance = short(state.result.max_error)
    jump = " It is at the jump of the signal." if signal.name == "step" else ""
    error.markdown(f"The largest error, the distance from curve to signal, is {distance}.{jump}")
    so(
        f"the curve is a sum of kernels. With {kernel.title}, moving a dot changes it "
        f"{_reach(kernel)}."
    )
    return state


def _reach(kernel: Kernel) -> str:
    if not np.isfinite(kernel.support):
        return "everywhere"
    if kernel.support < 1:
        return "only up to halfway to the next dots"
    nearest = ("neighboring", "second", "third", "fourth")
    return f"only up to the {nearest[round(kernel.support) - 1]} dots on both sides"


def short(error: float) -> str:
    """Return an error with three digits, or 0 if it is only rounding."""
    return f"{error:.3g}" if error > drag_samples.ROUNDING else "0"


def _pick_sampling() -> tuple[Signal, float, int, bool]:
    """Let the visitor choose the signal, its frequency in Hz, and the samples per second.

    The last result is whether samples and curve are shown as pixels too.
    """
    signal = select_one(
        "Signal",
        {name: signal.title for name, signal in SIGNALS.items()},
        "sine",
        "kernels_signal",
        help="The signal that is sampled. Watch where the curve differs from it.",
    )
    frequency = st.slider(
        "Frequency: waves per second, in hertz (Hz)",
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
    pixels = st.toggle(
        "Show as pixels",
        help="Shows the samples as a row of gray pixels, and the row enlarged with the kernel. "
        "Watch which kernels blur.",
        key="kernels_pixels",
        bind="query-params",
    )
    return SIGNALS[signal], frequency, rate, pixels


def _show_curve(
    kernel: Kernel, signal: Signal, frequency: float, rate: int, *, pixels: bool
) -> drag_samples.DragState:
    # A constant is shown on a narrow scale, because its ripples are small.
    scale = drag_samples.NEAR_ONE if signal.tones and not signal.tuned else drag_samples.WIDE
    preset = f"{signal.name} {frequency:g} {rate}"
    moved = drag_samples.moved_samples(COMPONENT_KEY, preset, rate + 1, scale)
    steps = round(_POINTS / rate)
    result = reconstruct(kernel, signal, frequency, rate, points=rate * steps + 1, moved=moved)
    start = signal(np.arange(rate + 1) / rate, frequency)
    state = drag_samples.DragState(preset, kernel, result, start, steps, scale)
    drag_samples.drag_samples(state, COMPONENT_KEY, pixels=pixels)
    values = None if moved is None else moved.tolist()
    scripts.note(SIGNAL=signal.name, FREQUENCY=frequency, RATE=rate, MOVED=values)
    return state
