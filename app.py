"""Home: what the app shows, the pages in order, and what is installed."""

import streamlit as st

from fcnlib import class_map
from fcnlib.ui import home
from fcnlib.ui.layout import show_source
from fcnlib.ui.page import setup

setup("app.py")
st.markdown(
    "A convolutional network looks at a picture through cells of 32 × 32 pixels, so its answer is "
    "coarse: one class per cell. A *transposed convolution* with a bilinear kernel upsamples the "
    "answer to the picture's size. You can try each step yourself here, and every number is "
    "computed while you look."
)
home.show_example()
show_source(class_map.cell_shares, class_map.upsampled_argmax, key="home_source_code")

st.subheader("The pages")
home.show_pages()

st.subheader("This machine")
home.show_machine()
