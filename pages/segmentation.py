"""Page: what networks see in a photograph, cell by cell and pixel by pixel."""

import streamlit as st

from fcnlib.ui.page import setup
from fcnlib import class_map, segmentation
from fcnlib.networks import deeplab, efficientnet_lite
from fcnlib.ui.layout import show_source
from fcnlib.ui.segmentation.choices import choose_details, choose_networks, choose_picture
from fcnlib.ui.segmentation.deeper import show_deeper
from fcnlib.ui.segmentation.photograph import (
    conclude,
    introduce,
    show_network,
    show_overlay,
    show_picture,
)
from fcnlib.ui.segmentation.run import run
from fcnlib.ui.segmentation.street import choose_view, show_skips

setup("pages/segmentation.py")
if choose_view() == "skips":
    show_skips()
    st.stop()

st.markdown(
    "Choose a photograph and two networks. Most networks answer once per **cell**, a square of "
    "pixels. Their answers are upsampled to the picture's size by bilinear interpolation, which "
    "the pages before this one explain."
)
picture = choose_picture()
networks = choose_networks()
if picture is None:
    st.stop()
request = choose_details(picture, networks)
introduce(1, request.networks[0] if request else networks[0])
left, *first_maps = st.columns(3)
with left:
    show_picture(picture)
results = run(request) if request else None
if not results:
    st.stop()
for number, (name, result) in enumerate(results.items(), 1):
    if number == 1:
        show_network(result, name, first_maps, "segmentation_1")
    else:
        introduce(2, name)
        left, *second_maps = st.columns(3)
        with left:
            show_overlay(result)
        show_network(result, name, second_maps, "segmentation_2")
conclude(results)
show_deeper(results, request)
show_source(
    segmentation.segment,
    class_map.upsampled_argmax,
    class_map.resized_argmax,
    efficientnet_lite.build,
    deeplab.build,
    key="segmentation_source_code",
)
