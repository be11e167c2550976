"""Home: how a network colors a photograph, the story of the pages, and what is installed."""

import streamlit as st

from fcnlib.ui.page import finish, setup
from fcnlib.segmentation import last_layer
from fcnlib.ui import glossary, home
from fcnlib.ui.layout import show_source
from fcnlib.ui.story import so, step

PATH = "app.py"
POST = (
    "http://warmspringwinds.github.io/tensorflow/tf-slim/2016/11/22/"
    "upsampling-and-image-segmentation-with-tensorflow-and-tf-slim/"
)

setup(PATH)
with step("home_opening"):
    st.markdown(
        "A network that segments gives every pixel a class, such as “cat”. But it does not answer "
        "for every pixel: it answers once per **cell** of a coarse grid, with a score for each "
        "class. Its last layer then **upsamples** the scores, which means that it fills in the "
        "pixels between. Point at a picture, or use the arrow keys, and see which cells make the "
        "pixel. Then switch the layer to **nearest**, and watch the outlines."
    )
    photo = home.choose_photograph()
    answer = st.container()
    st.markdown(
        "The network is DeepLab v3, and it runs here. Its last layer interpolates bilinearly: the "
        "score of a pixel is a weighted mean of the scores of the nearest cells, and the class "
        "with the highest score wins. A **transposed convolution**, a layer that enlarges an "
        "array, gives the same map if its weights are fixed in this way."
    )
    so("The network answers once per cell; a transposed convolution fills in the pixels.")

with step("home_cells", "What if the cells were smaller?"):
    home.show_cell_sizes()

with step("home_story", "The story, page by page"):
    home.show_story()
    predictions = st.container()

with st.expander("Go deeper: this machine", key="home_machine"):
    home.show_machine()
show_source(last_layer.resized_label_maps, last_layer.contenders, key="home_source_code")
finish(
    PATH,
    tries={
        "Replace the layer by nearest, and point at the outline of the motorcycle": (
            PATH,
            {"home_photo": "motorbike", "home_layer": "nearest"},
        ),
        "Drag the samples of a curve, and watch what a kernel makes of them": (
            "pages/kernels.py",
            {},
        ),
        "Open your own photograph": ("pages/segmentation.py", {}),
    },
    reading={
        "The post that this app follows": POST,
        "Long, Shelhamer, Darrell 2015, section 3.3": glossary.LONG[1],
        glossary.TF_TRANSPOSE[0]: glossary.TF_TRANSPOSE[1],
        glossary.TORCH_TRANSPOSE[0]: glossary.TORCH_TRANSPOSE[1],
    },
)
home.show_answer(photo, answer)
with predictions:
    home.show_predictions()
