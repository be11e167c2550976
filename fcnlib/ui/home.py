"""Parts of the home page: a photograph through DeepLab, a street, the story, and this machine."""

import os
from importlib import metadata

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fcnlib.ui.page import PAGES, STORY, link, seen
from fcnlib import checkpoints, engine, scenes
from fcnlib.networks import deeplab
from fcnlib.plots import class_maps
from fcnlib.segmentation import Segmentation, last_layer
from fcnlib.segmentation.comparison import Comparison
from fcnlib.typing import BoolArray
from fcnlib.ui import linked_pictures, pictures, scripts, story
from fcnlib.ui.elements import class_legend
from fcnlib.ui.layout import chart, chart_row, choose_one, drawn, try_again
from fcnlib.ui.segmentation.run import HOME_NETWORKS, run, sample_request

PACKAGES = ("streamlit", "tensorflow", "tf-slim", "scikit-image", "numpy", "plotly")
SEED = scenes.TEST_SEEDS[10]
CELLS = (32, 16, 8)
HEIGHT = 300
PHOTOS = {"cat": "cat", "person": "astronaut", "motorbike": "motorcycle"}
"""Samples by what they show. The network knows none of the things on the others."""
SHARES = {"few": "less than 3%", "some": "3 to 15%", "many": "more than 15%"}
MOST = {"few": 0.03, "some": 0.15, "many": 1.0}
LEFT = {"90": "about 9", "60": "about 6", "30": "about 3"}


def choose_photograph() -> str:
    """Let the visitor choose a sample; return its name."""
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="left"):
        name = choose_one(
            "Photo",
            list(PHOTOS),
            next(iter(PHOTOS)),
            "home_photo",
            in_address=True,
            control=st.pills,
            wrap=True,
        )
        link("pages/segmentation.py", "Use your own")
    scripts.note(PHOTO=PHOTOS[name])
    return PHOTOS[name]


def show_answer(photo: str, place: DeltaGenerator) -> None:
    """Show the photograph, the classes of its cells and its map, and ask what the layer changes.

    Call it last: the rest of the page is shown while the network is still loading. The
    Segmentation page uses the same result, and runs a second network.
    """
    request = sample_request(photo, HOME_NETWORKS)
    with place:
        above, below = st.container(), st.container()
        with below:
            results = run(request)
        with above:
            if results is None:
                linked_pictures.show(linked_pictures.waiting(request.picture.image), "home")
                return
            result = results["voc"]
            linked_pictures.show(linked_pictures.linked_pictures(result), "home")
        with below:
            if photo == "astronaut" and deeplab.CLASSES.index("bottle") in result.coarse_map:
                st.caption("The network is wrong here: there is no bottle.")
            if _predict_nearest(result, photo):
                st.markdown("Watch the outlines above with the layer **nearest**.")


def _predict_nearest(result: Segmentation, photo: str) -> bool:
    return story.predict(
        "home_nearest",
        "If the layer is replaced by **nearest**, so that each pixel copies its closest cell, how "
        "many pixels change their class?",
        SHARES,
        lambda: _changed_pixels(result),
        about=photo,
    )


def _changed_pixels(result: Segmentation) -> tuple[str, str]:
    """Return the choice that fits the share of pixels that change, and why."""
    bilinear, nearest = linked_pictures.label_maps(result).values()
    changed = bilinear != nearest
    share = float(changed.mean())
    right = next(name for name, most in MOST.items() if share <= most)
    mixed = last_layer.between_classes(result.coarse_map)
    inside = int((changed & ~mixed).sum())
    why = (
        f"{changed.sum():,} of {changed.size:,} pixels change, which is {share:.1%}. "
        f"{f'All but {inside:,}' if inside else 'All'} of them lie between cells of different "
        f"classes. Only {mixed.mean():.0%} of the picture lies there, so most of it looks the "
        "same either way. The layer decides where the outlines are."
    )
    return right, why


