"""Page: kernels, what they do to frequencies, and the curves they draw through samples."""

import streamlit as st

from fcnlib import kernels
from fcnlib.kernels.properties import facts
from fcnlib.kernels.reconstruction import reconstruct
from fcnlib.kernels.resampling import convolve_comb, scaled_kernels, weight_table
from fcnlib.kernels.separable import axis_weights, resize_separable
from fcnlib.kernels.signals import alias_frequency
from fcnlib.kernels.spectra import frequency_response
from fcnlib.plots.signals import kernel_figure, spectrum_figure
from fcnlib.ui.kernels import controls
from fcnlib.ui.kernels.picture import pick_picture, show_picture
from fcnlib.ui.kernels.sentences import say_sampling
from fcnlib.ui.kernels.table import count_facts, show_table
from fcnlib.ui.layout import chart, show_source
from fcnlib.ui.page import setup

setup("pages/kernels.py")
st.markdown(
    "A **kernel**: one copy on each sample, as high as the sample; their sum is the curve in "
    "between. Choose one, then drag a sample up or down."
)
kernel = controls.pick_kernel()
stage = st.container()  # above what is sampled, to be in sight on a phone too
sampling = controls.pick_sampling(kernel)

curve, weights = stage.columns([3, 2], gap="medium")
with curve:
    desk = controls.draw_curve(kernel, sampling)
with weights:
    chart(kernel_figure([kernel, *sampling.beside]), key="kernels_weights_figure")
st.markdown(say_sampling(sampling.signal, sampling.frequency, sampling.rate))
controls.show_numbers(desk)

picture, spectrum = st.columns([3, 2], gap="medium")
with picture:
    wanted = pick_picture()
    show_picture(kernel, desk, wanted)
with spectrum:
    in_decibels = st.toggle("Spectrum in dB", key="kernels_decibels", bind="query-params")
    figure = spectrum_figure([kernel, *sampling.beside], in_decibels=in_decibels)
    chart(figure, key="kernels_spectrum_figure")
st.caption(controls.say_agreement(desk))
st.latex(r"s(t) = \sum_n s(nT)\; k\!\left(\frac{t - nT}{T}\right)")
show_source(
    *(kernels.sinc, kernels.triangle, kernels.cubic, kernels.lanczos, kernels.normalized),
    frequency_response,
    key="kernels_weights_source",
)
show_source(
    *(reconstruct, scaled_kernels, weight_table, convolve_comb, alias_frequency),
    *(resize_separable, axis_weights),
    key="kernels_sums_source",
)

st.subheader("The kernels in figures")
show_table(kernel.name)
agreeing, total = count_facts()
st.caption(
    f"✓ {agreeing} of {total} figures, measured now, agree with their exact value, the second "
    "line: to 1e-12, overshoot to 1e-6, where a percentage stands to its last digit. "
    "H(f): the share left of a wave of f cycles per sample, 1/2 being Nyquist. Si: from the sine "
    "integral. Overshoot: how far the curve of a step rises above its top, for Lanczos once "
    "normalized; all else of Lanczos is raw."
)
show_source(facts, key="kernels_facts_source")
