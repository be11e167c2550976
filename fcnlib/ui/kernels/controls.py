"""What the page of kernels asks for and shows: choices, the curve, numbers."""

from typing import NamedTuple

import numpy as np
import streamlit as st

from fcnlib.kernels import KERNELS, Kernel, normalized
from fcnlib.kernels.reconstruction import reconstruct
from fcnlib.kernels.resampling import FAR, constant_gain, reading_difference
from fcnlib.kernels.signals import SIGNALS, Signal
from fcnlib.ui.kernels.drag_samples import (
    NEAR_ONE,
    WIDE,
    DragState,
    Scale,
    browser_difference,
    drag_samples,
    moved_samples,
)
from fcnlib.ui.kernels.sentences import ripples, say_ripple

FREQUENCIES = (0.5, 12.0)  # Hz
RATES = (4, 24)  # samples per second; more would be too close together for a finger
DESK = "kernels_samples"
_POINTS = 480  # of the curve, about


class Sampling(NamedTuple):
    """What is sampled, and how often.

    Attributes
    ----------
    signal : Signal
        The signal.
    frequency : float
        Of the signal, in Hz.
    rate : int
        Samples per second.
    beside : list of Kernel
        Kernels to draw beside the chosen one.

    """

    signal: Signal
    frequency: float
    rate: int
    beside: list[Kernel]


def pick_kernel() -> Kernel:
    """Let the visitor choose the kernel of the whole page, and whether it is normalized."""
    name = st.pills(
        "Kernel",
        list(KERNELS),
        default="triangle",
        format_func=lambda name: KERNELS[name].title,
        required=True,
        key="kernels_kernel",
        wrap=True,
        bind="query-params",
    )
    kernel = KERNELS[name or "triangle"]
    if not ripples(kernel):
        return kernel
    with st.container(horizontal=True, vertical_alignment="center"):
        on = st.toggle("Normalize", value=True, key="kernels_normalize", bind="query-params")
        st.markdown(say_ripple(kernel, normalize=on), width="content")
        st.button("See it on a constant", key="kernels_flat", on_click=_show_ripple)
    return normalized(kernel) if on else kernel


def pick_sampling(kernel: Kernel) -> Sampling:
    """Let the visitor choose a signal, its frequency, a sampling rate, kernels to compare."""
    columns = st.columns(4)
    with columns[0]:
        name = st.selectbox(
            "Signal",
            list(SIGNALS),
            format_func=lambda name: SIGNALS[name].title,
            key="kernels_signal",
            bind="query-params",
        )
        signal = SIGNALS[name]
    with columns[1]:
        frequency = st.slider(
            "Frequency, Hz",
            *FREQUENCIES,
            value=2.0,
            step=0.5,
            format="%.1f",
            disabled=not signal.tuned,
            key="kernels_frequency",
            bind="query-params",
        )
    with columns[2]:
        rate = st.slider(
            "Samples per second", *RATES, value=10, key="kernels_rate", bind="query-params"
        )
    with columns[3]:
        beside = st.multiselect(
            "Drawn beside it",
            list(KERNELS),
            default=["sinc"],
            format_func=lambda name: KERNELS[name].title,
            max_selections=3,
            key="kernels_beside",
            bind="query-params",
        )
    others = [KERNELS[name] for name in beside if name != kernel.name]
    return Sampling(signal, frequency, rate, others)


def draw_curve(kernel: Kernel, sampling: Sampling) -> DragState:
    """Show the samples and the curve through them; return them as the visitor left them."""
    signal, frequency, rate, _ = sampling
    scale = scale_of(signal)
    preset = f"{signal.name} {frequency:g} {rate}"
    moved = moved_samples(DESK, preset, rate + 1, scale)
    steps = round(_POINTS / rate)
    points = rate * steps + 1
    result = reconstruct(kernel, signal, frequency, rate, points=points, moved=moved)
    start = signal(np.arange(rate + 1) / rate, frequency)
    desk = DragState(preset, kernel, result, start, steps, scale)
    drag_samples(desk, DESK)
    return desk


def scale_of(signal: Signal) -> Scale:
    """Return the scale a signal is shown on: near one for a constant, to see it ripple."""
    return NEAR_ONE if signal.tones and not signal.tuned else WIDE


def show_numbers(desk: DragState) -> None:
    """Show what the curve does, in four numbers."""
    result = desk.result
    gain = constant_gain(desk.kernel)
    worst = gain[np.abs(gain - 1).argmax()]
    columns = st.columns(4)
    with columns[0]:
        _metric("Largest error", result.max_error, "Between the curve and the signal.")
    with columns[1]:
        _metric(
            "Beyond the samples",
            result.beyond,
            "How far the curve rises above the highest sample or falls below the lowest.",
        )
    with columns[2]:
        _metric("Past a sample", result.missed, "How far the curve passes by a sample, at most.")
    with columns[3]:
        explained = "Where the weights do not sum to 1, a flat signal ripples."
        flat = f"{worst:.4f}" if ripples(desk.kernel) else "1"
        st.metric("A flat 1, at worst", flat, help=explained)


def say_agreement(desk: DragState) -> str:
    """Return in a sentence how sure the drawn curve is."""
    samples = desk.result.samples[desk.result.within]
    comb = reading_difference(desk.kernel, samples)
    difference = browser_difference(desk, DESK)
    browser = (
        "Drag a sample: the browser then tells the curve it drew, to compare."
        if difference is None
        else f"The curve your browser drew and Python's differ by {_short(difference)} at most."
    )
    return (
        f"{browser} Read as a comb of impulses convolved with the kernel, the sum differs by "
        f"{_short(comb)}. Samples beyond the ends take part, for the sinc {FAR} on each side."
    )


def _short(difference: float) -> str:
    return f"{difference:.0e}" if difference else "0"


def _metric(label: str, value: float, explained: str) -> None:
    st.metric(label, f"{value:.3g}" if value > 1e-9 else "0", help=explained)


def _show_ripple() -> None:
    st.session_state["kernels_signal"] = "flat"
    st.session_state["kernels_normalize"] = False
