"""One network's result on a page: its two maps, its classes, and files to download."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fcnlib.images import colors, encode_png
from fcnlib.networks.imagenet_groups import group_indices, group_names
from fcnlib.networks.shipped import NETWORKS
from fcnlib.plots import class_maps
from fcnlib.plots.theme import Figure
from fcnlib.segmentation import Segmentation
from fcnlib.segmentation.people import blurred_background, cut_out
from fcnlib.typing import ByteArray, LabelMap
from fcnlib.ui.elements import square
from fcnlib.ui.layout import chart_row

HEIGHT = 300
NAMED = 6  # classes in a legend before the rest is counted


def show_maps(result: Segmentation, name: str, columns: Sequence[DeltaGenerator], key: str) -> None:
    """Show the class of every cell next to the class of every pixel; `key` prefixes the keys."""
    title = NETWORKS[name].title
    figures = {"coarse": coarse_figure(result, title), "full": full_figure(result, title)}
    chart_row(key, figures, columns)


@lru_cache(maxsize=16)  # results that all visitors share, so their figures are shared too
def coarse_figure(result: Segmentation, title: str, height: int = HEIGHT) -> Figure:
    """Draw the class of every cell; `title` is the network's."""
    rows, cols = result.coarse_map.shape
    return map_figure(result, result.coarse_map, f"{title}: {rows} × {cols} cells", height)


@lru_cache(maxsize=16)
def full_figure(result: Segmentation, title: str) -> Figure:
    """Draw the class of every pixel; `title` is the network's."""
    height, width = result.label_map.shape
    return map_figure(result, result.label_map, f"{title}: {height} × {width} px", HEIGHT)


def map_figure(result: Segmentation, data: LabelMap, title: str, height: int) -> Figure:
    """Draw a map of a result's classes in its colors; `height` is that of the figure in px."""
    return class_maps.discrete_matshow(
        data, result.class_names, title, colors=result.colors, legend=0, height=height
    )


def legend(result: Segmentation, most: int = NAMED, *, of_cells: bool = False) -> str:
    """Return the `most` largest classes with their color and share, and how many more there are.

    The share is that of the pixels or, `of_cells`, the number of cells.
    """
    seen = [entry for entry in result.classes if entry.share or entry.cells]
    if of_cells:
        seen = sorted((entry for entry in seen if entry.cells), key=lambda entry: -entry.cells)
    named = [
        # A no-break space keeps the square on the line of its name.
        f"{square('#' + result.colors[entry.index].tobytes().hex())}\N{NO-BREAK SPACE}"
        f"{entry.name} " + (f"{entry.cells}" if of_cells else f"{entry.share:.0%}")
        for entry in seen[:most]
    ]
    hidden = len(seen) - most
    more = [f"{hidden} more (see the map)"] if hidden > 0 else []
    return " &nbsp; ".join([*named, *more])


@lru_cache(maxsize=8)
def grouped(result: Segmentation) -> Segmentation:
    """Return the result of an ImageNet classifier with its classes in groups such as “dog”."""
    groups = group_indices()
    names = group_names()
    return replace(
        result,
        class_names=names,
        coarse_map=groups[result.coarse_map],
        label_map=groups[result.label_map],
        palette=colors.palette(len(names)),
    )


def show_classes(result: Segmentation, key: str) -> None:
    """Show every class of the maps by share, with its color and number of cells."""
    rows = [
        {
            "color": _swatch(result, entry.index),
            "class": entry.name,
            "share": 100 * entry.share,
            "cells": entry.cells,
        }
        for entry in result.classes
    ]
    st.dataframe(
        rows,
        hide_index=True,
        key=f"{key}_classes",
        column_config={
            "color": st.column_config.ImageColumn("", width=40),
            "class": "Class",
            "share": st.column_config.ProgressColumn(
                "Share of the picture", format="%.1f %%", min_value=0, max_value=100
            ),
            "cells": st.column_config.NumberColumn("Coarse cells", width=110),
        },
    )


def downloads(result: Segmentation, picture: str, name: str, key: str) -> None:
    """Offer the map, the overlay and the arrays as files, made when the visitor asks for them.

    Their names begin with `picture`, `name` and the picture's size.
    """
    height, width = result.label_map.shape
    stem = f"{picture}_{name}_{width}x{height}"

    def offer(label: str, ending: str, data: Callable[[], bytes], mime: str = "image/png") -> None:
        st.download_button(
            label,
            data,
            stem + ending,
            mime,
            key=f"{key}_save_{label.split(maxsplit=1)[0].lower()}",
            icon=":material/download:",
            on_click="ignore",
        )

    def offer_png(label: str, ending: str, image: Callable[[], ByteArray]) -> None:
        offer(f"{label} (PNG)", f"{ending}.png", lambda: encode_png(image()))

    with st.container(horizontal=True):
        offer_png("Map", "_map", result.painted)
        offer_png("Overlay", "_overlay", lambda: result.overlay(0.6))
        offer("Arrays (NPZ)", ".npz", result.to_npz, "application/octet-stream")
        if name == "people":
            offer_png("Cut-out", "_cut_out", lambda: cut_out(result))
            offer_png("Blurred background", "_blurred", lambda: blurred_background(result))


def _swatch(result: Segmentation, index: int) -> str:
    """Return a square of a class's color as the address of an image."""
    rgb = result.colors[index].tobytes().hex()
    return (
        "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='20' height='20'%3E"
        f"%3Crect width='20' height='20' fill='%23{rgb}'/%3E%3C/svg%3E"
    )
