"""The list of pages, and what every page begins with: tab title, menu, heading, question.

The menu, the icon and the warm-up belong to the running app. In `fcnlib.ui`, only `home` imports
this module, because the home page links to the other pages.
"""

import sys
from pathlib import Path
from typing import NamedTuple

import streamlit as st
from streamlit.errors import StreamlitAPIException

from fcnlib import engine
from fcnlib.ui.components import component
from fcnlib.ui.jobs import served

ICON = Path(__file__).parents[1] / "data" / "icon.png"

SWITCH_SECONDS = 0.0005  # Python's own is ten times as long

_close_menu = component("menu")


@st.cache_resource(show_spinner=False)
def _engines() -> list[engine.Engine]:
    """Return the engine that was started last, in a list that a reload of the code leaves alone."""
    return []


def _start_engine() -> None:
    """Start the engine, and end the one that runs the code from before a reload."""
    earlier, current = _engines(), engine.use("local")
    if earlier and earlier[0] is not current:
        # A script that still runs the old code must not start another worker.
        earlier[0].retire()
    earlier[:] = [current]


# The thread that answers all browsers waits so long for each thread that runs a page.
sys.setswitchinterval(SWITCH_SECONDS)

# Pages import this module first, so that a worker loads TensorFlow while they import the rest.
_start_engine()


class Page(NamedTuple):
    """A page of the app.

    Attributes
    ----------
    title : str
        Its name in the menu and in the browser's tab.
    icon : str
        A Material icon, by Streamlit's short code.
    question : str
        The question that the page answers.

    """

    title: str
    icon: str
    question: str


PAGES = {
    "app.py": Page(
        "From pixels to segments",
        ":material/route:",
        "How does a network's coarse answer become a class for every pixel?",
    ),
    "pages/kernels.py": Page(
        "Kernels", ":material/show_chart:", "How is the curve between samples reconstructed?"
    ),
    "pages/upsampling.py": Page(
        "Upsampling",
        ":material/zoom_in:",
        "Is a transposed convolution the same as bilinear interpolation?",
    ),
    "pages/transposed_convolution.py": Page(
        "Transposed convolution",
        ":material/grid_on:",
        "What does a transposed convolution compute, forward and backward?",
    ),
    "pages/segmentation.py": Page(
        "Segmentation", ":material/palette:", "What do networks see in my photograph?"
    ),
    "pages/training.py": Page(
        "Training",
        ":material/school:",
        "How does a network learn to segment, and what do skip connections add?",
    ),
    "pages/numbers.py": Page(
        "Numbers",
        ":material/fact_check:",
        "Do the figures that this app relies on hold on this machine?",
    ),
}


def setup(path: str) -> None:
    """Begin the page at `path`, a key of `PAGES`: tab title, menu, heading, question."""
    page = PAGES[path]
    if served():
        _warm_up()
    st.set_page_config(page_title=f"{page.title} · fcnlib", page_icon=str(ICON), layout="wide")
    _menu()
    st.title(page.title)
    st.markdown(f"**{page.question}**")


@st.cache_resource(show_spinner=False)
def _warm_up() -> None:
    """Segment the samples in the background, so that a click on one finds its maps."""
    from fcnlib.ui.segmentation.run import segment_samples

    segment_samples()


def _menu() -> None:
    with st.sidebar:
        for path, page in PAGES.items():
            link(path, page.title)
        _close_menu(key="menu")


def link(path: str, label: str) -> None:
    """Link to the page at `path`, a key of `PAGES`; `label` may be Markdown."""
    try:
        st.page_link(path, label=label, icon=PAGES[path].icon)
    except StreamlitAPIException:
        # A page run alone, as tests do, has no other pages to link to.
        st.markdown(label)
