"""Page: the transposed convolution, forward and backward, in numbers small enough to read."""

import streamlit as st

from fcnlib.ui.page import setup
from fcnlib.transposed_convolution import (
    checkerboard,
    convolution_matrix,
    gather,
    gradient_descent,
    input_sizes,
    output_size,
    transposed_convolution,
)
from fcnlib.transposed_convolution.tensorflow_reference import accepts
from fcnlib.ui.layout import show_source
from fcnlib.ui.transposed_convolution.checkerboard import show_checkerboard
from fcnlib.ui.comparison import run_comparisons
from fcnlib.ui.transposed_convolution.gradient_descent import show_gradient_descent
from fcnlib.ui.transposed_convolution.phone import show_phone
from fcnlib.ui.transposed_convolution.sizes import show_sizes
from fcnlib.ui.transposed_convolution.views import show_views

KEY = "transposed_convolution"

setup("pages/transposed_convolution.py")
st.markdown(
    "A transposed convolution enlarges an array of numbers, the **cells**, with a small grid of "
    "weights, the **kernel**. For each input cell, it adds a copy of the kernel to the output, "
    "multiplied by the cell's value. The **stride** is the distance from one copy to the next. "
    "Where copies overlap, they are added up. **Padding** is the number of cells that are removed "
    "at each border of the output, and **output padding** is the number of cells that are added at "
    "the end. Training also needs a **backward pass**, which starts at the output and computes how "
    "the network's error depends on each input. In this pass, the layer is an ordinary "
    "**convolution**, in which the kernel slides over the array. This convolution adds zeros "
    "around the array. That is why the cells that the forward pass removes are called *padding*. "
    "Written as matrices, the forward pass is the transpose of the backward pass."
)
compare_views = show_views(key=f"{KEY}_views")
show_source(transposed_convolution, gather, convolution_matrix, key=f"{KEY}_views_source")

st.subheader("Output size")
compare_sizes = show_sizes()
show_source(output_size, input_sizes, accepts, key=f"{KEY}_sizes_source")

st.subheader("Checkerboard artifacts")
show_checkerboard()
show_source(
    checkerboard.ripple,
    checkerboard.polyphase_sums,
    checkerboard.apply_normalized,
    key=f"{KEY}_board_source",
)

st.subheader("Forward, backward, update")
compare_step = show_gradient_descent()
show_source(
    gradient_descent.step,
    gradient_descent.gradients,
    gradient_descent.train,
    key=f"{KEY}_step_source",
)

show_phone()

run_comparisons([compare_views, compare_sizes, compare_step])
