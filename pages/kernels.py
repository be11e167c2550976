"""The Kernels page: how a kernel draws a curve through samples, and what it can restore."""

import streamlit as st

from fcnlib.ui.page import finish, setup
from fcnlib.ui import glossary
from fcnlib.ui.kernels import deeper, nyquist, opening, readings, samples, shape, truncation
from fcnlib.ui.story import GOAL, step

PATH = "pages/kernels.py"

setup(PATH)
with step("kernels_opening"):
    opening.show_opening()
# The kernel of the first two steps is chosen in the second, and normalized in the fourth.
with step("kernels_samples", "Samples and a guess", 1) as first:
    pass
with step("kernels_shape", "The kernel is the shape of the guess", 2) as second:
    pass
with step("kernels_nyquist", "Too fast for the samples", 3):
    nyquist.show_aliases()
with step("kernels_truncation", "Why nobody uses the sinc", 4):
    normalize = truncation.show_truncation()
with second:
    kernel, others, place = shape.pick_kernel(normalize=normalize)
with first:
    state = samples.show_samples(kernel)
with place:
    shape.show_shape(state, others)
with second:
    shape.say_shape(state)
with step("kernels_readings", "Two readings of one sum", 5):
    readings.show_readings(state)
with step("kernels_deeper"), st.container(gap="xsmall"):
    deeper.show_folds(state, others)
finish(
    PATH,
    tries={
        "Drag samples that are all 1 and look for the ripples of Lanczos 2": (
            PATH,
            {
                GOAL: "kernels_samples",
                "kernels_kernel": "lanczos2",
                "kernels_signal": "flat",
                "kernels_normalize": "false",
            },
        ),
        "Let Catmull-Rom overshoot a step": (
            PATH,
            {GOAL: "kernels_samples", "kernels_kernel": "catmull_rom", "kernels_signal": "step"},
        ),
        "Enlarge thin rings with Lanczos 3: why is there a checkerboard in the corners?": (
            PATH,
            {GOAL: "kernels_deeper", "kernels_kernel": "lanczos3", "kernels_picture": "rings"},
        ),
    },
    reading={
        "the post that this app follows": glossary.POST[1],
        "Long, Shelhamer, Darrell 2015, section 3.3": glossary.LONG[1],
        **dict([glossary.SMITH, glossary.KEYS, glossary.TF_RESIZE, glossary.SKIMAGE_RESCALE]),
    },
)