def show_cell_sizes() -> None:
    """Ask how much smaller cells help on a drawn street, and show the maps of three heads."""
    picture, question = st.columns([1, 2], gap="medium", vertical_alignment="center")
    street, revealed = pictures.street(SEED), False
    with picture:
        title = f"A drawn street, {street.picture.shape[0]} × {street.picture.shape[1]} px"
        chart(
            drawn(class_maps.photograph_figure, street.picture, title, height=HEIGHT), "home_street"
        )
    with question:
        st.markdown(
            "A small network that was trained on drawn streets comes in three versions. One "
            "answers for cells of 32 × 32 px. The others also use earlier layers, whose cells are "
            "smaller (see The network): 16 × 16 px and 8 × 8 px. The true class of every pixel of "
            "this street is known, so wrong pixels can be counted."
        )
        with try_again("home_street"):
            revealed = story.predict(
                "home_cells",
                "For every 10 pixels that are wrong with cells of 32 px, how many are wrong with "
                "cells of 8 px?",
                LEFT,
                _errors_left,
            )
    if revealed:
        _show_head(_street())


@st.cache_resource(max_entries=1, show_spinner="Three networks color the street")
def _street() -> Comparison:
    compared: Comparison = engine.run("street", SEED)
    return compared


def _errors_left() -> tuple[str, str]:
    """Return the choice nearest to the share of errors that the smallest cells leave, and why."""
    compared = _street()
    wrong = {name: int(_wrong(compared, name).sum()) for name in CELLS}
    left = wrong[8] / wrong[32]
    right = min(LEFT, key=lambda name: abs(int(name) / 100 - left))
    why = (
        f"With cells of 32 px, {wrong[32]:,} pixels are wrong. With 16 px, {wrong[16]:,} are, and "
        f"with 8 px {wrong[8]:,}: {10 * left:.1f} for every 10 with 32 px."
    )
    return right, why


def _wrong(compared: Comparison, name: int) -> BoolArray:
    return compared.results[f"fcn_{name}s"].label_map != compared.truth


def _show_head(compared: Comparison) -> None:
    """Show the cells, the map and the wrong pixels of the head that the visitor chooses."""
    name = choose_one("Side of a cell in px", CELLS, 32, "home_cell_size", in_address=True)
    st.markdown(class_legend(scenes.CLASSES, scenes.PALETTE))
    result, wrong = compared.results[f"fcn_{name}s"], _wrong(compared, name)
    rows, cols = result.coarse_map.shape
    chart_row(
        "home_street",
        {
            "cells": drawn(
                class_maps.scene_figure,
                result.coarse_map,
                f"Its answer: {rows} × {cols} cells",
                height=HEIGHT,
            ),
            "map": drawn(class_maps.scene_figure, result.label_map, "Its map", height=HEIGHT),
            "wrong": drawn(
                class_maps.mask_figure,
                wrong,
                f"Wrong: {wrong.mean():.1%} of the pixels",
                height=HEIGHT,
            ),
        },
    )


def show_story() -> None:
    """Link to the pages that tell the story, in order, and to those to look things up."""
    told = [path for path in STORY if path != "app.py"]
    looked_up = [path for path in PAGES if path not in STORY]
    columns = [column for _ in range(0, len(told) + 1, 3) for column in st.columns(3)]
    for number, (column, path) in enumerate(zip(columns, told, strict=False), 1):
        page = PAGES[path]
        opened = " · :green[:material/check: opened]" if path in seen() else ""
        with column.container(border=True, height="stretch"):
            link(path, f"**{number}. {page.title}**")
            st.markdown(page.question)
            st.caption(f"{page.minutes} minutes{opened}")
    with columns[len(told)].container(border=True, height="stretch"):
        for path in looked_up:
            link(path, f"**{PAGES[path].title}**")
            st.markdown(PAGES[path].question)


def show_predictions() -> None:
    """Show how many predictions of this visit were right, with links to their pages."""
    made = story.predictions().values()
    if not made:
        return
    st.markdown(f"**{story.score() or 'None of these answers counts as a prediction.'}**")
    marks = {True: ":green[:material/check:]", False: ":red[:material/close:]", None: ""}
    for given in made:
        link(given.page, f"{marks[given.right]} {given.question[:1].upper()}{given.question[1:]}")


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
