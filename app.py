"""Home: what this is, the road from a kernel to a segmentation, and what is ready."""

import streamlit as st

from fcnlib import class_map
from fcnlib.ui import home
from fcnlib.ui.layout import show_source
from fcnlib.ui.page import setup

setup("app.py")
st.markdown(
    "A network looks at a picture through cells of 32 × 32 pixels, so its answer is coarse. "
    "A *transposed convolution* with a bilinear kernel enlarges that answer to the picture's size. "
    "Here you do every step with your own hands, and every number is computed in front of you."
)
home.one_picture()
show_source(class_map.cell_shares, class_map.upsampled_argmax, key="home_source_code")

st.subheader("The road")
home.road()

st.subheader("Ready on this machine")
home.readiness()
