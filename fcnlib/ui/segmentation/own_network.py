"""Networks that the visitor trained, on the picture of the Segmentation page."""

import streamlit as st

from fcnlib.ui.page import link
from fcnlib import images
from fcnlib.segmentation import Segmentation
from fcnlib.ui.jobs import on_opening, task
from fcnlib.ui.layout import chart
from fcnlib.ui.segmentation import maps
from fcnlib.ui.segmentation.choices import Request
from fcnlib.ui.training.own.run import trained_file

MOST = 3  # networks that are compared
TRAINING = ("pages/training.py", "Train a network on your own classes", {"training_data": "own"})


def show_own_networks(request: Request) -> None:
    """Let the visitor choose networks, and show what each makes of the picture."""
    uploaded = st.file_uploader(
        f"network.zip from the Training page, or folders that python -m fcnlib train --data wrote, "
        f"each compressed as ZIP; up to {MOST} files to compare",
        accept_multiple_files=True,
        key="segmentation_own_file",
    )
    files = [file.getvalue() for file in uploaded[:MOST]]
    if len(uploaded) > MOST:
        st.caption(f"The first {MOST} of {len(uploaded)} files are shown.")
    if not files and (trained := trained_file()):
        files = [trained]
    if not files:
        link(*TRAINING)
        return
    picture = request.picture
    results: list[Segmentation] | None = on_opening(
        "inference",
        "segmentation_own_job",
        key=("own", *map(images.digest, files), picture.digest),
        work=task("segment_with_uploads", picture.image, files),
    )
    if results is None:
        return
    columns = st.columns(max(len(results), 2))
    for number, result in enumerate(results, 1):
        key = f"segmentation_own_{number}"
        with columns[number - 1]:
            chart(maps.full_figure(result, result.network), f"{key}_full")
        # With a single network, there is room for its cells beside its map.
        with columns[number - 1 if len(results) > 1 else 1]:
            chart(maps.coarse_figure(result, result.network), f"{key}_coarse")
        with columns[number - 1] if len(results) > 1 else st.container():
            maps.show_classes(result, key)
            maps.downloads(result, "picture", f"own_{number}", key)
