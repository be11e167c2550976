"""Page: what a network sees in a picture, cell by cell and pixel by pixel."""

import streamlit as st

from fcnlib import class_map, images, segmentation
from fcnlib.class_map import metrics
from fcnlib.networks import fcn, small_fcn, vgg
from fcnlib.segmentation import comparison
from fcnlib.ui.layout import show_source
from fcnlib.ui.page import setup
from fcnlib.ui.segmentation.memory import show_below
from fcnlib.ui.segmentation.run import choose_network, run

setup("pages/segmentation.py")
network = choose_network()
if network == "built_in":
    st.markdown(
        "A small fully convolutional network, trained on drawn streets and shipped with this app. "
        "FCN-32s enlarges its coarse answer in one step; FCN-16s and FCN-8s first add what "
        "shallower layers know of the place."
    )
    st.caption("It knows drawn streets only: on a photograph it guesses.")
    sources = [comparison.compare_heads, small_fcn.build, fcn.fcn_8s, metrics.measure]
else:
    st.markdown(
        "VGG-16 was trained to name whole pictures. With its last layers turned into convolutions "
        "it names every 32 × 32 px cell of a picture instead. The scores of its 1000 classes are "
        "then enlarged by a bilinear kernel, and every pixel takes the class with the best score."
    )
    st.caption(
        "What this shows is where a classifier was evaluated and what it thought of each place. It "
        "was never trained to segment; a fully convolutional network that was is called FCN-32s."
    )
    sources = [segmentation.segment, vgg.vgg_16, class_map.upsampled_argmax]

run(network)
show_below(network, "segmentation_gb")
show_source(*sources, images.subtract_mean, key="segmentation_source_code")
