"""What the Segmentation page asks for: a picture, and two networks to run on it."""

from typing import NamedTuple

import streamlit as st

from fcnlib.networks.shipped import NETWORKS, Choice
from fcnlib.ui import pictures
from fcnlib.ui.layout import choose_one
from fcnlib.ui.pictures import Picture
from fcnlib.ui.segmentation import weights
from fcnlib.ui.segmentation.precision import choose_precision

SOURCES = {"sample": "Sample", "upload": "Your file", "camera": "Camera", "address": "Address"}
CLASSIFIERS = ("imagenet", "vgg_16", "voc", "people")
TRAINED = ("voc", "people", "imagenet", "vgg_16")
LONG_SIDES = (512, 768, 1024)
WHOLE = 0
"""Stands for a picture's own size."""


class Request(NamedTuple):
    """A picture and the networks to run on it.

    Attributes
    ----------
    picture : Picture
        At its own size.
    networks : tuple of str
        Names in `shipped.NETWORKS`, without repetition.
    long_side : int
        Pixels that the longer side is scaled down to, or `WHOLE`.
    precision : str
        Number format of VGG-16.

    """

    picture: Picture
    networks: tuple[str, ...]
    long_side: int
    precision: str


def choose_picture() -> Picture | None:
    """Let the visitor choose where the picture comes from; return it, or None until it is there."""
    row = st.container(horizontal=True)
    with row:
        source = choose_one("Picture", SOURCES, "sample", "segmentation_source")
    if source == "upload":
        picture = pictures.from_upload("segmentation")
        empty = "Choose a file. It is used for this page only and is not stored."
    elif source == "camera":
        picture = pictures.from_camera("segmentation")
        empty = (
            "Your browser asks whether this page may use the camera. If it never asks, open the "
            "page through https or on localhost, because browsers allow a camera only there."
        )
    elif source == "address":
        picture = pictures.from_address("segmentation")
        empty = "Press “Fetch” to load the picture from its address."
    else:
        with row:
            return pictures.from_sample("segmentation")
    if picture is None:
        st.caption(empty)
    return picture


def choose_networks() -> tuple[str, str]:
    """Let the visitor choose the two networks; return their names."""
    # Older links name VGG-16 in this way.
    from_link = st.query_params.get("segmentation_network") == "VGG-16 (ImageNet)"
    left, right = st.columns(2)
    with left:
        first = _choose("First network", CLASSIFIERS, "segmentation_first", int(from_link))
    with right:
        second = _choose("Second network", TRAINED, "segmentation_second")
    return first, second


def choose_details(picture: Picture, networks: tuple[str, str]) -> Request | None:
    """Ask for what only some networks need; return the request, or None if weights are missing."""
    here = [name for name in networks if name != "vgg_16" or weights.ready("segmentation")]
    with st.expander("More controls", key="segmentation_more"):
        long_side = st.selectbox(
            "Long side at most",
            (*LONG_SIDES, WHOLE),
            index=LONG_SIDES.index(1024),
            format_func=lambda side: f"{side} px" if side else "As it is",
            key="segmentation_long_side",
            width=220,
            help="A larger picture is scaled down first; a smaller one is left as it is. Watch how "
            "the number of a classifier's cells changes. DeepLab and selfie segmentation always "
            "scale the picture to their own size. For a classifier, a picture of 12 megapixels "
            "takes about 15 times as long as one with 1024 px on its longer side.",
        )
        precision = choose_precision() if "vgg_16" in here else "float32"
    if not here:
        return None
    return Request(picture, tuple(dict.fromkeys(here)), int(long_side or WHOLE), precision)


def describe(choice: Choice) -> str:
    """Return a network's title with what it does."""
    kind = "trained to segment" if choice.segments else "classifies every cell"
    return f"{choice.title}: {kind}"


def _choose(label: str, names: tuple[str, ...], key: str, first: int = 0) -> str:
    chosen = st.selectbox(
        label, names, first, format_func=lambda name: describe(NETWORKS[name]), key=key
    )
    return chosen or names[0]
