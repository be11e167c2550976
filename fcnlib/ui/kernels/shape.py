"""Step 2 of the Kernels page: the kernel, the curve that it draws, and the curve's errors."""

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fcnlib.kernels import KERNELS, Kernel, normalized
from fcnlib.kernels.resampling import constant_gain
from fcnlib.plots.curves import sum_figure
from fcnlib.plots.signals import kernel_figure
from fcnlib.ui import scripts
from fcnlib.ui.address import follow, write
from fcnlib.ui.kernels.drag_samples import DragState
from fcnlib.ui.kernels.opening import HEIGHT
from fcnlib.ui.kernels.samples import short
from fcnlib.ui.kernels.sentences import ripples
from fcnlib.ui.layout import chart_row, choose_one, drawn
from fcnlib.ui.story import so

# The three that the page explains come first.
_ORDER = ["box", "triangle", "sinc"]
_ORDER += [name for name in KERNELS if name not in _ORDER]
_MOST = 3  # kernels to compare with


def pick_kernel(*, normalize: bool) -> tuple[Kernel, list[Kernel], DeltaGenerator]:
    """Let the visitor choose the kernel of the whole page.

    Parameters
    ----------
    normalize : bool
        Whether a kernel that ripples on a constant signal is normalized.

    Returns
    -------
    kernel : Kernel
        The chosen kernel.
    others : list of Kernel
        Up to three kernels to compare with it.
    place : DeltaGenerator
        Where `show_shape` shows the figures.

    """
    words, place = st.columns([1, 2], gap="medium")
    with words:
        st.markdown(
            "With another kernel, the same samples give another curve. **Nearest** repeats the "
            "closest sample. **Catmull-Rom**, **Mitchell** and the **B-spline** are made of pieces "
            "of cubic curves. The last two miss the dots. **Lanczos** kernels are shortened sincs "
            "(step 4). Choose one, and watch the sum of its copies."
        )
        with st.expander("More controls", key="kernels_shape_more"):
            compared = _pick_others()
    with place:
        name = choose_one(
            "Kernel",
            {name: KERNELS[name].title for name in _ORDER},
            "triangle",
            "kernels_kernel",
            in_address=True,
            control=st.pills,
            help="Changes every figure that shows the page's kernel.",
            wrap=True,
        )
    kernel = KERNELS[name]
    others = [KERNELS[other] for other in compared if other != kernel.name]
    normalize = normalize and ripples(kernel)
    scripts.note(KERNEL=name, NORMALIZE=normalize)
    return normalized(kernel) if normalize else kernel, others, place


def _pick_others() -> list[str]:
    key, first = "kernels_beside", ["sinc"]
    titles = {name: kernel.title for name, kernel in KERNELS.items()}
    follow(key, titles, first)
    # Streamlit raises an error if the address names more.
    del st.session_state[key][_MOST:]
    compared = st.multiselect(
        "Compare with",
        list(titles),
        format_func=titles.__getitem__,
        max_selections=_MOST,
        help="Up to three kernels to add to the figures of weights and of frequency responses. "
        "Watch which kernel is wider.",
        key=key,
    )
    write(key, first)
    return compared


def show_shape(state: DragState, others: list[Kernel]) -> None:
    """Show the kernel, the curve through the current samples, and how good the curve is."""
    figures = {
        "shape_figure": drawn(
            kernel_figure, [state.kernel, *others], "Kernel: distance in samples", height=HEIGHT
        ),
        "sum_figure": drawn(sum_figure, state.result, "Its copies and their sum", height=HEIGHT),
    }
    # The copies need more room than their shape.
    chart_row("kernels", figures, st.columns([2, 3]))


def say_shape(state: DragState) -> None:
    """Say what the kernel decides."""
    error = short(state.result.max_error)
    so(
        f"the kernel decides the curve. With {state.kernel.title}, the curve's largest error is "
        f"{error}."
    )


def errors(state: DragState) -> tuple[dict[str, str], dict[str, str]]:
    """Return four numbers on how well the curve follows the signal, and what they mean."""
    result = state.result
    gain = constant_gain(state.kernel)
    worst = gain[np.abs(gain - 1).argmax()]
    values = {
        "Largest error": short(result.max_error),
        "Overshoot": short(result.overshoot),
        "Error at a sample": short(result.sample_error),
        "Response to a constant 1": f"{worst:.4f}" if ripples(state.kernel) else "1",
    }
    meanings = {
        "Largest error": "Largest distance between the curve and the signal.",
        "Overshoot": "How far the curve goes above the highest sample or below the lowest one.",
        "Error at a sample": "Largest distance between the curve and a sample. Only "
        "Mitchell and the B-spline, which smooth the samples, can have one.",
        "Response to a constant 1": "If all samples are 1, the curve should be 1 everywhere. "
        "This is the value of the curve that is furthest from 1. It differs from 1 if the weights "
        "of the samples do not sum to 1 at every position.",
    }
    return values, meanings
