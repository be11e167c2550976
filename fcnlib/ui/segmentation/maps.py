"""One segmentation on a page: its maps, its classes, how it was done, and files to take away."""

import streamlit as st

from fcnlib.images import encode_png
from fcnlib.plots import class_maps
from fcnlib.segmentation import Segmentation
from fcnlib.segmentation.network_geometry import vgg_16_geometry
from fcnlib.ui.layout import chart
from fcnlib.ui.segmentation.attribution import HOW, show_pixel_attribution
from fcnlib.ui.segmentation.step_order import show_step_order

HEIGHT = 400


def show_maps(result: Segmentation, key: str) -> None:
    """Show a picture's maps, its classes and how it was done; `key` prefixes the widgets."""
    _figures(result, key)
    _facts(result)
    st.subheader("One pixel's biography")
    st.caption(HOW)
    show_pixel_attribution(result, vgg_16_geometry(), key)
    show_step_order(result, key)
    classes(result, key)
    downloads(result, key)


def classes(result: Segmentation, key: str) -> None:
    """Show the classes of a picture by share, each with its color."""
    rows = [
        {
            "color": swatch(result, entry.index),
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


def downloads(result: Segmentation, key: str) -> None:
    """Offer the map, the overlay and the arrays as files, made when asked for."""
    files = {
        "Map (PNG)": ("map.png", "image/png", lambda: encode_png(result.painted())),
        "Overlay (PNG)": ("overlay.png", "image/png", lambda: encode_png(result.overlay(0.6))),
        "Arrays (NPZ)": ("segmentation.npz", "application/octet-stream", result.to_npz),
    }
    with st.container(horizontal=True):
        for label, (name, mime, data) in files.items():
            st.download_button(
                label,
                data,
                name,
                mime,
                key=f"{key}_save_{name.partition('.')[0]}",
                icon=":material/download:",
                on_click="ignore",
            )


def swatch(result: Segmentation, index: int) -> str:
    """Return a square of a class's color as the address of a picture."""
    rgb = "".join(f"{value:02x}" for value in result.colors[index])
    return (
        "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='20' height='20'%3E"
        f"%3Crect width='20' height='20' fill='%23{rgb}'/%3E%3C/svg%3E"
    )


def _figures(result: Segmentation, key: str) -> None:
    names, colors = result.class_names, result.colors
    rows, cols = result.coarse_map.shape
    height, width = result.label_map.shape
    figures = {
        "input": class_maps.photograph_figure(
            result.picture, f"Input, {height} × {width} px", height=HEIGHT
        ),
        "coarse": class_maps.discrete_matshow(
            result.coarse_map,
            names,
            f"Coarse map, {rows} × {cols} cells",
            colors=colors,
            legend=0,
            height=HEIGHT,
        ),
        "full": class_maps.discrete_matshow(
            result.label_map,
            names,
            f"Scores × {result.coarse_factor}, then the best class",
            colors=colors,
            legend=0,
            height=HEIGHT,
        ),
    }
    for column, (name, figure) in zip(st.columns(3), figures.items(), strict=True):
        with column:
            chart(figure, f"{key}_{name}")


def _facts(result: Segmentation) -> None:
    bottom, right = result.padding
    padded = f"{bottom} rows and {right} columns" if bottom or right else "nothing"
    times = ", ".join(f"{stage} {seconds:.2f} s" for stage, seconds in result.seconds.items())
    first, second, third = st.columns(3)
    first.metric("Classes in the coarse map", sum(c.cells > 0 for c in result.classes))
    second.metric("Classes at full size", sum(c.share > 0 for c in result.classes))
    third.metric("Computed in", f"{sum(result.seconds.values()):.1f} s")
    st.caption(
        f"{result.network}. To reach multiples of 32, {padded} were added by repeating the edge "
        f"and cut off again. Times here: {times}."
    )
