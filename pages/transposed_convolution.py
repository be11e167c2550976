"""Page: one transposed convolution, forward and backward, in numbers small enough to follow."""

import streamlit as st

from fcnlib import ui
from fcnlib.transposed_convolution import checkerboard as board
from fcnlib.transposed_convolution import convolution_matrix, gather, transposed_convolution
from fcnlib.transposed_convolution import gradient_descent as training
from fcnlib.transposed_convolution.sizes import input_sizes, output_size
from fcnlib.transposed_convolution.tensorflow_reference import accepts
from fcnlib.ui import transposed_convolution as parts
from fcnlib.ui.transposed_convolution import checkerboard, gradient_descent, views

ui.setup("pages/transposed_convolution.py")
st.markdown(
    "Each input cell stamps a copy of the kernel, scaled by its value, a **stride** apart; where "
    "copies overlap, they add up. Backward, each input cell looks through its copy's window: that "
    "is the **convolution** that was transposed."
)

ask_about_views = views.show(key="transposed_convolution_views")
ui.show_source(
    transposed_convolution,
    gather,
    convolution_matrix,
    key="transposed_convolution_views_source",
)

st.subheader("Which size?")
ask_about_sizes = parts.ambiguity()
ui.show_source(output_size, input_sizes, accepts, key="transposed_convolution_sizes_source")

st.subheader("Checkerboards")
checkerboard.show()
ui.show_source(
    board.ripple,
    board.polyphase_sums,
    board.apply_normalized,
    key="transposed_convolution_board_source",
)

st.subheader("Forward, backward, update")
ask_about_step = gradient_descent.show()
ui.show_source(
    training.step,
    training.gradients,
    training.train,
    key="transposed_convolution_step_source",
)

parts.judge([ask_about_views, ask_about_sizes, ask_about_step])
