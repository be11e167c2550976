"""How one pixel gets its class: a map to point at, and the sum behind the pixel's score."""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import streamlit as st

from fcnlib.plots.pixels import cells_figure
from fcnlib.segmentation import Segmentation
from fcnlib.segmentation.attribution import PixelAttribution, attribute_pixel, telling_pixel
from fcnlib.segmentation.network_geometry import (
    NetworkGeometry,
    imagenet_geometry,
    vgg_16_geometry,
)
from fcnlib.ui import scripts
from fcnlib.ui.layout import chart, fold
from fcnlib.ui.segmentation.pixel_picker import pick, picker_data
from fcnlib.ui.story import part

GEOMETRIES = {"imagenet": imagenet_geometry, "vgg_16": vgg_16_geometry}
HOW = (
    "Click or tap the map, or use the arrow keys, to choose a pixel. Each framed cell adds "
    "score × weight to its sum. Rows and columns count from 0."
)


def show_pixel_attribution(
    result: Segmentation,
    geometry: NetworkGeometry,
    key: str,
    start: tuple[int, int] | None = None,
) -> None:
    """Show the map to point at, and next to it how the pinned pixel came to its class.

    A pin runs only this again, and sends neither picture a second time.

    Parameters
    ----------
    result : Segmentation
    geometry : NetworkGeometry
        Geometry of the network that computed `result`.
    key : str
        Prefix of the keys.
    start : tuple of int, optional
        Row and column of the pixel to explain first; by default, the middle of the picture.

    """
    st.markdown(HOW)
    _pinned_pixel(result, geometry, picker_data(result, geometry, start), f"{key}_pixel")


def show_telling_pixel(result: Segmentation, name: str, key: str) -> None:
    """Explain a pixel of a classifier's map: at first one whose cells all have other classes.

    Parameters
    ----------
    result : Segmentation
        With bilinear upsampling.
    name : str
        The network, a key of `GEOMETRIES`.
    key : str
        Prefix of the keys.

    """
    st.markdown(HOW)
    _pinned_pixel(result, GEOMETRIES[name](), _telling(result, name), f"{key}_pixel")


@lru_cache(maxsize=8)  # two pictures each
def _telling(result: Segmentation, name: str) -> dict[str, Any]:
    return picker_data(result, GEOMETRIES[name](), telling_pixel(result))


@part
def _pinned_pixel(
    result: Segmentation, geometry: NetworkGeometry, data: dict[str, Any], key: str
) -> None:
    left, right = st.columns([2, 3], gap="medium")
    with left:
        row, col = pick(data, key)
        scripts.note(PIXEL=(row, col))
        attribution = attribute_pixel(result, row, col, geometry)
    with right:
        st.markdown(in_words(attribution, result.class_names))
        _sum(attribution, result)
        fold("More about this pixel", f"{key}_more", _more, attribution, result, geometry, key)


def in_words(attribution: PixelAttribution, names: Sequence[str]) -> str:
    """Return the cells' best classes, and which class has the highest sum, as Markdown."""
    winner = names[attribution.classes[0]]
    best = [names[cell.label] for cell in attribution.cells]
    cells = ", ".join(
        f"{name} ({count})" if count > 1 else name for name, count in Counter(best).most_common()
    )
    none = "" if winner in best else ", although no cell has it as its best class"
    second = names[attribution.classes[1]]
    return (
        f"The cells' best classes: {cells}. **The pixel is {winner}**{none}. Second best at this "
        f"pixel is {second}."
    )


def _sum(attribution: PixelAttribution, result: Segmentation) -> None:
    """Show score × weight = product for each cell, for the winner and the runner-up."""
    classes = [result.class_names[index] for index in attribution.classes[:2]]
    rows = []
    for cell in attribution.cells:
        row = {"Cell": f"row {cell.row}, column {cell.col}"}
        for name, score, weight in zip(classes, cell.scores, cell.weights, strict=False):
            numbers = _numbers([score, weight, score * weight], ".3f")
            row[name] = "{} × {} = **{}**".format(*numbers)
        rows.append(row)
    totals = _numbers(attribution.scores[:2], ".3f")
    rows.append(
        {"Cell": "**Sum: the pixel's score**"}
        | {name: f"**{total}**" for name, total in zip(classes, totals, strict=True)}
    )
    st.table(rows, border="horizontal", hide_index=True)


def _more(
    attribution: PixelAttribution, result: Segmentation, geometry: NetworkGeometry, key: str
) -> None:
    """Show probabilities, what each layer adds, what the cell sees, and the cells' classes."""
    best = ", ".join(
        f"{result.class_names[index]} {confidence:.1%}"
        for index, confidence in zip(attribution.classes, attribution.confidences, strict=True)
    )
    softmax = f"**Softmax** turns the scores of all {len(result.class_names)} classes into "
    st.caption(f"{softmax}probabilities. The highest are: {best}.")
    if attribution.parts:
        st.caption(
            "The weights in the table are trained. Before training, they were those of bilinear "
            "interpolation."
        )
    if len(attribution.parts) > 1:
        classes = [result.class_names[index] for index in attribution.classes[:2]]
        parts = [
            {"Layer": layer, **dict(zip(classes, _numbers(scores[:2], "+.2f"), strict=True))}
            for layer, scores in attribution.parts.items()
        ]
        st.table(parts, border="horizontal", hide_index=True)
        st.caption("The same score, split into what each layer contributes.")
    deepest, *earlier = geometry.receptive_fields
    layers = f"The scores are computed from the layer that the network's code calls `{deepest}`."
    if earlier:
        layers = (
            f"`{deepest}` is the deepest layer that gives scores. Earlier layers, with smaller "
            f"cells, add theirs: `{'` and `'.join(earlier)}`."
        )
    st.caption(
        f"{layers} The **receptive field** is the part of the picture that the scores of the "
        f"pixel's own cell depend on. {_account(attribution, result)}"
    )
    row, col = (
        (pixel + 0.5) / result.coarse_factor - 0.5 for pixel in (attribution.row, attribution.col)
    )
    title = f"Cells behind the score of {result.class_names[attribution.classes[0]]}"
    figure = cells_figure(attribution.cells, (row, col), result.class_names, result.colors, title)
    chart(figure, f"{key}_cells")


def _numbers(values: Sequence[float], form: str) -> list[str]:
    return [f"{value:{form}}".replace("-", "−") for value in values]


def _account(attribution: PixelAttribution, result: Segmentation) -> str:
    """Return how much of the receptive field is outside the picture."""
    beyond = {
        layer: field.outside(result.picture.shape) for layer, field in attribution.fields.items()
    }
    shares = [
        f"{share:.0%} of the receptive field of `{layer}`"
        for layer, share in beyond.items()
        if share
    ]
    sentences = []
    if shares:
        sentences.append(f"Outside the picture (tinted): {', '.join(shares)}.")
        sides = zip(("at the bottom", "on the right"), result.padding, strict=True)
        if extended := " and ".join(side for side, added in sides if added):
            sentences.append(f"The picture is first extended {extended} by repeating its edge.")
        place = "Beyond that" if extended else "There"
        sentences.append(f"{place}, the convolutions use zeros.")
    else:
        sentences.append("The receptive field lies within the picture.")
    return " ".join(sentences)
