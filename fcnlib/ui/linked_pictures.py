"""A photograph, the classes of its cells and its map, with one pointer that moves in all three.

The browser gets both maps and the scores of the cells once. It names the pixel under the pointer
and computes its scores without Python.
"""

import base64
from functools import lru_cache
from typing import Any

import numpy as np
import streamlit as st

from fcnlib.class_map.resizing import possible_winners
from fcnlib.images import digest, encode_jpeg
from fcnlib.networks import deeplab
from fcnlib.plots import theme
from fcnlib.plots.frames import data_url
from fcnlib.segmentation import Segmentation, last_layer
from fcnlib.typing import LabelMap, RGBImage
from fcnlib.ui.components import component
from fcnlib.ui.segmentation.pixel_picker import encode_labels
from fcnlib.ui.story import part

LAYERS = {"bilinear": last_layer.RESIZE, "nearest": last_layer.NEAREST}
"""How the map at the right is made, by the names in the address."""

_component = component("linked_pictures")


@part
def show(data: dict[str, Any], key: str) -> None:
    """Show the pictures. The chosen layer is kept in the page's address, as ``?<key>_layer=``.

    Parameters
    ----------
    data : dict
        From `waiting` or `linked_pictures`.
    key : str
        Prefix of the component's key.

    """
    name = f"{key}_layer"
    asked = st.query_params.get(name, "bilinear")
    asked = asked if asked in LAYERS else "bilinear"
    # A layer that the visitor chose in the browser must not change the data, which would be sent
    # again. A link to this page changes it, and the number tells the browser so.
    chosen, opened, number = st.session_state.setdefault(name, (asked, asked, 0))
    if asked != chosen:
        chosen, opened, number = st.session_state[name] = asked, asked, number + 1
    sent = data | {"layer": [opened, number]}
    layer = _component(key=f"{key}_pictures", data=sent, on_layer_change=lambda: None).layer
    # The browser may send anything, and repeats what it sent before a link was opened.
    if isinstance(layer, list) and len(layer) == 2 and layer[1] == number and layer[0] in LAYERS:
        st.session_state[name] = layer[0], opened, number
        if layer[0] != chosen:
            st.query_params[name] = layer[0]


@lru_cache(maxsize=8)  # pictures of results that all visitors share
def linked_pictures(result: Segmentation) -> dict[str, Any]:
    """Return what the browser needs to draw a result of DeepLab and to explain each pixel.

    Parameters
    ----------
    result : Segmentation
        Of the network `deeplab`.

    Returns
    -------
    data : dict
        Can be stored as JSON. ``picture`` is the network's input and ``maps`` has the class of
        every pixel of it by layer, all as data URLs. ``scores`` has the scores of the cells for
        the ``contenders`` as 16-bit integers, little-endian, in base64; they are multiples of
        ``unit``. ``classes`` lists index, name, color and share of each map.

    """
    maps = label_maps(result)
    contenders = possible_winners(result.coarse_logits, places=2).tolist()
    scores = result.coarse_logits[..., contenders].astype(float)
    unit = max(float(np.abs(scores).max()), 1e-6) / np.iinfo(np.int16).max
    data = waiting(result.picture) | {
        "maps": {
            name: data_url("image/png", encode_labels(labels)) for name, labels in maps.items()
        },
        "cells": list(result.coarse_map.shape),
        "contenders": contenders,
        "unit": unit,
        "scores": base64.b64encode((scores / unit).round().astype("<i2").tobytes()).decode(),
        "classes": [
            [
                *(index, result.class_names[index]),
                "#" + result.colors[index].tobytes().hex(),
                {name: float((labels == index).mean()) for name, labels in maps.items()},
            ]
            for index in contenders
        ],
        "start": _start(maps),
    }
    return data | {"digest": digest(repr(data).encode())}


def label_maps(result: Segmentation) -> dict[str, LabelMap]:
    """Return the class of every pixel of the network's input by the names of `LAYERS`."""
    made = last_layer.resized_label_maps(result.coarse_logits)
    return {name: made[layer] for name, layer in LAYERS.items()}


def waiting(picture: RGBImage) -> dict[str, Any]:
    """Return what the browser needs to show a photograph until the network has answered."""
    fitted = deeplab.GRID.fit(picture)
    height, width = fitted.shape[:2]
    return {
        "digest": "",
        "picture": data_url("image/jpeg", encode_jpeg(fitted)),
        "height": height,
        "width": width,
        "factor": last_layer.FACTOR,
        "colors": {"cell": theme.KERNEL},
    }


def _start(maps: dict[str, LabelMap]) -> list[int]:
    """Return the pixel nearest to the center where the layers differ, or the center.

    A pixel with one nearest cell is preferred: halfway between two, “nearest” is only a rule.
    """
    bilinear, nearest = maps.values()
    center = np.array(bilinear.shape) // 2
    places = np.argwhere(bilinear != nearest)
    if not len(places):
        return center.tolist()
    single = (places % last_layer.FACTOR != last_layer.FACTOR // 2).all(1)
    places = places[single] if single.any() else places
    return places[np.square(places - center).sum(1).argmin()].tolist()
