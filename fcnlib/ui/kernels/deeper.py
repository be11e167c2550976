"""The folds of the Kernels page: frequency responses, properties, a picture, and the formula."""

import streamlit as st

from fcnlib import kernels
from fcnlib.kernels import (
    Kernel,
    properties,
    reconstruction,
    resampling,
    separable,
    signals,
    spectra,
)
from fcnlib.plots.signals import spectrum_figure
from fcnlib.ui.kernels import picture, table
from fcnlib.ui.kernels.drag_samples import DragState, say_difference
from fcnlib.ui.kernels.shape import errors
from fcnlib.ui.layout import chart, drawn, fold, metric_row, show_source


def show_folds(state: DragState, others: list[Kernel]) -> None:
    """Show the folds. One whose controls have values in the page's address is open at first."""
    _open_if_asked("kernels_spectrum", "kernels_decibels")
    shown = [state.kernel, *others]
    fold("Go deeper: the frequency response", "kernels_spectrum", _show_spectrum, shown)
    _open_if_asked("kernels_enlarged", "kernels_picture", "kernels_factor")
    fold("Go deeper: enlarge a picture", "kernels_enlarged", _show_enlarged, state)
    fold("Go deeper: errors and kernel properties", "kernels_facts", _show_properties, state)
    fold("Go deeper: the formula and the source code", "kernels_formula", _show_formula, state)


def _open_if_asked(key: str, *names: str) -> None:
    if key not in st.session_state and any(name in st.query_params for name in names):
        st.session_state[key] = True


def _show_spectrum(shown: list[Kernel]) -> None:
    words, spectrum = st.columns([2, 3], gap="medium")
    with words:
        st.markdown(
            "The **gain** of a kernel is the factor by which it multiplies a wave. The **frequency "
            "response** is the gain for each frequency. Below the Nyquist frequency, the gain "
            "should be 1. Above it (shaded), the gain should be 0: a wave above the Nyquist "
            "frequency has the same samples as some slower wave. A kernel that lets the faster "
            "wave through therefore adds a wave that the signal does not contain."
        )
        in_decibels = st.toggle(
            "Decibels",
            help="Shows the gain on a logarithmic scale, where −20 dB is a factor of 0.1. Watch "
            "how much of the shaded frequencies each kernel lets through.",
            key="kernels_decibels",
            bind="query-params",
        )
    with spectrum:
        figure = drawn(spectrum_figure, shown, in_decibels=in_decibels)
        chart(figure, key="kernels_spectrum_figure")


def _show_enlarged(state: DragState) -> None:
    st.markdown(
        "A picture has samples along two axes. Each row is enlarged with the kernel, then each "
        "column."
    )
    picture.show_picture(state.kernel, state, *picture.pick_picture())


def _show_properties(state: DragState) -> None:
    st.subheader(f"Your samples with {state.kernel.title}")
    metric_row(*errors(state))
    st.subheader("Kernel properties, measured and exact")
    table.show_table(state.kernel.name)
    table.show_legend()
    show_source(properties.measure, key="kernels_facts_source")


def _show_formula(state: DragState) -> None:
    st.markdown("If T is the interval between samples and k is the kernel, the curve is:")
    st.latex(r"s(t) = \sum_n s(nT)\; k\!\left(\frac{t - nT}{T}\right)")
    st.markdown(say_agreement(state))
    show_source(
        *(kernels.sinc, kernels.triangle, kernels.cubic, kernels.lanczos),
        *(kernels.normalized, kernels.truncated, spectra.frequency_response),
        *(reconstruction.reconstruct, resampling.scaled_kernels, resampling.weight_table),
        *(resampling.convolve_comb, signals.alias_frequency),
        *(separable.resize_separable, separable.axis_weights),
        key="kernels_sums_source",
    )


def say_agreement(state: DragState) -> str:
    """Return how closely both readings of the sum agree on the page's kernel and samples."""
    samples = state.result.samples[state.result.within]
    difference = resampling.reading_difference(state.kernel, samples)
    return (
        "Computed for your samples and the kernel of this page, the sum of placed kernels and the "
        f"convolution {say_difference(difference)}. Except with Bilinear and Nearest, samples "
        "before 0 s and after 1 s contribute to the curve too. The sinc extends to infinity, so it "
        f"is tapered to 0 at a distance of {resampling.FAR} samples."
    )
