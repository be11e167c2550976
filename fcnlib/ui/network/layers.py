"""The opening of the page, and the layers of VGG-16 with their receptive fields."""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fcnlib.networks.layer_sizes import LayerSize, vgg_16_layers
from fcnlib.networks.receptive_field import Field
from fcnlib.networks.vgg import STRIDE, vgg_16_cells
from fcnlib.plots.network import cell_map_figure, fields_figure, layers_figure, seen_figure
from fcnlib.segmentation import Segmentation
from fcnlib.ui import scripts
from fcnlib.ui.jobs import on_opening, task
from fcnlib.ui.layout import chart, drawn
from fcnlib.ui.network.picture import SIZE, photograph
from fcnlib.ui.rows import wrapping_columns
from fcnlib.ui.segmentation import maps
from fcnlib.ui.story import part, so, step

_BARS = "network_bars"
_LAYER = "network_layer"
_ANSWERS = "network_answers_job"


def show_opening() -> DeltaGenerator:
    """Show a photograph with the cells that VGG-16 answers for; return a place for the answers."""
    rows, cols = vgg_16_cells(*SIZE)
    picture = photograph(*SIZE)
    with step("network_opening"):
        text, left, right = wrapping_columns("network_opening_row", (4, 3, 3))
        text.markdown(
            f"**VGG-16** was trained to name what a picture shows. With one change (step 3), it "
            f"answers once per **cell**, a square of {STRIDE} × {STRIDE} pixels: {rows * cols} "
            f"answers for {SIZE[0] * SIZE[1]:,} pixels. The second picture shows answers of "
            "EfficientNet-Lite0, a smaller classifier with cells of this size, which runs here. "
            "Each color is a kind of thing; many cells are wrong. No outline is finer than a cell."
        )
        with left:
            figure = drawn(
                cell_map_figure, picture, STRIDE, 0, f"{rows} × {cols} cells", height=280
            )
            alt = f"Photograph of a cat with a grid of {rows} by {cols} cells"
            chart(figure, "network_opening_cells", alt=alt)
    return right


def show_answers(place: DeltaGenerator) -> None:
    """Show in `place` what a small classifier with cells of the same size answers for each cell.

    Call it last: the rest of the page is shown while the network is still loading.
    """
    args = photograph(*SIZE), "imagenet", "float32", max(SIZE)
    with place:
        result: Segmentation | None = on_opening(
            "inference", _ANSWERS, key=_ANSWERS, work=task("segment", *args)
        )
        if result is None:
            return
        kinds = maps.grouped(result)
        figure = maps.coarse_figure(kinds, "Answers", height=280)
        chart(figure, "network_opening_answers", alt="The kind of thing that each cell shows")
        st.markdown(f":small[Cells: {maps.legend(kinds, 2, of_cells=True)}]")


@part
def show_layers() -> None:
    """Show the layers to scale, and the cell and the receptive field of the chosen one."""
    layers = {layer.name: layer for layer in vgg_16_layers(*SIZE)}
    with step("network_layers", "Where do the pixels go?", 1):
        st.markdown(
            "A **convolution** (conv) slides a small kernel over the cells of the layer before. "
            "VGG-16 adds a rim of zeros first, so no cell is lost. A **max pooling** (pool) keeps "
            "the largest value of 2 × 2 cells. **Fully connected** layers (fc) "
            "come last; step 2 explains them. Choose a layer, or click its bar. Watch one of its "
            "cells (green) and its **receptive field**, which is what the cell depends on (orange)."
        )
        bars, *pictures = wrapping_columns("network_layers_row", (5, 3, 3))
        with bars:
            name = st.select_slider("Layer", list(layers), "pool5", key=_LAYER, bind="query-params")
            layer = layers[name if name in layers else "pool5"]
            scripts.note(LAYER=layer.name)
            title = f"Rows of cells, to scale (pink: {layer.name})"
            chart(
                drawn(layers_figure, list(layers.values()), layer.name, title, height=210),
                _BARS,
                alt="Bars that become lower from 768 rows of cells to 24",
                on_select=_follow_click,
                selection_mode="points",
            )
        _show_layer(layer, pictures)
        product = " × ".join(["2"] * 5)
        so(
            f"five poolings halve the rows and the columns five times. {product} = {STRIDE}, so "
            f"one answer stands for {STRIDE} × {STRIDE} pixels."
        )


def middle_cell(layer: LayerSize) -> tuple[Field, Field]:
    """Return the pixels of the layer's cell in the middle, and its receptive field."""
    row, col = layer.rows // 2, layer.cols // 2
    stride = layer.field.stride
    return Field(row * stride, col * stride, stride), layer.field.field(row, col)


def _show_layer(layer: LayerSize, columns: Sequence[DeltaGenerator]) -> None:
    cell, field = middle_cell(layer)
    picture = photograph(*SIZE)
    place, seen = columns
    with place:
        title = f"{layer.name} on the picture"
        alt = f"A cell of {cell.size} px and its receptive field of {field.size} px"
        figure = drawn(fields_figure, picture, cell, [field], title, height=280)
        chart(figure, "network_field", alt=alt)
    with seen:
        title = f"What it sees: {field.size} × {field.size} px"
        figure = drawn(seen_figure, picture, field, cell, title, height=240)
        chart(figure, "network_seen", alt="The part of the picture in the receptive field")
    stride = layer.field.stride
    weights = f"{layer.weights:,} weights" if layer.weights else "no weights"
    st.markdown(
        f"**{layer.name}**: {layer.rows} × {layer.cols} cells of {layer.channels:,} numbers "
        f"(**channels**); {weights}. A cell stands for {stride} × {stride} pixels and depends on "
        f"{field.size} × {field.size}."
    )


def _follow_click() -> None:
    """Choose the layer whose bar was clicked."""
    points = st.session_state[_BARS].selection.points
    if points and points[0].get("x") in {layer.name for layer in vgg_16_layers(*SIZE)}:
        st.session_state[_LAYER] = points[0]["x"]
