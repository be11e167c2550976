"""Parts of the home page: an example, links to the pages, and what is installed."""

import os
from importlib import metadata

import streamlit as st
from streamlit.errors import StreamlitAPIException

from fcnlib import checkpoints, class_map, runtime, scenes
from fcnlib.plots import class_maps
from fcnlib.ui.layout import chart
from fcnlib.ui.page import PAGES

SEED = 1
SIZE = (768, 1024)
FACTOR = 32
PACKAGES = ("streamlit", "tensorflow", "tf-slim", "scikit-image", "numpy", "plotly")


def show_example() -> None:
    """Show a drawn street, its classes in 24 × 32 cells, and the map upsampled from them."""
    scene = _scene()
    names = scenes.CLASSES
    colors = scenes.COLORS
    shares = class_map.cell_shares(FACTOR, scene.labels, len(names))
    coarse = class_map.label_map(shares)
    full = class_map.upsampled_argmax(FACTOR, shares)
    rows, cols = coarse.shape
    height, width = full.shape
    figures = {
        "picture": class_maps.photograph_figure(
            scene.picture, f"A picture, {height} × {width} px", height=330
        ),
        "coarse": class_maps.discrete_matshow(
            coarse, names, f"Its classes in {rows} × {cols} cells", colors=colors, legend=0,
            height=330,
        ),
        "full": class_maps.discrete_matshow(
            full, names, f"Upsampled × {FACTOR}: {height} × {width} px", colors=colors,
            legend=0, height=330,
        ),
    }  # fmt: skip
    for column, (key, figure) in zip(st.columns(3), figures.items(), strict=True):
        with column:
            chart(figure, f"home_{key}")
    agreement = (full == scene.labels).mean()
    st.caption(
        f"No network here: each cell holds the true share of each class in its {FACTOR} × {FACTOR} "
        f"pixels, the best that such a coarse answer can be. Upsampled with a bilinear kernel, it "
        f"gives {agreement:.1%} of the pixels their true class. Thin and small objects are lost. "
        "The Segmentation page shows the answers of real networks on a photograph."
    )


def show_pages() -> None:
    """Link to every page with the question it answers."""
    others = list(PAGES.items())[1:]
    for first in range(0, len(others), 3):
        for column, (path, page) in zip(st.columns(3), others[first : first + 3], strict=False):
            with column.container(border=True, height="stretch"):
                try:
                    st.page_link(path, label=f"**{page.title}**", icon=page.icon)
                except StreamlitAPIException:
                    st.markdown(f"**{page.title}**")
                st.caption(page.question)


def show_machine() -> None:
    """Show what is installed and what is loaded."""
    with st.container(horizontal=True):
        if runtime.is_loaded():
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


@st.cache_resource(show_spinner="Drawing a street")
def _scene() -> scenes.Scene:
    return scenes.scene(SEED, SIZE)
