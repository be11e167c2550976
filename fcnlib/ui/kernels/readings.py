"""Step 5 of the Kernels page: one sum, read as placed kernels or as a convolution."""

import streamlit as st

from fcnlib.kernels import KERNELS
from fcnlib.kernels.resampling import convolve_comb, scaled_kernels
from fcnlib.plots.curves import placed_figure, spikes_figure
from fcnlib.typing import Float64Array
from fcnlib.ui import scripts
from fcnlib.ui.kernels.drag_samples import DragState
from fcnlib.ui.kernels.opening import SHARES, pair
from fcnlib.ui.layout import drawn
from fcnlib.ui.story import so

FACTOR = 4  # outputs from one sample to the next
MOST = 6  # samples in the figures
TALL = 250  # px, with two lines of legend
_KERNEL = KERNELS["triangle"]


def show_readings(state: DragState) -> None:
    """Show both readings of the sum through the first of the current samples."""
    samples = state.result.samples[state.result.within][:MOST]
    words, figures = st.columns(SHARES, gap="medium")
    with words:
        st.markdown(
            f"We compute the {_KERNEL.title.lower()} curve at {FACTOR} places per sample, the "
            "**outputs**, in two ways. **Place and add:** put a kernel at each sample, multiplied "
            "by the sample's value. Add what they give at the output. **Convolve:** turn each "
            f"sample into a **spike**, with {FACTOR - 1} zeros between neighbors. Put one kernel "
            "at the output. Multiply each spike by the kernel's weight there, and add."
        )
        sums = st.empty()
    with figures:
        last = (len(samples) - 1) * FACTOR
        at = st.slider(
            f"Which output (0 to {last})",
            0,
            last,
            FACTOR + 1,
            help="Watch which spikes the kernel covers.",
            key="kernels_at",
            bind="query-params",
        )
        scripts.note(OUTPUT=at)
        sums.markdown(say_sums(samples, at))
        arguments = (_KERNEL, samples, FACTOR, at)
        drawings = {
            "placed_figure": drawn(placed_figure, *arguments, height=TALL),
            "spikes_figure": drawn(spikes_figure, *arguments, height=TALL),
        }
        pair(drawings)
    so(
        "both give the same numbers. The page Transposed convolution shows both readings of its "
        "layer."
    )


def say_sums(samples: Float64Array, at: int) -> str:
    """Return in Markdown both computations of one output.

    Examples
    --------
    >>> import numpy as np
    >>> print(say_sums(np.array([2.0, 4.0, 0.0]), 1))
    - Output 1 is at position 0.25.
    - Place and add: 1.50 + 1.00 = **2.50**
    - Convolve: 2.00 × 0.75 + 4.00 × 0.25 = **2.50**

    """
    position = at / FACTOR
    terms = scaled_kernels(_KERNEL, samples, [position])[:, 0]
    weights = [float(_KERNEL(position - n)) for n in range(len(samples))]
    under = [n for n, weight in enumerate(weights) if weight]
    added = " + ".join(_number(terms[n]) for n in under)
    products = " + ".join(f"{_number(samples[n])} × {weights[n]:.2f}" for n in under)
    convolved = convolve_comb(_KERNEL, samples, FACTOR)[at]
    return (
        f"- Output {at} is at position {position:g}.\n"
        f"- Place and add: {added} = **{_number(terms.sum())}**\n"
        f"- Convolve: {products} = **{_number(convolved)}**"
    )


def _number(value: float) -> str:
    # Adding 0 turns a rounded -0.0 into 0.0.
    text = f"{round(value, 2) + 0:.2f}"
    return f"({text.replace('-', '−')})" if text.startswith("-") else text
