"""A map to point at: the browser names the pixel, and Python hears of it once it is pinned."""

import base64
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from fcnlib.images import digest, encode_jpeg, encode_png, fit_long_side
from fcnlib.plots import theme
from fcnlib.segmentation import Segmentation
from fcnlib.segmentation.network_geometry import NetworkGeometry
from fcnlib.typing import LabelMap

FOLDER = Path(__file__).parents[1] / "components" / "pixel_picker"
PICTURE_SIDE = 1536
"""Pixels of the picture's longer side, which the browser draws as large as the map."""
SCRIPTS = ("view", "drawing")
"""Read one after the other: together they are the component's module."""

_component = st.components.v2.component(
    "fcnlib_pixel_picker",
    html=(FOLDER / "view.html").read_text("utf-8"),
    css=(FOLDER / "view.css").read_text("utf-8"),
    js="\n".join((FOLDER / f"{name}.js").read_text("utf-8") for name in SCRIPTS),
)


def pick(data: dict[str, Any], key: str) -> tuple[int, int]:
    """Show the map and return the row and column of the pinned pixel.

    Parameters
    ----------
    data : dict
        As `picker_data` gives it. As long as it stays the same, Streamlit sends the browser
        no more than its name.
    key : str
        Of the component.

    """
    pin = _component(key=key, data=data, on_pin_change=lambda: None).pin
    # It comes from the browser, and may belong to the picture before this one.
    if isinstance(pin, list) and [type(place) for place in pin] == [int, int]:
        row, col = pin
        if 0 <= row < data["height"] and 0 <= col < data["width"]:
            return row, col
    return data["start"][0], data["start"][1]


def picker_data(result: Segmentation, geometry: NetworkGeometry) -> dict[str, Any]:
    """Return what the browser needs to name every pixel and to draw what is seen from it.

    Parameters
    ----------
    result : Segmentation
        The map and its picture, which is encoded anew: nothing of its file goes along.
    geometry : NetworkGeometry
        Of the network.

    Returns
    -------
    data : dict
        For JSON. Both pictures are addresses that hold the data; ``classes`` names the
        classes that occur, each with its color.

    """
    height, width = result.label_map.shape
    picture = _address("image/jpeg", encode_jpeg(fit_long_side(result.picture, PICTURE_SIDE)))
    labels = _address("image/png", encode_labels(result.label_map))
    return {
        "digest": digest((picture + labels).encode()),
        "picture": picture,
        "labels": labels,
        "height": height,
        "width": width,
        "classes": [
            [index, result.class_names[index], "#" + result.colors[index].tobytes().hex()]
            for index in np.unique(result.label_map).tolist()
        ],
        "factor": result.coarse_factor,
        "cells": list(result.coarse_map.shape),
        "receptive_fields": [[name, *field] for name, field in geometry.receptive_fields.items()],
        "start": [height // 2, width // 2],
        "colors": {"cell": theme.KERNEL, "field": theme.INPUT},
    }


def encode_labels(labels: LabelMap) -> bytes:
    """Return class indices up to 65,535 as a PNG: low byte in red, high byte in green."""
    wide = labels.astype(np.uint16)
    planes = [wide & 255, wide >> 8, np.zeros_like(wide)]
    return encode_png(np.stack(planes, -1).astype(np.uint8))


def _address(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
