"""Step 4 of the Kernels page: what it costs to cut off the sinc."""

import numpy as np
import streamlit as st

from fcnlib.kernels import KERNELS, normalized, truncated
from fcnlib.kernels.resampling import constant_gain
from fcnlib.plots.curves import constant_figure
from fcnlib.plots.signals import kernel_figure
from fcnlib.plots.theme import Figure
from fcnlib.ui.kernels.opening import HEIGHT
from fcnlib.ui.kernels.sentences import say_ripple
from fcnlib.ui.layout import chart, chart_row, choose_one, drawn
from fcnlib.ui.story import predict, so

ASKED = 2  # samples on each side, the cut of the question


def show_truncation() -> bool:
    """Show the sinc and shorter kernels. Return whether Lanczos kernels are normalized."""
    words, figures = st.columns([1, 2], gap="medium")
    with words:
        st.markdown(
            "The sinc is exact for slow waves, but it **never ends**: each point of the curve "
            "needs every sample, however far away. So programs shorten it. They cut it off, or "
            "they let it fade to 0, as the **Lanczos** kernels do."
        )
        lobes = choose_one(
            "Samples on each side",
            (2, 3, 4),
            ASKED,
            "kernels_lobes",
            help="Where the shortened kernel ends. Watch how much of the sinc is lost.",
            bind="query-params",
        )
        known = predict(
            "kernels_cut",
            f"All samples are 1. The sinc is cut off {ASKED} samples from its center. Where does "
            "the curve go halfway between two samples?",
            {"above": "Above 1", "stays": "It stays at 1", "below": "Below 1"},
            _answer,
        )
        on = st.toggle(
            "Normalize",
            value=True,
            help="Divides the weights of a Lanczos kernel by their sum at each position. It "
            "applies to the whole page.",
            key="kernels_normalize",
            bind="query-params",
        )
        if known:
            st.markdown(say_ripple(KERNELS[f"lanczos{lobes}"], normalize=on))
    with figures:
        weights = drawn(_kernels, lobes, normalize=on)
        if not known:
            chart(weights, key="kernels_lobes_figure")
            return on
        constant = drawn(_constant, lobes, normalize=on)
        chart_row("kernels", {"lobes_figure": weights, "constant_figure": constant})
    lost = 100 * np.abs(constant_gain(truncated(KERNELS["sinc"], lobes)) - 1).max()
    kept = 100 * np.abs(constant_gain(KERNELS[f"lanczos{lobes}"]) - 1).max()
    so(
        f"nobody uses the whole sinc. Cut off after {lobes} samples, it changes a constant by up "
        f"to {lost:.0f} %. Lanczos {lobes} changes it by up to {kept:.1f} %, and not at all if its "
        "weights are normalized."
    )
    return on


def _answer() -> tuple[str, str]:
    middle = constant_gain(truncated(KERNELS["sinc"], ASKED), points=3)[1]
    right = "stays" if abs(middle - 1) < 1e-6 else "above" if middle > 1 else "below"
    return right, (
        f"The {2 * ASKED} weights that are left sum to {middle:.3f} there, so the curve is "
        f"{middle:.3f} instead of 1."
    )


def _kernels(lobes: int, *, normalize: bool) -> Figure:
    kernel = KERNELS[f"lanczos{lobes}"]
    shown = [normalized(kernel) if normalize else kernel, KERNELS["sinc"]]
    return kernel_figure(shown, half_width=7, height=HEIGHT)


def _constant(lobes: int, *, normalize: bool) -> Figure:
    kernel = KERNELS[f"lanczos{lobes}"]
    curves = {"Lanczos, normalized": normalized(kernel)} if normalize else {}
    curves |= {"Lanczos": kernel, "Sinc, cut off": truncated(KERNELS["sinc"], lobes)}
    return constant_figure(curves, height=HEIGHT)
