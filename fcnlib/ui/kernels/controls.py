"""Controls of the Kernels page, the curve with draggable samples, and its errors."""

import numpy as np
import streamlit as st

from fcnlib.kernels import KERNELS, Kernel, normalized
from fcnlib.kernels.reconstruction import reconstruct
from fcnlib.kernels.resampling import FAR, constant_gain, reading_difference
from fcnlib.kernels.signals import SIGNALS, Signal
from fcnlib.ui.kernels import drag_samples
from fcnlib.ui.kernels.sentences import ripples, say_ripple

FREQUENCIES = (0.5, 12.0)  # Hz
RATES = (4, 24)  # samples per second; with more, samples are too close together for a finger
COMPONENT_KEY = "kernels_samples"
_POINTS = 480  # approximate number of points of the curve


def pick_kernel() -> Kernel:
    """Let the visitor choose the kernel of the whole page, and whether it is normalized."""
    name = st.pills(
        "Kernel",
        list(KERNELS),
        default="triangle",
        format_func=lambda name: KERNELS[name].title,
        required=True,
        help="Changes the whole page. The sinc is the ideal kernel, and Lanczos kernels are "
        "shortened sincs. Catmull-Rom, Mitchell and the B-spline consist of cubic polynomials. "
        "Watch how the curve moves between the samples.",
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
        st.button("Show on a constant signal", key="kernels_flat", on_click=_show_ripple)
    return normalized(kernel) if on else kernel


def pick_sampling(kernel: Kernel) -> tuple[Signal, float, int, list[Kernel]]:
    """Let the visitor choose what to sample and which kernels to compare with `kernel`.

    Returns
    -------
    signal : Signal
        Signal to sample.
    frequency : float
        Frequency of the signal, in Hz.
    rate : int
        Samples per second.
    others : list of Kernel
        Up to three kernels to compare.

    """
    columns = st.columns(4)
    signal = columns[0].selectbox(
        "Signal",
        list(SIGNALS),
        format_func=lambda name: SIGNALS[name].title,
        help="The signal that is sampled. Watch where the curve differs from it.",
        key="kernels_signal",
        bind="query-params",
    )
    frequency = columns[1].slider(
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
    rate = columns[2].slider(
        "Samples per second",
        *RATES,
        value=10,
        help="Watch how the largest error changes.",
        key="kernels_rate",
        bind="query-params",
    )
    others = columns[3].multiselect(
        "Compare with",
        list(KERNELS),
        default=["sinc"],
        format_func=lambda name: KERNELS[name].title,
        max_selections=3,
        help="Up to three kernels to add to the charts of weights and of frequency responses.",
        key="kernels_beside",
        bind="query-params",
    )
    return SIGNALS[signal], frequency, rate, [KERNELS[n] for n in others if n != kernel.name]


def show_curve(
    kernel: Kernel, signal: Signal, frequency: float, rate: int
) -> drag_samples.DragState:
    """Show the samples and the curve through them. Return their state after any dragging."""
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


def show_errors(state: drag_samples.DragState) -> None:
    """Show four numbers on how well the curve reconstructs the signal."""
    result = state.result
    gain = constant_gain(state.kernel)
    worst = gain[np.abs(gain - 1).argmax()]
    explained = {
        "Largest error": "Largest distance between the curve and the signal.",
        "Overshoot": "How far the curve goes above the highest sample or below the lowest one.",
        "Error at a sample": "Largest distance between the curve and a sample. Only "
        "Mitchell and the B-spline, which smooth the samples, can have one.",
        "Response to a constant 1": "If all samples are 1, the curve should be 1 everywhere. "
        "This is the value of the curve that is furthest from 1. It differs from 1 if the weights "
        "of the samples do not sum to 1 at every position.",
    }
    errors = [result.max_error, result.overshoot, result.sample_error]
    values = [f"{error:.3g}" if error > 1e-9 else "0" for error in errors]
    values.append(f"{worst:.4f}" if ripples(state.kernel) else "1")
    for column, value, (label, text) in zip(st.columns(4), values, explained.items(), strict=True):
        column.metric(label, value, help=text)


def say_agreement(state: drag_samples.DragState) -> str:
    """Return how closely three computations of the curve agree."""
    samples = state.result.samples[state.result.within]
    comb = reading_difference(state.kernel, samples)
    difference = drag_samples.browser_difference(state, COMPONENT_KEY)
    browser = "Drag a sample to compare the curve you see with one computed in Python."
    if difference is not None:
        browser = f"Your browser's curve and Python's {_apart(difference)}."
    return (
        f"{browser} The curve can also be computed by a **convolution**: the kernel slides over a "
        "signal that has one spike per sample and is 0 elsewhere. The sum of kernels and the "
        f"convolution {_apart(comb)}. Except with Bilinear and Nearest, samples before 0 s and "
        "after 1 s contribute too. The sinc extends to infinity, so it is tapered to 0 at a "
        f"distance of {FAR} samples."
    )


def _apart(difference: float) -> str:
    """Return the end of a sentence about two results.

    Examples
    --------
    >>> _apart(0.0), _apart(2.2e-16)
    ('are equal', 'differ by at most 2e-16')

    """
    return f"differ by at most {difference:.1g}" if difference else "are equal"


def _show_ripple() -> None:
    st.session_state["kernels_signal"] = "flat"
    st.session_state["kernels_normalize"] = False
