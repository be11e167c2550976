"""Step 4 of the Kernels page: what it costs to cut off the sinc."""

import numpy as np
import streamlit as st

from fcnlib.kernels import KERNELS, normalized, truncated
from fcnlib.kernels.resampling import constant_gain
from fcnlib.plots import theme
from fcnlib.plots.curves import RAW, constant_figure
from fcnlib.plots.signals import kernel_figure
from fcnlib.plots.theme import Figure
from fcnlib.ui import scripts
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
            "The sinc **never ends**, so each point of the curve needs every sample. Programs use "
            "only the nearest ones. They cut the sinc off (vertical lines), or multiply it by a "
            "curve that fades to 0. The second gives a **Lanczos** kernel."
        )
        known = predict(
            "kernels_cut",
            f"All samples are 1, and the sinc is cut off after {ASKED} samples on each side. Where "
            "is the curve halfway between two samples?",
            {"above": "Above 1", "stays": "At 1", "below": "Below 1"},
            _answer,
        )
    with figures:
        shown = st.container()
        with st.expander("More controls", key="kernels_truncation_more"):
            on = st.toggle(
                "Normalize",
                value=True,
                help="Divides the weights of all Lanczos kernels on this page by their sum at "
                "each position. Watch the curve for samples of 1.",
                key="kernels_normalize",
                bind="query-params",
            )
    with shown:
        if not known:
            chart(drawn(_cut, ASKED), key="kernels_lobes_figure")
            return on
        lobes = choose_one(
            "Samples on each side",
            (2, 3, 4),
            ASKED,
            "kernels_lobes",
            help="Where the shortened kernels end. Watch how far the curves on the right are from "
            "1.",
            in_address=True,
        )
        scripts.note(LOBES=lobes)
        weights = drawn(_cut, lobes, faded=True)
        constant = drawn(_constant, lobes, normalize=on)
        pair({"lobes_figure": weights, "constant_figure": constant})
        st.markdown(say_ripple(KERNELS[f"lanczos{lobes}"], normalize=on))
    lost = 100 * np.abs(constant_gain(truncated(KERNELS["sinc"], lobes)) - 1).max()
    kept = 100 * np.abs(constant_gain(KERNELS[f"lanczos{lobes}"]) - 1).max()
    so(
        f"a cut-off sinc changes a constant by up to {lost:.0f}%, raw Lanczos {lobes} by up to "
        f"{kept:.1f}%, and normalized Lanczos {lobes} not at all."
    )
    return on


def _answer() -> tuple[str, str]:
    middle = constant_gain(truncated(KERNELS["sinc"], ASKED), points=3)[1]
    right = "stays" if abs(middle - 1) < 1e-6 else "above" if middle > 1 else "below"
    return right, (
        f"The {2 * ASKED} weights that are left sum to {middle:.3f} there, so the curve is "
        f"{middle:.3f} instead of 1."
    )


def _cut(lobes: int, *, faded: bool = False) -> Figure:
    """Draw the sinc and its part that is left, and the Lanczos kernel too if it is `faded`."""
    sinc = KERNELS["sinc"]
    shown = [truncated(sinc, lobes), *[KERNELS[f"lanczos{lobes}"]] * faded, sinc]
    title = "The sinc, cut off or faded" if faded else "The sinc, cut off"
    figure = kernel_figure(shown, title, half_width=7, height=HEIGHT)
    figure.update_traces(line=RAW, selector={"name": f"Lanczos {lobes}"})
    for end in (-lobes, lobes):
        figure.add_vline(end, line={"color": theme.NEUTRAL, "width": 1})
    return figure


def _constant(lobes: int, *, normalize: bool) -> Figure:
    kernel = KERNELS[f"lanczos{lobes}"]
    curves = {"Normalized": normalized(kernel)} if normalize else {}
    curves |= {"Raw Lanczos": kernel, "Cut off": truncated(KERNELS["sinc"], lobes)}
    return constant_figure(curves, height=HEIGHT)
