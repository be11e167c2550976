"""Home: how a network gives every pixel a class, a guide to the pages, and what is installed."""

import streamlit as st

from fcnlib.ui.page import finish, setup
from fcnlib import class_map
from fcnlib.segmentation import last_layer
from fcnlib.ui import glossary, home
from fcnlib.ui.layout import show_source
from fcnlib.ui.story import GOAL, so, step

PATH = "app.py"

setup(PATH)
with step("home_opening"):
    st.markdown(
        "A network that segments gives every pixel a class, such as “cat”. But it does not answer "
        "for every pixel: it answers once per **cell**, a square of pixels, with a score for "
        "each class. Its last layer then **upsamples** the scores, which means that it fills in "
        "the pixels between the centers of the cells. Point at any of the three pictures, or use "
        "the arrow keys. The table shows which cells the pixel uses."
    )
    photo = home.choose_photograph()
    answer = st.container()
    st.markdown(
        "The network is DeepLab v3, and it runs here. The centers of its cells are 8 px apart, "
        "and the outermost centers are on the outermost pixels, so 49 centers span "
        "48 × 8 + 1 = 385 px (sizes are rows, then columns). "
        "Its last layer interpolates **bilinearly**: the score of a pixel is a weighted mean of "
        "the scores of the nearest cells. The class with the highest score wins. A **transposed "
        "convolution**, a layer that enlarges an array, can compute the same means."
    )
    so(
        "the network answers once per cell, and its last layer fills in the pixels. A transposed "
        "convolution can be this layer."
    )

with step("home_cells", "What if the cells were smaller?"):
    home.show_cell_sizes()

with step("home_story", "The story, page by page"):
    st.markdown(
        f"This app follows a [blog post]({glossary.POST[1]}) on upsampling in networks that "
        "segment. On every page, “the post” means this one."
    )
    home.show_story()
    predictions = st.container()

with st.expander("Go deeper: this machine", key="home_machine"):
    home.show_machine()
show_source(last_layer.resized_label_maps, class_map.resized_argmax, key="home_source_code")
finish(
    PATH,
    tries={
        "Replace the layer by nearest, and point at the outline of the motorcycle": (
            PATH,
            {GOAL: "home_opening", "home_photo": "motorbike", "home_layer": "nearest"},
        ),
        "Drag the samples of a curve, and watch what a kernel makes of them": (
            "pages/kernels.py",
            {GOAL: "kernels_samples"},
        ),
        "Open your own photograph": ("pages/segmentation.py", {}),
    },
    reading={
        glossary.POST[0]: glossary.POST[1],
        "Long, Shelhamer, Darrell 2015, section 3.3": glossary.LONG[1],
        glossary.TF_TRANSPOSE[0]: glossary.TF_TRANSPOSE[1],
        glossary.TORCH_TRANSPOSE[0]: glossary.TORCH_TRANSPOSE[1],
    },
)
home.show_answer(photo, answer)
with predictions:
    home.show_predictions()
