"""The biography of a pixel on a page: a map to point at, and how the pinned pixel came about."""

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
    "Point at the map, or walk over it with the arrow keys; a click, a tap or Enter pins the pixel."
)


def show_pixel_attribution(result: Segmentation, geometry: NetworkGeometry, key: str) -> None:
    """Show the map to point at, and below it how the pinned pixel came to its class.

    A pin runs only this again, and sends neither picture a second time.
    """
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
        title = f"What made the score of {result.class_names[attribution.classes[0]]}"
        figure = cells_figure(
            attribution.cells, (row, col), result.class_names, result.colors, title
        )
        chart(figure, f"{key}_cells")


def _sum(attribution: PixelAttribution, result: Segmentation) -> None:
    """Show the best classes side by side, what each layer adds to them written as a sum."""
    heads = [
        f":color[■]{{foreground=#{result.colors[index].tobytes().hex()}}} "
        f"{result.class_names[index]}"
        for index in attribution.classes
    ]
    added = attribution.parts if len(attribution.parts) > 1 else {}
    lines = {layer: _numbers(scores, "+.2f") for layer, scores in added.items()}
    lines["**Score**"] = [f"**{text}**" for text in _numbers(attribution.scores, ".2f")]
    lines["Confidence"] = _numbers(attribution.confidences, ".1%")
    rows = [
        {
            f"Row {attribution.row}, column {attribution.col}": name,
            **dict(zip(heads, texts, strict=True)),
        }
        for name, texts in lines.items()
    ]
    st.table(rows, border="horizontal", hide_index=True)


def _numbers(values: Sequence[float], form: str) -> list[str]:
    return [f"{value:{form}}".replace("-", "−") for value in values]


def _account(attribution: PixelAttribution, result: Segmentation) -> str:
    """Return in words where the weights come from and how much was not there to see."""
    beyond = {
        layer: field.outside(result.picture.shape) for layer, field in attribution.fields.items()
    }
    shares = [f"{share:.0%} of what {layer} sees" for layer, share in beyond.items() if share]
    repeated = "the edge is repeated to a multiple of 32, and then there " * any(result.padding)
    sentences = [
        f"Beyond the picture, tinted, lies {', '.join(shares)}: there {repeated}are zeros."
        if shares
        else "All that it sees lies in the picture.",
        "The cells' weights began as bilinear ones, and the network learned them."
        * bool(attribution.parts),
    ]
    return " ".join(sentences)
