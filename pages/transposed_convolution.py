"""Page: one transposed convolution, forward and backward, in numbers small enough to follow."""

import streamlit as st

from fcnlib.transposed_convolution import (
    checkerboard,
    convolution_matrix,
    gather,
    gradient_descent,
    transposed_convolution,
)
from fcnlib.transposed_convolution.sizes import input_sizes, output_size
from fcnlib.transposed_convolution.tensorflow_reference import accepts
from fcnlib.ui.layout import show_source
from fcnlib.ui.page import setup
from fcnlib.ui.transposed_convolution import sizes
from fcnlib.ui.transposed_convolution.checkerboard import show_checkerboard
from fcnlib.ui.transposed_convolution.gradient_descent import show_gradient_descent
from fcnlib.ui.transposed_convolution.views import show_views

setup("pages/transposed_convolution.py")
st.markdown(
    "Each input cell stamps a copy of the kernel, scaled by its value, a **stride** apart; where "
    "copies overlap, they add up. Backward, each input cell looks through its copy's window: that "
    "is the **convolution** that was transposed."
)

ask_about_views = show_views(key="transposed_convolution_views")
show_source(
    transposed_convolution,
    gather,
    convolution_matrix,
    key="transposed_convolution_views_source",
)

st.subheader("Which size?")
ask_about_sizes = sizes.ambiguity()
show_source(output_size, input_sizes, accepts, key="transposed_convolution_sizes_source")

st.subheader("Checkerboards")
show_checkerboard()
show_source(
    checkerboard.ripple,
    checkerboard.polyphase_sums,
    checkerboard.apply_normalized,
    key="transposed_convolution_board_source",
)

st.subheader("Forward, backward, update")
ask_about_step = show_gradient_descent()
show_source(
    gradient_descent.step,
    gradient_descent.gradients,
    gradient_descent.train,
    key="transposed_convolution_step_source",
)

sizes.judge([ask_about_views, ask_about_sizes, ask_about_step])
