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
    "A **transposed convolution** stamps one copy of its kernel for each input pixel, *f* output "
    "pixels apart, and adds up where they overlap. If the kernel is a tent, each output pixel "
    "is a mean of its nearest input pixels, weighted by distance: **bilinear interpolation**. "
    "So a layer of TensorFlow and a function of scikit-image should give one picture."
)

factor, picture, precision = verdict.ask()
st.caption(picture.note)
top = st.container()
setting = experiment.ask(factor, precision, picture.image)
with top, st.spinner("Running both. The first time, TensorFlow takes some seconds to load."):
    result = verdict.answer(setting, picture.digest, picture.image)
    verdict.show_verdict(result.figures, setting.tolerances)
for column, figure, name in zip(
    st.columns(3), result.charts, ("tensorflow", "skimage", "difference"), strict=True
):
    with column:
        chart(figure, key=f"upsampling_{name}")
st.caption(say_rim(setting))
experiment.show_snippet(setting, picture.name, picture.path)
show_source(upsample_tf, upsample_skimage, compare, run_check, key="upsampling_source")

st.subheader("What went in")
pixels, weights = st.columns(2)
with pixels:
    chart(image_figure(picture.image, "Input", height=380), key="upsampling_input")
with weights:
    chart(kernel_heatmap_figure(kernel_of(setting), height=380), key="upsampling_kernel")
    st.caption(verdict.say_kernel(setting))
st.markdown(
    r"Along one axis, the kernel has $K = 2f - f \bmod 2$ weights around $c = \tfrac{K - 1}{2}$, "
    r"and $p = \tfrac{K - f}{2}$ outputs are cut off at either end. Inputs *x* give outputs *y*:"
)
st.latex(r"y_i = \sum_m x_m\,k_{\,i + p - f m}, \qquad k_j = 1 - \frac{|j - c|}{f}")

st.subheader("Check for factor 2 to 9")
table, memory = st.columns(2)
with table:
    with st.spinner("Running both for eight factors."):
        rows = verdict.post_table(setting, picture.digest, picture.image)
    st.table(rows, hide_index=True)
    st.caption("Picture, numbers and switches are those chosen above.")
with memory:
    st.table(verdict.dense_table(factor), hide_index=True)
    st.caption(
        "The post's kernel knows all channels, though none may reach another: it is zero but for "
        f"its diagonal. Here one kernel of {verdict.size(dense_kernel_nbytes(factor, 1))} serves "
        "all channels, one by one, and gives the same."
    )
show_source(bilinear_upsample_weights, upsample_tf_dense, key="upsampling_dense_source")

st.subheader("Border X-ray")
st.markdown(
    "A border of zeros darkens a picture's rim. What does it do to a map of classes? The same "
    "scores, once with zeros beyond the border, once with the outermost cells repeated."
)
show_border()
