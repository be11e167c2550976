"""Figures of the layers of a network to scale, of receptive fields and of cells on a picture."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from fcnlib.images import MEAN_RGB, as_rgb8
from fcnlib.networks.layer_sizes import LayerSize
from fcnlib.networks.receptive_field import Field
from fcnlib.plots import theme
from fcnlib.plots.cells import cells_figure
from fcnlib.plots.class_maps import photograph_figure
from fcnlib.typing import FloatArray, RGBImage

_KINDS = {"Convolution": theme.KERNEL, "Max pooling": theme.INPUT, "fc6 to fc8": theme.OUTPUT}
_CLEAR = "rgba(0,0,0,0)"


def layers_figure(
    layers: Sequence[LayerSize], chosen: str, title: str = "", *, height: int = 230
) -> go.Figure:
    """Draw a bar per layer, as high as its output has rows of cells, on a linear scale.

    Parameters
    ----------
    layers : sequence of LayerSize
        As returned by `vgg_16_layers`.
    chosen : str
        Name of the layer that is marked.
    title : str, optional
        Title above the figure.
    height : int, optional
        In px.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        One trace with a bar per layer, in order, and empty ones for the legend.

    """
    marked = [layer.name == chosen for layer in layers]
    colors = [
        theme.DIFFERENCE if mark else _KINDS[_kind(layer)]
        for layer, mark in zip(layers, marked, strict=True)
    ]
    names = [layer.name for layer in layers]
    figure = go.Figure()
    figure.add_bar(
        x=names,
        y=[layer.rows for layer in layers],
        base=[-layer.rows / 2 for layer in layers],
        marker={
            "color": colors,
            "opacity": [1.0 if mark else 0.45 for mark in marked],
        },
        # Plotly would fade the other bars after a click.
        selected={"marker": {"opacity": 1.0}},
        unselected={"marker": {"opacity": 0.45}},
        width=0.86,
        showlegend=False,
        customdata=[[layer.rows, layer.cols, layer.channels] for layer in layers],
        hovertemplate="%{x}: %{customdata[0]} × %{customdata[1]} cells, %{customdata[2]} channels"
        "<extra></extra>",
    )
    # The number of rows stands once, above the first layer that has it.
    seen: set[int] = set()
    for layer in layers:
        if layer.rows not in seen:
            seen.add(layer.rows)
            figure.add_annotation(
                x=layer.name,
                y=layer.rows / 2,
                text=str(layer.rows),
                yshift=10,
                xanchor="left",
                xshift=-8,
                showarrow=False,
            )
    for name, color in _KINDS.items():
        marker = {"symbol": "square", "size": 11, "color": color}
        figure.add_scatter(x=[None], y=[None], mode="markers", marker=marker, name=name)
    most = layers[0].rows
    return theme.finish(
        figure,
        title,
        height=height,
        xaxis={
            "fixedrange": True,
            "showgrid": False,
            "tickangle": 0,
            # There is room for the names of a few layers. The pointer shows all.
            "tickvals": [name for name in names if name.startswith("pool") or name == names[-1]],
        },
        yaxis={"visible": False, "fixedrange": True, "range": [-most * 0.52, most * 0.62]},
        margin={"b": 56},
        legend={"y": -0.2, "itemclick": False, "itemdoubleclick": False},
        annotations=list(figure.layout.annotations),
        dragmode=False,
        clickmode="event+select",
    )


def fields_figure(
    picture: RGBImage,
    cell: Field,
    fields: Sequence[Field],
    title: str = "",
    *,
    beyond: int = 0,
    height: int = 260,
) -> go.Figure:
    """Draw a cell of a layer and receptive fields on a picture.

    Parameters
    ----------
    picture : ndarray of shape (H, W, 3), uint8
        RGB.
    cell : Field
        The pixels that the cell stands for.
    fields : sequence of Field
        Its receptive field, and with a dashed outline those of other cells.
    title : str, optional
        Title above the figure.
    beyond : int, optional
        Pixels around the picture that are drawn too, in the mean color of ImageNet, which VGG-16
        subtracts: the zeros that its layers add there look like it.
    height : int, optional
        In px, for a square picture.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        The picture, with one rectangle per field and, last, one for the cell.

    """
    picture = as_rgb8(picture)
    rows, cols = picture.shape[:2]
    # The height is made for the picture's proportions, which what lies around it changes.
    wider = (rows + 2 * beyond) / (cols + 2 * beyond) / min(1, rows / cols)
    inside = round((height - theme.TITLE) * wider)
    alt = f"A cell of {cell.size} px" + "".join(f", a field of {field.size} px" for field in fields)
    alt += f" on a picture of {cols} × {rows} px"
    figure = photograph_figure(picture, title, height=theme.TITLE + inside, alt=alt)
    if beyond:
        around = Field(-beyond, -beyond, rows + 2 * beyond)
        mean = f"rgb({','.join(str(round(value)) for value in MEAN_RGB)})"
        figure.add_shape(
            _square(around, line={"width": 0}, fillcolor=mean, opacity=0.35, layer="below"),
            x1=cols + beyond - 0.5,
        )
        figure.add_annotation(
            x=cols / 2,
            y=-beyond / 2,
            text="outside: zeros",
            showarrow=False,
        )
    for number, field in enumerate(fields):
        line = {"color": theme.KERNEL, "width": 3, "dash": "dot" if number else "solid"}
        fill = _CLEAR if number else "rgba(224,138,30,0.18)"
        figure.add_shape(_square(field, line=line, fillcolor=fill))
    line = {"color": theme.OUTPUT, "width": 3}
    figure.add_shape(_square(cell, line=line, fillcolor="rgba(31,161,121,0.45)"))
    figure.update_xaxes(range=[-beyond - 0.5, cols + beyond - 0.5], showline=not beyond)
    figure.update_yaxes(range=[rows + beyond - 0.5, -beyond - 0.5], showline=not beyond)
    return figure


def seen_figure(
    picture: RGBImage, field: Field, cell: Field, title: str = "", *, height: int = 260
) -> go.Figure:
    """Draw what a cell sees, enlarged: the pixels of its receptive field.

    Parameters
    ----------
    picture : ndarray of shape (H, W, 3), uint8
        RGB.
    field : Field
        Receptive field. Outside the picture it has the mean color of ImageNet: VGG-16 subtracts
        this color first, so the zeros that its layers add there look like it.
    cell : Field
        The pixels that the cell stands for, which get an outline.
    title : str, optional
        Title above the figure.
    height : int, optional
        In px.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        One image, and the outline of the cell.

    """
    picture = as_rgb8(picture)
    pixels = np.empty((field.size, field.size, 3), np.uint8)
    pixels[:] = np.rint(MEAN_RGB)
    rows, cols = (
        slice(max(0, start), min(start + field.size, side))
        for start, side in zip((field.top, field.left), picture.shape, strict=False)
    )
    pixels[
        rows.start - field.top : rows.stop - field.top,
        cols.start - field.left : cols.stop - field.left,
    ] = picture[rows, cols]
    # JPEG would blur a receptive field of three pixels. Enlarged, each pixel is a block.
    scale = max(1, 240 // field.size)
    enlarged = pixels.repeat(scale, 0).repeat(scale, 1)
    alt = f"{field.size} × {field.size} px around a cell of {cell.size} px"
    figure = photograph_figure(enlarged, title, height=height, alt=alt)
    top, left = (cell.top - field.top) * scale, (cell.left - field.left) * scale
    line = {"color": theme.OUTPUT, "width": 3}
    figure.add_shape(_square(Field(top, left, cell.size * scale), line=line, fillcolor=_CLEAR))
    return figure


def cell_map_figure(
    picture: RGBImage, stride: int, lost: int, title: str = "", *, height: int = 260
) -> go.Figure:
    """Draw the grid of a network's cells on a picture, and which of them get no answer.

    Parameters
    ----------
    picture : ndarray of shape (H, W, 3), uint8
        RGB, with sides that are multiples of `stride`.
    stride : int
        Pixels per cell along each axis.
    lost : int
        Cells at each side that get no answer.
    title : str, optional
        Title above the figure.
    height : int, optional
        In px, for a square picture.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        The picture, one trace with the lines of the grid, and a rectangle around the cells that
        get an answer. The others are tinted.

    """
    picture = as_rgb8(picture)
    rows, cols = (side // stride for side in picture.shape[:2])
    answers = f"{rows - 2 * lost} × {cols - 2 * lost} of {rows} × {cols} cells get an answer"
    figure = photograph_figure(picture, title, height=height, alt=answers)
    top, left, bottom, right = (
        edge * stride - 0.5 for edge in (lost, lost, rows - lost, cols - lost)
    )
    xs: list[float | None] = []
    ys: list[float | None] = []
    for row in range(lost, rows - lost + 1):
        xs += [left, right, None]
        ys += [row * stride - 0.5] * 2 + [None]
    for col in range(lost, cols - lost + 1):
        xs += [col * stride - 0.5] * 2 + [None]
        ys += [top, bottom, None]
    line = {"color": "rgba(255,255,255,0.75)", "width": 1}
    figure.add_scatter(x=xs, y=ys, mode="lines", line=line, hoverinfo="skip", showlegend=False)
    outer = -0.5, -0.5, rows * stride - 0.5, cols * stride - 0.5
    tint = {"fillcolor": "rgba(204,95,160,0.6)", "line": {"width": 0}}
    if lost:
        ends = (
            (outer[1], outer[0], outer[3], top),
            (outer[1], bottom, outer[3], outer[2]),
            (outer[1], top, left, bottom),
            (right, top, outer[3], bottom),
        )
        for x0, y0, x1, y1 in ends:
            figure.add_shape(type="rect", x0=x0, y0=y0, x1=x1, y1=y1, **tint)
    box = {"x0": left, "x1": right, "y0": top, "y1": bottom}
    figure.add_shape(type="rect", line={"color": theme.OUTPUT, "width": 3}, **box)
    return figure


def window_figure(
    values: FloatArray,
    title: str,
    color: str,
    window: tuple[int, int, int] | None = None,
    *,
    known: int | None = None,
    height: int = 240,
) -> go.Figure:
    """Draw numbered cells as `cells_figure` does, with a frame around some of them.

    Parameters
    ----------
    values : ndarray of shape (H, W)
        Finite.
    title : str
        Title above the figure.
    color : str
        Color of the largest numbers.
    window : tuple of int, optional
        First row, first column and side of the frame, in cells.
    known : int, optional
        Number of cells, row by row, that are drawn. The others stay empty; by default, none does.
    height : int, optional
        Height in px of a square array.

    Returns
    -------
    figure : plotly.graph_objects.Figure

    """
    figure = cells_figure(values, title, color, height=height)
    if known is not None:
        drawn = np.arange(np.size(values)).reshape(np.shape(values)) < known
        (cells,) = figure.data
        cells.z = np.where(drawn, cells.z, np.nan)
        cells.text = np.where(drawn, cells.text, "")
        theme.describe_again(figure)
    if window is not None:
        row, col, side = window
        line = {"color": theme.KERNEL, "width": 2}
        figure.add_shape(_square(Field(row, col, side), line=line, fillcolor=_CLEAR))
    return figure


def _square(field: Field, **style: Any) -> go.layout.Shape:
    top, left, size = field
    return go.layout.Shape(
        type="rect",
        x0=left - 0.5,
        x1=left + size - 0.5,
        y0=top - 0.5,
        y1=top + size - 0.5,
        **style,
    )


def _kind(layer: LayerSize) -> str:
    if layer.name.startswith("pool"):
        return "Max pooling"
    return "fc6 to fc8" if layer.name.startswith("fc") else "Convolution"
