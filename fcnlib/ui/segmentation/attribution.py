"""How one pixel gets its class: a map to point at, and the sum behind the pixel's score."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from fcnlib.plots.pixels import cells_figure
from fcnlib.segmentation import Segmentation
from fcnlib.segmentation.attribution import PixelAttribution, attribute_pixel
from fcnlib.segmentation.network_geometry import NetworkGeometry
from fcnlib.ui.layout import chart
from fcnlib.ui.segmentation.pixel_picker import pick, picker_data

HOW = (
    "Point at the map, or use the arrow keys. A click, a tap or Enter selects the pixel. Its score "
    "for a class is the weighted sum of the scores of up to four cells around it, and the class "
    "with the highest score wins. The second picture shows the **receptive field**: the part of "
    "the picture that the scores of the pixel's own cell depend on."
)


def show_pixel_attribution(result: Segmentation, geometry: NetworkGeometry, key: str) -> None:
    """Show the map to point at, and below it how the pinned pixel came to its class.

    A pin runs only this again, and sends neither picture a second time.
    """
    deepest, *earlier = geometry.receptive_fields
    layers = f" The scores are computed from the layer **{deepest}**."
    if earlier:
        layers = (
            f" **{deepest}** is the deepest layer that gives scores. Earlier layers, with smaller "
            f"cells, add theirs: **{'** and **'.join(earlier)}**."
        )
    st.caption(HOW + layers)
    _pinned_pixel(result, geometry, picker_data(result, geometry), f"{key}_pixel")


@st.fragment
def _pinned_pixel(
    result: Segmentation, geometry: NetworkGeometry, data: dict[str, Any], key: str
) -> None:
    attribution = attribute_pixel(result, *pick(data, key), geometry)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _sum(attribution, result)
        st.caption(_account(attribution, result))
    with right:
        row, col = (
            (pixel + 0.5) / result.coarse_factor - 0.5
            for pixel in (attribution.row, attribution.col)
        )
        title = f"Cells behind the score of {result.class_names[attribution.classes[0]]}"
        figure = cells_figure(
            attribution.cells, (row, col), result.class_names, result.colors, title
        )
        chart(figure, f"{key}_cells")


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
    if attribution.parts:
        st.caption(
            "The weights in this table are trained. Before training, they were those of bilinear "
            "interpolation."
        )
    best = ", ".join(
        f"{result.class_names[index]} {confidence:.1%}"
        for index, confidence in zip(attribution.classes, attribution.confidences, strict=True)
    )
    softmax = f"**Softmax** turns the scores of all {len(result.class_names)} classes into "
    st.caption(f"{softmax}probabilities. The highest are: {best}.")
    if len(attribution.parts) > 1:
        parts = [
            {"Layer": layer, **dict(zip(classes, _numbers(scores[:2], "+.2f"), strict=True))}
            for layer, scores in attribution.parts.items()
        ]
        st.table(parts, border="horizontal", hide_index=True)
        st.caption("The same score, split into what each layer contributes.")


def _numbers(values: Sequence[float], form: str) -> list[str]:
    return [f"{value:{form}}".replace("-", "−") for value in values]


def _account(attribution: PixelAttribution, result: Segmentation) -> str:
    """Return how much of the receptive field is outside the picture."""
    beyond = {
        layer: field.outside(result.picture.shape) for layer, field in attribution.fields.items()
    }
    shares = [
        f"{share:.0%} of {layer}'s receptive field" for layer, share in beyond.items() if share
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
