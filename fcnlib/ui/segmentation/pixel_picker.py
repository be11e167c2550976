"""The class map that you point at to choose a pixel.

The browser names the class of the pixel under the pointer without Python. It sends Python only a
pinned pixel.
"""

from typing import Any

import numpy as np

from fcnlib.images import digest, encode_jpeg, encode_png, fit_long_side
from fcnlib.plots import theme
from fcnlib.plots.frames import data_url
from fcnlib.segmentation import Segmentation
from fcnlib.segmentation.network_geometry import NetworkGeometry
from fcnlib.typing import LabelMap
from fcnlib.ui.components import component

PICTURE_SIDE, QUALITY = 640, 80
"""Longer side in pixels, and JPEG quality, of the picture that is sent. The map covers it."""

_component = component("pixel_picker")


def pick(data: dict[str, Any], key: str) -> tuple[int, int]:
    """Show the map and return the row and column of the pinned pixel.

    Parameters
    ----------
    data : dict
        From `picker_data`. While it stays the same, Streamlit sends only its hash.
    key : str
        Key of the component.

    """
    pin = _component(key=key, data=data, on_pin_change=lambda: None).pin
    # The browser may send anything, for example a pixel of the previous picture.
    if isinstance(pin, list) and [type(index) for index in pin] == [int, int]:
        row, col = pin
        if 0 <= row < data["height"] and 0 <= col < data["width"]:
            return row, col
    return data["start"][0], data["start"][1]


def picker_data(
    result: Segmentation, geometry: NetworkGeometry, start: tuple[int, int] | None = None
) -> dict[str, Any]:
    """Return what the browser needs to name each pixel and to draw its receptive fields.

    Parameters
    ----------
    result : Segmentation
        The map and its picture. The picture is encoded again, without the metadata of its file.
    geometry : NetworkGeometry
        Receptive fields of the network.
    start : tuple of int, optional
        Row and column of the pixel that is pinned at first; by default, the middle.

    Returns
    -------
    data : dict
        Can be stored as JSON. ``picture`` and ``labels`` are data URLs. ``classes`` lists index,
        name and color of the classes that occur.

    """
    height, width = result.label_map.shape
    shown = fit_long_side(result.picture, PICTURE_SIDE)
    picture = data_url("image/jpeg", encode_jpeg(shown, QUALITY))
    labels = data_url("image/png", encode_labels(result.label_map))
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
        "start": list(start or (height // 2, width // 2)),
        "colors": {"cell": theme.KERNEL, "field": theme.INPUT},
    }


def encode_labels(labels: LabelMap) -> bytes:
    """Return class indices up to 65,535 as a PNG: low byte in red, high byte in green."""
    wide = labels.astype(np.uint16)
    planes = [wide & 255, wide >> 8, np.zeros_like(wide)]
    return encode_png(np.stack(planes, -1).astype(np.uint8))
