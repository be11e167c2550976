"""Page: TensorFlow's transposed convolution against scikit-image's bilinear interpolation."""

import streamlit as st

from fcnlib import ui
from fcnlib.agreement import compare
from fcnlib.bilinear import bilinear_upsample_weights, get_kernel_size, upsample_filt
from fcnlib.plots.arrays import image_figure, kernel_heatmap_figure
from fcnlib.ui import upsampling as parts
from fcnlib.upsampling import (
    corner_gain,
    dense_kernel_nbytes,
    upsample_skimage,
    upsample_tf,
    upsample_tf_dense,
)

ui.setup("pages/upsampling.py")
st.markdown(
    "A **transposed convolution** stamps one copy of its kernel for each input pixel, *f* output "
    "pixels apart, and adds up where they overlap. If the kernel is a tent, each output pixel "
    "is a mean of its nearest input pixels, weighted by distance: **bilinear interpolation**. "
    "So a layer of TensorFlow and a function of scikit-image should give one picture."
)

factor, picture, precision = parts.ask()
st.caption(picture.note)
with st.spinner("Running both. The first time, TensorFlow takes some seconds to load."):
    result = parts.answer(factor, picture.digest, precision, picture.image)
parts.show_verdict(result)
for column, figure, name in zip(
    st.columns(3), result.figures, ("tensorflow", "skimage", "difference"), strict=True
):
    with column:
        ui.chart(figure, key=f"upsampling_{name}")
st.caption(
    "Both take what lies beyond the border as zero, so the rim is dark: a corner pixel keeps "
    f"{corner_gain(factor):.1%} of its value."
)
ui.show_source(upsample_tf, upsample_skimage, compare, key="upsampling_source")

st.subheader("What went in")
pixels, weights = st.columns(2)
with pixels:
    ui.chart(image_figure(picture.image, "Input", height=380), key="upsampling_input")
with weights:
    kernel = upsample_filt(get_kernel_size(factor))
    ui.chart(kernel_heatmap_figure(kernel, height=380), key="upsampling_kernel")
    st.caption(parts.say_kernel(factor))
st.markdown(
    r"Along one axis, the kernel has $K = 2f - f \bmod 2$ weights around $c = \tfrac{K - 1}{2}$, "
    r"and $p = \tfrac{K - f}{2}$ outputs are cut off at either end. Inputs *x* give outputs *y*:"
)
st.latex(r"y_i = \sum_m x_m\,k_{\,i + p - f m}, \qquad k_j = 1 - \frac{|j - c|}{f}")

st.subheader("Check for factor 2 to 9")
table, memory = st.columns(2)
with table:
    with st.spinner("Running both for eight factors."):
        rows = parts.post_table(picture.digest, precision, picture.image)
    st.table(rows, hide_index=True)
with memory:
    st.table(parts.dense_table(factor), hide_index=True)
    st.caption(
        "The post's kernel knows all channels, though none may reach another: it is zero but for "
        f"its diagonal. Here one kernel of {parts.size(dense_kernel_nbytes(factor, 1))} serves "
        "all channels, one by one, and gives the same."
    )
ui.show_source(bilinear_upsample_weights, upsample_tf_dense, key="upsampling_dense_source")
