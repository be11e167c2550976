"""The picture that a visitor paints classes on.

The browser paints without Python. After each stroke it sends the labels, run-length coded.
"""

from typing import Any

import numpy as np
import streamlit as st

from fcnlib.datasets.pairs import VOID
from fcnlib.images import digest
from fcnlib.plots.frames import data_url
from fcnlib.typing import ByteArray
from fcnlib.ui.components import component
from fcnlib.ui.segmentation.pixel_picker import encode_labels
from fcnlib.ui.training.own.collection import Collection

_component = component("painter")
_BEGUN = "training_own_begun"
"""Key in the session state: what the browser has got, which must not follow each stroke."""


def paint(source: str, collection: Collection, number: int, classes: tuple[str, ...]) -> None:
    """Show picture `number` of a collection, and keep what the visitor paints on it."""
    shown = collection.pictures[number]
    about = source, number, digest(shown.picture)
    begun, sent = st.session_state.get(_BEGUN, (None, {}))
    if begun != about:
        sent = painter_data(shown.picture, shown.labels)
        st.session_state[_BEGUN] = about, sent
    colors = collection.colors_of(classes)
    data = sent | {"classes": [list(pair) for pair in zip(classes, colors, strict=True)]}
    key = f"training_own_paint_{source}_{number}"
    painted = _component(key=key, data=data, on_labels_change=lambda: None).labels
    if painted:
        labels = read_runs(painted, data)
        if labels is not None:
            shown.labels = labels


def painter_data(picture: bytes, labels: ByteArray) -> dict[str, Any]:
    """Return what the browser needs of a picture (JPEG) and its labels (H, W)."""
    height, width = labels.shape
    labeled = (labels != VOID).any()
    urls = [
        data_url("image/jpeg", picture),
        data_url("image/png", encode_labels(labels)) if labeled else "",
    ]
    return {
        "digest": digest("".join(urls).encode()),
        "picture": urls[0],
        "labels": urls[1],
        "height": height,
        "width": width,
    }


def read_runs(painted: Any, data: dict[str, Any]) -> ByteArray | None:
    """Return the labels (H, W) that the browser sent, or None if they are not of this picture.

    Parameters
    ----------
    painted : dict
        From the browser, which may send anything: ``digest``, and ``runs`` as label, count, label,
        count, ..., row by row.
    data : dict
        From `painter_data`.

    """
    pixels = data["height"] * data["width"]
    if not isinstance(painted, dict) or painted.get("digest") != data["digest"]:
        return None
    runs = painted.get("runs")
    if not isinstance(runs, list) or len(runs) % 2 or len(runs) > 2 * pixels:
        return None
    if not all(type(value) is int and 0 <= value <= max(pixels, VOID) for value in runs):
        return None
    labels, counts = runs[::2], runs[1::2]
    if sum(counts) != pixels or max(labels) > VOID:
        return None
    return np.repeat(np.array(labels, np.uint8), counts).reshape(data["height"], data["width"])
