"""Page: TensorFlow's transposed convolution against scikit-image's bilinear interpolation."""

import streamlit as st

from fcnlib.kernels.bilinear import bilinear_upsample_weights
from fcnlib.plots.arrays import image_figure, kernel_heatmap_figure
from fcnlib.ui.layout import chart, show_source
from fcnlib.ui.page import setup
from fcnlib.ui.upsampling import experiment, verdict
from fcnlib.ui.upsampling.border import show_border
from fcnlib.ui.upsampling.explanations import say_rim
from fcnlib.upsampling import dense_kernel_nbytes, upsample_skimage, upsample_tf, upsample_tf_dense
from fcnlib.upsampling.agreement import compare
from fcnlib.upsampling.experiment import kernel_of, run_check

setup("pages/upsampling.py")
st.markdown(
    "A **transposed convolution** places one copy of its kernel, a small array of weights, for "
    "each input pixel. The copies are *f* output pixels apart, are multiplied by the value of "
    "their input pixel, and are added up where they overlap. If the weights rise and fall "
    "linearly like a tent, each output pixel is a mean of its nearest input pixels, weighted by "
    "distance. This is **bilinear interpolation**. So TensorFlow's layer and scikit-image's "
    "function should return the same image. Choose a factor and a picture and compare them:"
)

factor, picture, precision = verdict.ask()
st.caption(picture.note)
top = st.container()
settings = experiment.ask(factor, precision, picture.image)
with top, st.spinner("Running both libraries. TensorFlow takes some seconds to load at first."):
    figures, charts = verdict.answer(settings, picture.digest, picture.image)
    verdict.show_verdict(figures, settings.tolerances)
for column, figure, name in zip(
    st.columns(3), charts, ("tensorflow", "skimage", "difference"), strict=True
):
    with column:
        chart(figure, key=f"upsampling_{name}")
st.caption(say_rim(settings))
experiment.show_script(settings, picture.name, picture.path)
show_source(upsample_tf, upsample_skimage, compare, run_check, key="upsampling_source")

st.subheader("Input and kernel")
pixels, weights = st.columns(2)
with pixels:
    chart(image_figure(picture.image, "Input", height=380), key="upsampling_input")
with weights:
    chart(kernel_heatmap_figure(kernel_of(settings), height=380), key="upsampling_kernel")
    st.caption(verdict.say_kernel(settings))
st.markdown(
    r"Along one axis, the kernel has $K = 2f - f \bmod 2$ weights $k_j$ around the center "
    r"$c = \tfrac{K - 1}{2}$. At each end, $p = \tfrac{K - f}{2}$ outputs are cut off. The "
    r"outputs $y_i$ follow from the inputs $x_m$:"
)
st.latex(r"y_i = \sum_m x_m\,k_{\,i + p - f m}, \qquad k_j = 1 - \frac{|j - c|}{f}")

st.subheader("Check for factor 2 to 9")
table, memory = st.columns(2)
with table:
    with st.spinner("Running both libraries for eight factors."):
        rows = verdict.post_table(settings, picture.digest, picture.image)
    st.table(rows, hide_index=True)
    st.caption("The table uses the picture, the number format and the switches chosen above.")
with memory:
    st.table(verdict.dense_table(factor), hide_index=True)
    st.caption(
        "The post's kernel connects every channel to every channel, but only the weights from a "
        "channel to itself are not zero. Here one kernel of "
        f"{verdict.size(dense_kernel_nbytes(factor, 1))} is applied to each channel in turn, "
        "which gives the same result."
    )
show_source(bilinear_upsample_weights, upsample_tf_dense, key="upsampling_dense_source")

st.subheader("Border X-ray")
st.markdown(
    "A border of zeros darkens the rim of an image. What does it do to a class map, the map of "
    "the class with the highest score at each pixel? Below, the same scores are upsampled twice: "
    "with zeros beyond the border, and with the outermost cells repeated. Watch the labels and "
    "the **confidence**, the probability that the scores give the best class."
)
show_border()
