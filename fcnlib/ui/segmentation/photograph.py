"""One photograph, segmented by a classifier for every cell and by a network trained to segment."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fcnlib.networks.shipped import NETWORKS
from fcnlib.plots import class_maps
from fcnlib.plots.theme import Figure
from fcnlib.segmentation import Segmentation
from fcnlib.segmentation.agreement import agreement
from fcnlib.ui.layout import chart, choose_one
from fcnlib.ui.pictures import Picture
from fcnlib.ui.segmentation.maps import HEIGHT, grouped, legend, show_maps
from fcnlib.ui.segmentation.run import describe

IMAGENET = 1000  # classes, too many to name in a legend


def show_picture(picture: Picture) -> None:
    """Show the photograph itself, which needs no network."""
    height, width = picture.image.shape[:2]
    figure = class_maps.photograph_figure(
        picture.image, f"{picture.title}, {height} × {width} px", height=HEIGHT
    )
    chart(figure, "segmentation_picture")


def introduce(number: int, name: str) -> None:
    """Say what kind of network this is and what to watch for."""
    choice = NETWORKS[name]
    if name == "people":
        st.markdown(
            f"**{number}. Trained to segment.** {choice.title} learned from pictures in which "
            "people had been outlined. Everything else is background. Watch the outlines."
        )
    elif choice.segments:
        st.markdown(
            f"**{number}. Trained to segment.** {choice.title} learned from pictures in which "
            f"the objects had been outlined ({choice.trained_on}). Watch the outlines. Some things "
            "do not belong to any of its classes: watch which class they get."
        )
    else:
        st.markdown(
            f"**{number}. A classifier for every cell.** {choice.title} was trained to give one "
            f"class to a whole picture ({choice.trained_on}). Here its last layer is applied to "
            "every cell, so each cell gets a class of its own. Watch where neighboring cells "
            "disagree."
        )


def show_network(
    result: Segmentation, name: str, columns: Sequence[DeltaGenerator], key: str
) -> None:
    """Show the class of every cell and of every pixel in two columns, and the legend below."""
    shown = result
    if len(result.class_names) == IMAGENET:
        names = choose_one(
            "Names",
            ["Classes", "Groups"],
            "Classes",
            f"{key}_names",
            help="Groups join the 1000 classes of ImageNet by their meaning in WordNet, a "
            "dictionary: 118 kinds of dog become “dog”.",
        )
        shown = grouped(result) if names == "Groups" else result
    show_maps(shown, name, columns, key)
    st.markdown(legend(shown))
    st.caption(describe(result))


def show_overlay(result: Segmentation) -> None:
    """Show the map over the photograph."""
    chart(_overlay(result), "segmentation_overlay")


@lru_cache(maxsize=16)
def _overlay(result: Segmentation) -> Figure:
    return class_maps.photograph_figure(
        result.overlay(0.6), "The map over the picture", height=HEIGHT
    )


def conclude(results: Mapping[str, Segmentation]) -> None:
    """Say what the two results have in common and what sets them apart."""
    kinds = {NETWORKS[name].segments for name in results}
    if kinds == {True, False}:
        st.markdown(
            "**So: a classifier's map is not a good segmentation.** Compare the outlines of the "
            "two rows. The classifier says what each cell looks like, and it never saw an outline "
            "while it was trained. The other network was trained with outlines."
        )
    if len(results) < 2:
        return
    first, second = results.values()
    measured = agreement(first, second)
    st.caption(
        f"{measured.same:.0%} of the pixels have the same class in both maps, and "
        f"{measured.different:.0%} have different classes. The other {measured.unmatched:.0%} "
        "cannot be compared, because one network gives a class that the other does not have. "
        "“Egyptian cat” counts as “cat” if the other network has only “cat”."
    )
