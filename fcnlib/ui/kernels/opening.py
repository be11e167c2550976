"""The opening of the Kernels page: two curves through the same samples, and their kernels."""

from collections.abc import Mapping

import streamlit as st

from fcnlib.kernels import KERNELS
from fcnlib.kernels.reconstruction import reconstruct
from fcnlib.kernels.signals import SIGNALS
from fcnlib.plots.curves import curves_figure
from fcnlib.plots.signals import kernel_figure
from fcnlib.plots.theme import Figure
from fcnlib.ui.layout import chart_row, drawn

HEIGHT = 170  # px, of the figures in this page's steps
SHARES = [2, 3]  # widths of a step's words and figures
RATE = 10  # samples per second
_KERNELS = [KERNELS["triangle"], KERNELS["sinc"]]


def show_opening() -> None:
    """Show that the kernel decides which curve is drawn."""
    st.markdown(
        "The dots are **samples**: values of a **signal**, such as a sound, at regular times. Many "
        "curves go through them. Which one you get depends on the **kernel**, a function that says "
        "how much a sample counts at each distance from it. **Bilinear** (along one axis: linear) "
        "connects the samples with straight lines, the **sinc** with a smooth wave."
    )
    figures = {
        "curves_figure": drawn(_curves),
        "weights_figure": drawn(kernel_figure, _KERNELS, height=HEIGHT),
    }
    pair(figures, least=280)


def pair(figures: Mapping[str, Figure], *, least: int = 200) -> None:
    """Show two figures side by side, or one below the other if one has less than `least` px."""
    grid = st.grid(2, min_column_width=least)
    chart_row("kernels", figures, [grid.cell() for _ in figures])


def _curves() -> Figure:
    """Draw the same samples with the curve of each kernel."""
    results = [
        (kernel, reconstruct(kernel, SIGNALS["sine"], 2, RATE, points=241)) for kernel in _KERNELS
    ]
    return curves_figure(results, "The same samples, two curves", height=HEIGHT)
