"""Page: TensorFlow's transposed convolution against scikit-image's bilinear interpolation."""

import streamlit as st

from fcnlib.ui.page import setup
from fcnlib.kernels.bilinear import bilinear_upsample_weights
from fcnlib.plots.arrays import image_figure, kernel_heatmap_figure
from fcnlib.ui.layout import chart, chart_row, drawn, show_source, try_again
from fcnlib.ui.upsampling import experiment, verdict
from fcnlib.ui.upsampling.border import show_border
from fcnlib.ui.upsampling.explanations import say_rim
from fcnlib.upsampling import dense_kernel_nbytes, upsample_skimage, upsample_tf, upsample_tf_dense
from fcnlib.upsampling.agreement import compare
from fcnlib.upsampling.experiment import kernel_of, run_check

setup("pages/upsampling.py")
st.markdown(
    "A **transposed convolution** enlarges an image by a factor *f* with a **kernel**, a small "
    "array of weights. For each input pixel, it adds a copy of the kernel to the output, "
    "multiplied by the pixel's value. The copies are *f* output pixels apart and overlap. If the "
    "weights form a triangle along each axis, each output pixel is a weighted mean of the nearest "
    "input pixels: nearer ones count more. This is **bilinear interpolation**. TensorFlow's "
    "transposed convolution and scikit-image's bilinear interpolation should therefore return the "
    "same image. The blog post that this app follows (“the post”) tests this. Choose a factor and "
    "a picture to repeat the test:"
)

factor, picture, precision = verdict.ask()
st.caption(picture.note)
top = st.container()
settings = experiment.ask(factor, precision, picture.image)
images = st.container()
st.caption(say_rim(settings))
experiment.show_script(settings, picture.name, picture.path, stretched=picture.stretched)
show_source(upsample_tf, upsample_skimage, compare, run_check, key="upsampling_source")

st.subheader("Input and kernel")
pixels, weights = st.columns(2)
with pixels:
    chart(drawn(image_figure, picture.image, "Input", height=380), key="upsampling_input")
with weights:
    chart(drawn(kernel_heatmap_figure, kernel_of(settings), height=380), key="upsampling_kernel")
    st.caption(verdict.say_kernel(settings))
st.markdown(
    r"Along one axis, the kernel for the factor $f$ has $K = 2f - f \bmod 2$ weights $k_j$ around "
    r"the center $c = \tfrac{K - 1}{2}$. At each end, $p = \tfrac{K - f}{2}$ outputs are cut off. "
    r"The inputs $x_m$ give these outputs $y_i$:"
)
st.latex(r"y_i = \sum_m x_m\,k_{\,i + p - f m}, \qquad k_j = 1 - \frac{|j - c|}{f}")

st.subheader("The same test for the factors 2 to 9")
table, memory = st.columns(2)
with table:
    agreement = st.container()
    st.caption("The table uses the picture, the number format and the switches chosen above.")
with memory:
    st.table(verdict.dense_table(factor), hide_index=True)
    st.caption(
        "A **channel** is one color of an image, or the scores of one class. The post's kernel has "
        "weights from every channel to every channel, but only those from a channel to itself are "
        "not zero. This app applies one kernel of "
        f"{verdict.size(dense_kernel_nbytes(factor, 1))} to one channel after another. The result "
        "is the same."
    )
show_source(bilinear_upsample_weights, upsample_tf_dense, key="upsampling_dense_source")

# What needs TensorFlow comes last: loading it takes seconds, and the rest is shown meanwhile.
loading = "Running both libraries. TensorFlow takes some seconds to load at first."
with top, try_again("upsampling_check"), st.spinner(loading):
    figures, charts = verdict.answer(settings, picture.digest, picture.image)
    verdict.show_verdict(figures, settings.tolerances)
    with images:
        names = ("tensorflow", "skimage", "difference")
        chart_row("upsampling", dict(zip(names, charts, strict=True)))
loading = "Running both libraries for eight factors."
with agreement, try_again("upsampling_table"), st.spinner(loading):
    st.table(verdict.post_table(settings, picture.digest, picture.image), hide_index=True)

st.subheader("How does the border affect a class map?")
show_border()
