"""Page: why upsampling is a layer, how far the gradient flows back, and how a kernel learns."""

import streamlit as st

from fcnlib.ui.page import finish, setup
from fcnlib.transposed_convolution import gradient_descent
from fcnlib.transposed_convolution.tensorflow_reference import gradients_tf
from fcnlib.ui import glossary
from fcnlib.ui.comparison import run_comparisons
from fcnlib.ui.layout import fold, show_source
from fcnlib.ui.story import GOAL, step
from fcnlib.ui.why_a_layer.chain import show_chain, show_stop
from fcnlib.ui.why_a_layer.gradient_descent import show_gradient_descent
from fcnlib.upsampling.backward import gradients_through

PATH, KEY = "pages/why_a_layer.py", "why_a_layer"


def show_sources() -> None:
    """Show the functions that computed the steps."""
    show_source(gradients_through, key=f"{KEY}_source")
    functions = gradient_descent.step, gradient_descent.gradients, gradient_descent.train
    show_source(*functions, key="transposed_convolution_step_source")
    show_source(gradients_tf, key=f"{KEY}_tensorflow_source")


setup(PATH)
with step(f"{KEY}_opening"):
    st.markdown(
        "A network learns from its mistakes. The **loss** is a number that says how wrong the "
        "answer is. The **gradient** says how the loss changes with each weight. It is computed "
        "backward from the loss through every part of the network (pink), which is called "
        "**backpropagation**. Upsampling stands between the loss and all other layers, so the "
        "gradient must get through."
    )
    show_chain()

with step(f"{KEY}_stop", "Can a library call replace the layer?", 1):
    st.markdown(
        "One layer, run by TensorFlow now, turns 12 × 12 pixels into 3 × 3 scores. They are "
        "enlarged to a map of 12 × 12, and the loss compares it with the correct map. TensorFlow "
        "records the operations on a **tape** and goes back along it to compute the gradients. "
        "Predict what happens. Then you can choose what enlarges the scores: watch how far the "
        "pink arrows get."
    )
    compare_stop = show_stop()

compare_step = show_gradient_descent()

fold("Go deeper: source code", f"{KEY}_sources", show_sources)
run_comparisons([compare_stop, compare_step])
finish(
    PATH,
    tries={
        "Let the kernel learn with a rate that is too high, and watch the loss grow": (
            PATH,
            {
                GOAL: f"{KEY}_steps",
                "transposed_convolution_step_rate": "3.0",
                f"{KEY}_learned": "show",
            },
        ),
        "Look at the kernel after 10 of the 200 steps": (
            PATH,
            {
                GOAL: f"{KEY}_steps",
                "transposed_convolution_step_at": "10",
                f"{KEY}_learned": "show",
            },
        ),
        "Enlarge with tf.image.resize: the gradient passes, but there is no kernel to learn": (
            PATH,
            {GOAL: f"{KEY}_stop", f"{KEY}_stop": "show", f"{KEY}_method": "resize"},
        ),
    },
    reading={
        "Long, Shelhamer, Darrell 2015, section 3.3": glossary.LONG[1],
        **dict([glossary.POST, glossary.TF_GRADIENTS, glossary.TF_TRANSPOSE]),
    },
)
