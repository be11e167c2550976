"""A network that the visitor trained, on the picture of the Segmentation page."""

import streamlit as st

from fcnlib.ui.page import link
from fcnlib import images
from fcnlib.segmentation import Segmentation
from fcnlib.ui.jobs import on_opening, task
from fcnlib.ui.layout import chart
from fcnlib.ui.segmentation import maps
from fcnlib.ui.segmentation.choices import Request
from fcnlib.ui.training.own.run import trained_file

TRAINING = ("pages/training.py", "Train a network on your own classes", {"training_data": "own"})


def show_own_network(request: Request) -> None:
    """Let the visitor name a network, and show what it makes of the picture."""
    file = st.file_uploader(
        "network.zip from the Training page, or a folder that python -m fcnlib train --data wrote, "
        "compressed as ZIP",
        key="segmentation_own_file",
    )
    data = file.getvalue() if file else trained_file()
    if not data:
        link(*TRAINING)
        return
    picture = request.picture
    result: Segmentation | None = on_opening(
        "inference",
        "segmentation_own_job",
        key=("own", images.digest(data), picture.digest),
        work=task("segment_with_upload", picture.image, data),
    )
    if result is None:
        return
    columns = st.columns(2)
    with columns[0]:
        chart(maps.coarse_figure(result, result.network), "segmentation_own_coarse")
    with columns[1]:
        chart(maps.full_figure(result, result.network), "segmentation_own_full")
    maps.show_classes(result, "segmentation_own")
    maps.downloads(result, "picture", "own", "segmentation_own")
