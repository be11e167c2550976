"""The Kernels page: curves through samples, frequency responses, and enlarged pictures."""

import streamlit as st

from fcnlib import kernels
from fcnlib.kernels import properties, reconstruction, resampling, separable, signals, spectra
from fcnlib.plots.signals import kernel_figure, spectrum_figure
from fcnlib.ui.kernels import controls, picture, sentences, table
from fcnlib.ui.layout import chart, show_source
from fcnlib.ui.page import setup

setup("pages/kernels.py")
st.markdown(
    "The dots below are samples of a signal. The curve through them is a sum: each sample "
    "contributes one copy of a **kernel**, scaled by the sample. The kernel is a function that "
    "says how much a sample counts at a given distance from it. Choose a kernel, then drag a "
    "sample up or down and watch the curve."
)
kernel = controls.pick_kernel()
# Above the sampling controls, so that a phone shows the kernels and the curve together.
stage = st.container()
signal, frequency, rate, others = controls.pick_sampling(kernel)

curve, weights = stage.columns([3, 2], gap="medium")
with curve:
    state = controls.show_curve(kernel, signal, frequency, rate)
with weights:
    chart(kernel_figure([kernel, *others]), key="kernels_weights_figure")
st.markdown(sentences.say_sampling(signal, frequency, rate))
controls.show_errors(state)

enlarged, spectrum = st.columns([3, 2], gap="medium")
with enlarged:
    picture.show_picture(kernel, state, *picture.pick_picture())
with spectrum:
    in_decibels = st.toggle(
        "Decibels",
        help="A logarithmic scale. Watch how much of the frequencies above Nyquist remains.",
        key="kernels_decibels",
        bind="query-params",
    )
    figure = spectrum_figure([kernel, *others], in_decibels=in_decibels)
    chart(figure, key="kernels_spectrum_figure")
    st.caption(
        "The **frequency response** is the factor by which a kernel scales a wave of each "
        "frequency. It should be 1 below the Nyquist frequency and 0 above it (shaded), where "
        "sampling creates copies of the signal's spectrum."
    )
st.caption(controls.say_agreement(state))
st.markdown("The curve as a formula, for samples s(nT) at intervals of T and a kernel k:")
st.latex(r"s(t) = \sum_n s(nT)\; k\!\left(\frac{t - nT}{T}\right)")
show_source(
    *(kernels.sinc, kernels.triangle, kernels.cubic, kernels.lanczos, kernels.normalized),
    spectra.frequency_response,
    key="kernels_weights_source",
)
show_source(
    *(reconstruction.reconstruct, resampling.scaled_kernels, resampling.weight_table),
    *(resampling.convolve_comb, signals.alias_frequency),
    *(separable.resize_separable, separable.axis_weights),
    key="kernels_sums_source",
)

st.subheader("Kernel properties, measured and exact")
table.show_table(kernel.name)
agreeing, total = table.count_agreeing()
st.caption(
    f"✓ {agreeing} of {total} values, measured by this app, match the exact value printed below "
    "them (tolerance 1e-12; overshoot 1e-6, or half of the last printed digit for a percentage). "
    "H(f) is the gain for a wave of f cycles per sample relative to H(0); f = 1/2 is the Nyquist "
    "frequency. Si means that the exact value comes from the sine integral. Overshoot is how far "
    "the curve through a unit step rises above it. Lanczos' overshoot is measured on the "
    "normalized kernel, its other values on the raw one."
)
show_source(properties.measure, key="kernels_facts_source")
