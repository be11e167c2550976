"""Page: what a transposed convolution does, in numbers small enough to read."""

import streamlit as st

from fcnlib.ui.page import finish, setup
from fcnlib.transposed_convolution import (
    checkerboard,
    convolution_matrix,
    gather,
    input_sizes,
    output_size,
    transposed_convolution,
)
from fcnlib.transposed_convolution.tensorflow_reference import accepts
from fcnlib.ui import glossary
from fcnlib.ui.comparison import run_comparisons
from fcnlib.ui.layout import fold, show_source
from fcnlib.ui.story import GOAL, step
from fcnlib.ui.transposed_convolution.checkerboard import show_checkerboard
from fcnlib.ui.transposed_convolution.phone import show_phone
from fcnlib.ui.transposed_convolution.sizes import show_sizes
from fcnlib.ui.transposed_convolution.views import show_opening, show_views

PATH, KEY = "pages/transposed_convolution.py", "transposed_convolution"


def show_sources() -> None:
    """Show the functions that computed the steps."""
    show_source(transposed_convolution, gather, convolution_matrix, key=f"{KEY}_views_source")
    show_source(output_size, input_sizes, accepts, key=f"{KEY}_sizes_source")
    functions = checkerboard.ripple, checkerboard.polyphase_sums, checkerboard.apply_normalized
    show_source(*functions, key=f"{KEY}_board_source")


setup(PATH)
with step(f"{KEY}_opening"):
    st.markdown(
        "It enlarges an array of numbers. On this page, each place of an array is a **cell**, with "
        "one number. For each cell of the input x, the layer multiplies a small table of weights, "
        "the **kernel** k, by the cell's number, and adds the product to the output y. What "
        "overlaps is added up. Rows and columns count from 0."
    )
    show_opening()

compare_views = show_views(f"{KEY}_views")
with step(f"{KEY}_size", "Which size comes back?", 4):
    compare_sizes = show_sizes()
with step(f"{KEY}_checkerboards", "When does it draw checkerboards?", 5):
    show_checkerboard()

show_phone()
fold("Go deeper: source code", f"{KEY}_sources", show_sources)

run_comparisons([compare_views, compare_sizes])
finish(
    PATH,
    tries={
        "Send a single 1 through the layer: the output is the kernel": (
            PATH,
            {
                GOAL: f"{KEY}_stamp",
                f"{KEY}_views_shape": "2-D",
                f"{KEY}_views_input": "one hot",
                f"{KEY}_views_weights": "random",
            },
        ),
        "Find a checkerboard on a photograph": (
            PATH,
            {
                GOAL: f"{KEY}_checkerboards",
                f"{KEY}_board_flat": "show",
                f"{KEY}_board_picture": "astronaut",
            },
        ),
    },
    reading={
        "Dumoulin, Visin 2016, chapter 4": glossary.DUMOULIN[1],
        **dict([glossary.POST, glossary.ODENA, glossary.TF_TRANSPOSE, glossary.TORCH_TRANSPOSE]),
    },
)
