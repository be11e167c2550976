"""Home: what the app shows, the pages in order, and what is installed."""

import streamlit as st

from fcnlib.ui.page import setup
from fcnlib import class_map
from fcnlib.networks import deeplab
from fcnlib.ui import home
from fcnlib.ui.layout import show_source

setup("app.py")
st.markdown(
    "Many convolutional networks answer once per **cell**, a square of pixels, so their answers "
    "are coarse. **Upsampling** enlarges them to the picture's size. Many networks do this with a "
    "layer called **transposed convolution**. Below, the network DeepLab v3 gives a class to every "
    "cell and every pixel of a photograph. You can try each step yourself on the other pages."
)
example = home.show_example()
show_source(class_map.resized_argmax, deeplab.build, key="home_source_code")

st.subheader("The pages")
home.show_pages()

st.subheader("This machine")
home.show_machine()
home.show_answer(example)
