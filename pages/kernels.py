"""Page: kernels, what they do to frequencies, and the curves they draw through samples."""

import streamlit as st

from fcnlib import kernels, ui
from fcnlib.plots.signals import kernel_figure, reconstruction_figure, spectrum_figure
from fcnlib.reconstruction import reconstruct
from fcnlib.resampling import FAR, convolve_comb, reading_difference, scaled_kernels
from fcnlib.signals import alias_frequency
from fcnlib.spectra import frequency_response
from fcnlib.ui import kernels as parts

ui.setup("pages/kernels.py")
prose, formula = st.columns(2, vertical_alignment="center")
prose.markdown(
    "A sample tells a signal at one instant. Put a **kernel** on each sample, scale it by the "
    "sample, and add them all up: that is the curve in between."
)
formula.latex(r"s(t) = \sum_n s(nT)\; k\!\left(\frac{t - nT}{T}\right)")

shown, in_decibels = parts.pick_kernels()
weights, spectrum = st.columns(2)
with weights:
    ui.chart(kernel_figure(shown), key="kernels_weights_figure")
    ui.show_source(
        kernels.sinc, kernels.triangle, kernels.cubic, kernels.lanczos, key="kernels_weights_source"
    )
with spectrum:
    ui.chart(spectrum_figure(shown, in_decibels=in_decibels), key="kernels_spectrum_figure")
    ui.show_source(frequency_response, key="kernels_spectrum_source")
st.caption(
    "The sinc passes all that samples can hold and nothing else, but never ends. The bilinear "
    "kernel ends after one sample; it dims fine detail and lets some of its images through."
)

st.subheader("From samples back to a curve")
signal, kernel, frequency, rate = parts.pick_sampling()
result = reconstruct(kernel, signal, frequency, rate)
difference = reading_difference(kernel, result.samples[result.within])
st.markdown(parts.say_sampling(signal, frequency, rate))
figure, errors = st.columns([5, 1])
with figure:
    ui.chart(reconstruction_figure(result), key="kernels_reconstruction_figure")
with errors:
    st.metric("Largest error", f"{result.max_error:.3g}")
    st.metric("RMS error", f"{result.rms_error:.3g}")
st.caption(
    "The same sum, read the other way, is a comb of impulses convolved with the kernel: the "
    f"largest difference here is {difference:.1g}. Samples beyond the ends take part too, for "
    f"the sinc {FAR} on each side."
)
ui.show_source(
    reconstruct, scaled_kernels, convolve_comb, alias_frequency, key="kernels_sums_source"
)

st.subheader("The kernels in figures")
parts.show_figures()
st.caption(
    "Ripple: how far a flat 1 strays, at most; Lanczos kernels need normalising. "
    "Through: whether the curve passes through the samples. "
    "H(f): the share left of a wave of f cycles per sample, 1/2 being Nyquist. Overshoot: how "
    "far the curve of a step rises above its top, for Lanczos once normalised."
)
