"""What the Segmentation page asks for: a picture, and two networks to run on it."""

from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fcnlib.networks.shipped import NETWORKS, Choice
from fcnlib.ui import pictures
from fcnlib.ui.layout import choose_one, select_one
from fcnlib.ui.pictures import Picture
from fcnlib.ui.segmentation import weights
from fcnlib.ui.segmentation.precision import choose_precision

SOURCES = {
    "sample": "Example",
    "upload": "Your file",
    "camera": "Camera",
    "address": "Address",
    "street": "Drawn street",
}
EMPTY = {
    "upload": "Choose a file. It is used for this page only and is not stored.",
    "camera": "Your browser asks whether this page may use the camera. If it never asks, open the "
    "page through https or on localhost, because browsers allow a camera only there.",
    "address": "Press “Fetch” to load the picture from its address.",
}
CLASSIFIERS = ("imagenet", "vgg_16", "voc", "people")
TRAINED = ("voc", "people", "imagenet", "vgg_16")
STAND_IN = "imagenet"
"""Runs in place of VGG-16 while its weights are missing, since it has the same classes."""

LONG_SIDES = (512, 768, 1024)
WHOLE = 0
"""Stands for a picture's own size."""

OLDER = {
    ("segmentation_view", "skips"): ("segmentation_source", "street"),
    ("segmentation_network", "Built-in FCN"): ("segmentation_source", "street"),
    ("segmentation_network", "VGG-16 (ImageNet)"): ("segmentation_first", "vgg_16"),
}
"""Names and values in older links, and what they are called now."""


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
    stands_in : bool
        Whether `STAND_IN` runs in place of VGG-16.

    """

    picture: Picture
    networks: tuple[str, ...]
    long_side: int
    precision: str
    stands_in: bool = False


def choose_source() -> str:
    """Let the visitor choose where the picture comes from, and return a key of `SOURCES`."""
    for (key, value), (name, option) in OLDER.items():
        if st.query_params.get(key) == value:
            del st.query_params[key]
            st.query_params[name] = option
    return choose_one(
        "Picture from",
        SOURCES,
        "sample",
        "segmentation_source",
        in_address=True,
        label_visibility="collapsed",
    )


def choose_picture(source: str) -> tuple[Picture, bool]:
    """Let the visitor choose a picture from `source`.

    Returns
    -------
    picture : Picture
        Until the visitor's own is there, the first sample, so that the page has its steps.
    own : bool
        Whether it is what the visitor chose.

    """
    if source == "upload":
        picture = pictures.from_upload("segmentation")
    elif source == "camera":
        picture = pictures.from_camera("segmentation")
    elif source == "address":
        picture = pictures.from_address("segmentation")
    else:
        picture = pictures.from_sample("segmentation")
    if picture is not None:
        return picture, True
    example = pictures.sample()
    st.caption(f"{EMPTY[source]} Until your picture is here, the page shows “{example.title}”.")
    return example, False


def place_of(picture: Picture, source: str) -> str:
    """Return where a script finds a picture from `source`: a sample's name, a path or an address.

    The path is that of the visitor's file in the folder of the script.
    """
    if source == "sample":
        return picture.digest.partition(":")[2]
    if source == "address":
        return str(st.session_state["segmentation_address"])
    name = "photograph.jpg" if source == "camera" else st.session_state["segmentation_upload"].name
    return f"./{name}"


def choose_networks() -> tuple[tuple[str, str], DeltaGenerator]:
    """Let the visitor choose the two networks; return their names, and a place for more."""
    left, right, more = st.columns([4, 4, 2], vertical_alignment="bottom")
    with left:
        first = _network("First network", CLASSIFIERS, "segmentation_first")
    with right:
        second = _network("Second network", TRAINED, "segmentation_second")
    return (first, second), more


def choose_details(picture: Picture, networks: tuple[str, str], place: DeltaGenerator) -> Request:
    """Ask at `place` for what only some networks need, and return the request."""
    missing = "vgg_16" in networks and not weights.ready(
        "segmentation", f"Until then you see {NETWORKS[STAND_IN].title} in its place."
    )
    here = [STAND_IN if missing and name == "vgg_16" else name for name in networks]
    with place, st.popover("More controls", key="segmentation_more", width="stretch"):
        long_side = select_one(
            "Long side at most",
            {**{side: f"{side} px" for side in LONG_SIDES}, WHOLE: "As it is"},
            1024,
            "segmentation_long_side",
            width=220,
            help="A larger picture is scaled down first; a smaller one is left as it is. Watch how "
            "the number of a classifier's cells changes. DeepLab and selfie segmentation always "
            "scale the picture to their own size. For a classifier, a picture of 12 megapixels "
            "takes about 15 times as long as one with 1024 px on its longer side.",
        )
        precision = choose_precision() if "vgg_16" in here else "float32"
    return Request(picture, tuple(dict.fromkeys(here)), long_side, precision, missing)


def describe(choice: Choice) -> str:
    """Return a network's title with what it does."""
    kind = "trained to segment" if choice.segments else "classifies every cell"
    return f"{choice.title}: {kind}"


def titled(name: str, request: Request) -> str:
    """Return the title of a network, which says so if it runs in place of another."""
    title = NETWORKS[name].title
    return f"{title}, not VGG-16" if request.stands_in and name == STAND_IN else title


def _network(label: str, names: Sequence[str], key: str) -> str:
    described = {name: describe(NETWORKS[name]) for name in names}
    return select_one(label, described, names[0], key, label_visibility="collapsed")
