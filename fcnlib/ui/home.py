"""Parts of the home page: an example, links to the pages, and what is installed."""

import os
from importlib import metadata

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fcnlib.ui.page import PAGES, link
from fcnlib import checkpoints, engine
from fcnlib.plots import class_maps
from fcnlib.ui.layout import chart, drawn
from fcnlib.ui.pictures import sample
from fcnlib.ui.segmentation.maps import HEIGHT, legend, show_maps
from fcnlib.ui.segmentation.run import run, sample_request

PACKAGES = ("streamlit", "tensorflow", "tf-slim", "scikit-image", "numpy", "plotly")


def show_example() -> list[DeltaGenerator]:
    """Show a photograph, which needs no network; return where `show_answer` shows its maps."""
    picture, *maps = st.columns(3)
    image = sample().image
    title = f"A photograph, {image.shape[0]} × {image.shape[1]} px"
    with picture:
        chart(drawn(class_maps.photograph_figure, image, title, height=HEIGHT), "home_picture")
    return [*maps, st.container()]


def show_answer(places: list[DeltaGenerator]) -> None:
    """Show what DeepLab answers for the photograph's cells, and the map upsampled from it.

    Call it last: the rest of the page is shown while the network is still loading. The job is
    the one that the Segmentation page starts with.
    """
    *maps, below = places
    with below:
        results = run(sample_request())
        if results is None:
            return
        result = results["voc"]
        show_maps(result, "voc", maps, "home")
        st.markdown(legend(result))
        rows, cols = result.coarse_map.shape
        st.caption(
            f"DeepLab v3 was trained to give a class to every pixel. It computes scores for {rows} "
            f"× {cols} cells. These are upsampled by bilinear interpolation, which takes means of "
            "the nearest scores, and every pixel gets the class with the highest score. Compare "
            "the outlines of the two maps."
        )


def show_pages() -> None:
    """Link to every page with the question it answers."""
    others = list(PAGES.items())[1:]
    for first in range(0, len(others), 3):
        for column, (path, page) in zip(st.columns(3), others[first : first + 3], strict=False):
            with column.container(border=True, height="stretch"):
                link(path, f"**{page.title}**")
                st.caption(page.question)


def show_machine() -> None:
    """Show what is installed and what is loaded."""
    with st.container(horizontal=True):
        if engine.current().is_ready():
            st.badge("TensorFlow is loaded", icon=":material/check:", color="green")
        else:
            st.badge("TensorFlow is loading", icon=":material/hourglass:", color="blue")
        if checkpoints.missing() is None:
            st.badge("VGG-16 weights are installed", icon=":material/check:", color="green")
        else:
            st.badge("VGG-16 weights are not downloaded", icon=":material/download:", color="gray")
        st.badge(f"{os.cpu_count()} processor cores", icon=":material/memory:", color="gray")
    versions = [f"{name} {metadata.version(name)}" for name in PACKAGES]
    st.caption(" · ".join(versions))
