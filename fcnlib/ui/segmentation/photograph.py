"""The steps of a photograph: a classifier for every cell, and a network trained to segment."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fcnlib.networks.shipped import NETWORKS
from fcnlib.plots import class_maps
from fcnlib.plots.agreement import agreement_figure
from fcnlib.plots.theme import DIFFERENCE, OUTPUT, Figure
from fcnlib.segmentation import Segmentation
from fcnlib.segmentation.agreement import DIFFERENT, SAME, agreement_map
from fcnlib.typing import ByteArray
from fcnlib.ui import scripts
from fcnlib.ui.elements import square
from fcnlib.ui.layout import chart, choose_one, drawn
from fcnlib.ui.pictures import Picture
from fcnlib.ui.segmentation import maps
from fcnlib.ui.segmentation.choices import (
    Request,
    choose_details,
    choose_networks,
    choose_picture,
    place_of,
    titled,
)
from fcnlib.ui.segmentation.maps import HEIGHT
from fcnlib.ui.segmentation.run import run, start
from fcnlib.ui.story import predict, so

CELLS_HEIGHT = 225  # px
IMAGENET = 1000  # classes, too many to name in a legend
NAMES = {"classes": "Classes", "groups": "Groups"}
_ABOUT = {
    "imagenet": " of things and animals; the network is made for phones",
    "vgg_16": " of things and animals",
    "voc": ", of which 20 are kinds of objects",
}
"""What follows the collection of pictures that a network was trained on."""
PARTS = {
    "less": "Under 20%",
    "middle": "20% to 50%",
    "more": "Over 50%",
}

Results = dict[str, Segmentation]
Columns = Sequence[DeltaGenerator]


def open_photograph(source: str) -> tuple[Request, Columns]:
    """Let the visitor choose a photograph from `source`, show it, and start the networks.

    Returns
    -------
    request : Request
    columns : sequence of DeltaGenerator
        The places of the photograph and of two maps.

    """
    picture, own = choose_picture(source)
    networks, more = choose_networks()
    request = choose_details(picture, networks, more)
    scripts.note(
        PICTURE=place_of(picture, source if own else "sample"),
        STRETCH=picture.stretched,
        NETWORKS=request.networks,
        LONG_SIDE=request.long_side,
        PRECISION=request.precision,
    )
    start(request)
    columns = st.columns(3)
    with columns[0]:
        _show_picture(picture, "" if own else "Example: ")
    return request, list(columns)


def show_maps(request: Request, columns: Columns) -> Results | None:
    """Show the map of each network next to the photograph.

    Returns
    -------
    results : dict of str to Segmentation, or None
        By the network's name. Until they are there, the page shows the progress or the error.

    """
    results = run(request)
    for number, (name, result) in enumerate((results or {}).items(), 1):
        with columns[number]:
            figure = maps.full_figure(result, titled(name, request))
            chart(figure, f"segmentation_{number}_full")
            st.markdown(maps.legend(result, 3))
    return results


def heading(name: str) -> str:
    """Return the heading of the step that shows this network."""
    if NETWORKS[name].segments:
        return "A network that was trained to segment"
    return "A classifier names every cell"


def show_cells(name: str, result: Segmentation, request: Request) -> None:
    """Show the class of every cell of the first network."""
    left, middle, right = st.columns([4, 3, 3], gap="medium")
    with left:
        introduce(name)
    with right:
        shown = _in_groups(result) if len(result.class_names) == IMAGENET else result
        st.markdown(f"Cells of each class: {maps.legend(shown, of_cells=True)}")
    with middle:
        figure = maps.coarse_figure(shown, titled(name, request), CELLS_HEIGHT)
        chart(figure, "segmentation_1_coarse")
    classes = len({entry.index for entry in result.classes if entry.cells})
    between = sum(entry.share > 0 and not entry.cells for entry in result.classes)
    more = f" {between} more win only at pixels between cells, as step 3 shows." if between else ""
    so(
        f"{titled(name, request)} answers once per cell. It gives {classes} "
        f"{'different classes' if classes > 1 else 'class'} to {result.coarse_map.size:,} cells."
        f"{more}"
    )


def show_second(results: Results, request: Request) -> None:
    """Show the second network, and let the visitor predict how much both agree."""
    (first, one), *second = results.items()
    if not second:
        st.markdown(
            f"Both choices show the same answer, that of {titled(first, request)}. Choose another "
            "network above to compare."
        )
        return
    ((name, result),) = second
    left, right = st.columns([7, 3], gap="medium")
    with left:
        introduce(name)
        if result.upsampling == "aligned corners" and result.input_size:
            height, width = result.input_size
            apart = (height - 1) // (result.coarse_map.shape[0] - 1)
            st.markdown(
                f"It first scales the picture to {height} × {width} px. There, the centers of its "
                f"cells are {apart} px apart."
            )
    with right:
        figure = maps.coarse_figure(result, titled(name, request), CELLS_HEIGHT)
        chart(figure, "segmentation_2_coarse")
    with left:
        shown = predict(
            "segmentation_agree",
            "If a special class counts as the general one (“Egyptian cat” as “cat”, “minivan” as "
            "“car”), how much of the picture gets the same class from both?",
            PARTS,
            lambda: _agreed(_compared(one, result)),
            about=(first, name, request.picture.digest),
        )
    if shown:
        left, middle, right = st.columns(3, gap="medium")
        with left:
            chart(_agreement(one, result), "segmentation_agreement")
        with middle:
            chart(_overlay(one, titled(first, request)), "segmentation_overlay_first")
        with right:
            chart(_overlay(result, titled(name, request)), "segmentation_overlay")
        same, different = square(OUTPUT), square(DIFFERENCE)
        st.markdown(
            f"{same} the same class &nbsp; {different} different classes. The rest cannot be "
            "compared, because one network gives a class that the other does not have. Compare the "
            "outlines of both maps with those of the object."
        )
    _conclude(results)


def introduce(name: str) -> None:
    """Say what kind of network this is and what to watch for."""
    choice = NETWORKS[name]
    if name == "people":
        st.markdown(
            f"{choice.title} learned from pictures in which people had been outlined. Everything "
            "else is background. Watch the outlines."
        )
    elif choice.segments:
        st.markdown(
            f"{choice.title} learned from pictures in which objects had been outlined "
            f"({choice.trained_on}{_ABOUT.get(name, '')}). It also answers once per cell, and "
            "bilinear interpolation upsamples its scores too. Watch the outlines."
        )
    else:
        st.markdown(
            f"{choice.title} is a **classifier**: it was trained to give one class to a whole "
            f"picture ({choice.trained_on}{_ABOUT.get(name, '')}). Here its last layer answers for "
            "every cell of 32 × 32 px. The last cells reach beyond the picture, whose edge is "
            "repeated there. Watch where neighbors disagree."
        )


def _show_picture(picture: Picture, kind: str) -> None:
    """Show the photograph itself, which needs no network; `kind` begins its title."""
    height, width = picture.image.shape[:2]
    title = f"{kind}{picture.title}, {height} × {width} px"
    figure = drawn(class_maps.photograph_figure, picture.image, title, height=HEIGHT)
    chart(figure, "segmentation_picture")


def _in_groups(result: Segmentation) -> Segmentation:
    """Let the visitor join the classes of ImageNet to groups; return the result to show."""
    names = choose_one(
        "Names",
        NAMES,
        "classes",
        "segmentation_1_names",
        in_address=True,
        help="Groups join the 1000 classes of ImageNet by their meaning in WordNet, a "
        "dictionary: 118 kinds of dog become “dog”. Watch how many neighbors agree then.",
    )
    return maps.grouped(result) if names == "groups" else result


@lru_cache(maxsize=16)
def _overlay(result: Segmentation, title: str) -> Figure:
    title = f"{title} over the picture"
    return class_maps.photograph_figure(result.overlay(0.6), title, height=HEIGHT)


@lru_cache(maxsize=16)
def _agreement(first: Segmentation, second: Segmentation) -> Figure:
    compared = _compared(first, second)
    return agreement_figure(first.picture, compared, "Where both agree", height=HEIGHT)


@lru_cache(maxsize=16)
def _compared(first: Segmentation, second: Segmentation) -> ByteArray:
    return agreement_map(first, second)


def _agreed(compared: ByteArray) -> tuple[str, str]:
    """Return which of `PARTS` is right, and why."""
    same, different = (float((compared == value).mean()) for value in (SAME, DIFFERENT))
    right = "less" if same < 0.2 else "middle" if same <= 0.5 else "more"
    rest = 1 - same - different
    return right, (
        f"{same:.0%} of the pixels have the same class in both maps, {different:.0%} have "
        f"different classes. For {rest:.0%}, one network gives a class that the other does not "
        "have, such as background, so at most one of them can be right."
    )


def _conclude(results: Mapping[str, Segmentation]) -> None:
    """Say what sets the two results apart."""
    if {NETWORKS[name].segments for name in results} == {True, False}:
        so(
            "a classifier's map is not a segmentation. It has no class for background, so it must "
            "name something in every cell, and no outline was part of its training."
        )
    else:
        so("the picture and the upsampling are the same. The maps differ because the networks do.")
