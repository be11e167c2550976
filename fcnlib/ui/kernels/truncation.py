"""Step 4 of the Kernels page: what it costs to cut off the sinc."""

import numpy as np
import streamlit as st

from fcnlib.kernels import KERNELS, Kernel, normalized, truncated
from fcnlib.kernels.resampling import constant_gain
from fcnlib.plots import theme
from fcnlib.plots.curves import constant_figure
from fcnlib.plots.signals import kernel_figure
from fcnlib.plots.theme import Figure
from fcnlib.ui.kernels.opening import HEIGHT, SHARES, pair
from fcnlib.ui.kernels.sentences import say_ripple
from fcnlib.ui.layout import chart, choose_one, drawn
from fcnlib.ui.story import predict, so

ASKED = 2  # samples on each side, the cut of the question


def show_truncation() -> bool:
    """Show the sinc and shorter kernels. Return whether Lanczos kernels are normalized."""
    words, figures = st.columns(SHARES, gap="medium")
    with words:
        st.markdown(
            "The sinc **never ends**: each point of the curve needs every sample. So programs cut "
            "it off at the vertical lines, or let it fade to 0 as **Lanczos** kernels do. "
            "**Normalize** divides their weights by the sum at each position."
        )
        known = predict(
            "kernels_cut",
            f"All samples are 1. Where is the curve between them if the sinc is cut off after "
            f"{ASKED} samples?",
            {"above": "Above 1", "stays": "At 1", "below": "Below 1"},
            _answer,
        )
    with figures:
        with st.container(horizontal=True, vertical_alignment="bottom", gap="large"):
            lobes = choose_one(
                "Samples on each side",
                (2, 3, 4),
                ASKED,
                "kernels_lobes",
                help="Where the shortened kernel ends. Watch how much of the sinc is lost.",
                in_address=True,
                width="content",
            )
            on = st.toggle(
                "Normalize",
                value=True,
                help="Applies to the Lanczos kernels of the whole page.",
                key="kernels_normalize",
                bind="query-params",
            )
        if not known:
            chart(drawn(_cut, lobes), key="kernels_lobes_figure")
            return on
        weights = drawn(_kernels, lobes, normalize=on)
        constant = drawn(_constant, lobes, normalize=on)
        pair({"lobes_figure": weights, "constant_figure": constant})
        st.markdown(
            f"The cut-off sinc is the part of the dashed line between the vertical lines. "
            f"{say_ripple(KERNELS[f'lanczos{lobes}'], normalize=on)}"
        )
    lost = 100 * np.abs(constant_gain(truncated(KERNELS["sinc"], lobes)) - 1).max()
    kept = 100 * np.abs(constant_gain(KERNELS[f"lanczos{lobes}"]) - 1).max()
    so(
        f"ending the sinc changes a constant, by up to {lost:.0f} % if it is cut off, by up to "
        f"{kept:.1f} % with Lanczos {lobes}, by 0 if normalized."
    )
    return on


def _answer() -> tuple[str, str]:
    middle = constant_gain(truncated(KERNELS["sinc"], ASKED), points=3)[1]
    right = "stays" if abs(middle - 1) < 1e-6 else "above" if middle > 1 else "below"
    return right, (
        f"The {2 * ASKED} weights that are left sum to {middle:.3f} there, so the curve is "
        f"{middle:.3f} instead of 1."
    )


def _cut(lobes: int) -> Figure:
    shown = [truncated(KERNELS["sinc"], lobes), KERNELS["sinc"]]
    return _with_ends(shown, "The sinc, cut off", lobes)


def _kernels(lobes: int, *, normalize: bool) -> Figure:
    kernel = KERNELS[f"lanczos{lobes}"]
    shown = [normalized(kernel) if normalize else kernel, KERNELS["sinc"]]
    return _with_ends(shown, "The sinc, shortened", lobes)


def _with_ends(shown: list[Kernel], title: str, lobes: int) -> Figure:
    figure = kernel_figure(shown, title, half_width=7, height=HEIGHT)
    for end in (-lobes, lobes):
        figure.add_vline(end, line={"color": theme.NEUTRAL, "width": 1})
    return figure


def _constant(lobes: int, *, normalize: bool) -> Figure:
    kernel = KERNELS[f"lanczos{lobes}"]
    curves = {"Normalized": normalized(kernel)} if normalize else {}
    curves |= {"Lanczos": kernel, "Cut off": truncated(KERNELS["sinc"], lobes)}
    return constant_figure(curves, height=HEIGHT)
