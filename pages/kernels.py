"""The Kernels page: curves through samples, frequency responses, and enlarged pictures."""

import streamlit as st

from fcnlib.ui.page import setup
from fcnlib import kernels
from fcnlib.kernels import properties, reconstruction, resampling, separable, signals, spectra
from fcnlib.plots.signals import kernel_figure, spectrum_figure
from fcnlib.ui.kernels import controls, picture, sentences, table
from fcnlib.ui.layout import chart, drawn, show_source

setup("pages/kernels.py")
st.markdown(
    "The dots below are **samples** of a signal, its values at regular intervals. To "
    "reconstruct a curve, place a copy of a **kernel** at each sample, multiply it by the sample's "
    "value, and add up all copies. The kernel is a function of the distance from a sample. It "
    "gives the weight that the sample has there. Choose a kernel, then drag a sample up or down "
    "and watch the curve."
)
kernel = controls.pick_kernel()
# Above the sampling controls, so that a phone shows the kernels and the curve together.
stage = st.container()
signal, frequency, rate, others = controls.pick_sampling(kernel)

curve, weights = stage.columns([3, 2], gap="medium")
with curve:
    state = controls.show_curve(kernel, signal, frequency, rate)
with weights:
    chart(drawn(kernel_figure, [kernel, *others]), key="kernels_weights_figure")
st.markdown(sentences.say_sampling(signal, frequency, rate))
controls.show_errors(state)

enlarged, spectrum = st.columns([3, 2], gap="medium")
with enlarged:
    picture.show_picture(kernel, state, *picture.pick_picture())
with spectrum:
    in_decibels = st.toggle(
        "Decibels",
        help="Shows the gain on a logarithmic scale, where −20 dB is a factor of 0.1. Watch how "
        "much of the shaded frequencies each kernel lets through.",
        key="kernels_decibels",
        bind="query-params",
    )
    figure = drawn(spectrum_figure, [kernel, *others], in_decibels=in_decibels)
    chart(figure, key="kernels_spectrum_figure")
    st.caption(
        "The **gain** of a kernel is the factor by which it multiplies a wave. The **frequency "
        "response** is the gain for each frequency. The **Nyquist frequency** is half the number "
        "of samples per second. Below it, the gain should be 1. Above it (shaded), the gain should "
        "be 0. A wave above the Nyquist frequency has the same samples as some wave of lower "
        "frequency. A kernel that lets the higher wave through therefore adds a wave that the "
        "signal does not contain."
    )
st.caption(controls.say_agreement(state))
st.markdown("If T is the interval between samples and k is the kernel, the curve is:")
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
table.show_legend()
show_source(properties.measure, key="kernels_facts_source")
