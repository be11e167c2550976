"""Figure of the two ways in which cells can lie on the pixels of a network's input."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from fcnlib.class_map.resizing import interpolation_weights
from fcnlib.plots import theme
from fcnlib.plots.descriptions import plain, sentences

FACTOR, CELLS = 8, 4
"""Pixels per cell, and cells, of the figure's row of pixels."""

GRIDS = {False: "In blocks", True: "On corners"}
"""Names of the two ways, by whether the corners are aligned."""

COLUMNS = FACTOR * (CELLS - 1) + 1
"""Pixels that both rows have."""

_BAND = 0.22  # half the height of a row of pixels; rows are 1 apart
_LEFT = {
    "x": -0.5,
    "xanchor": "left",
    "yanchor": "middle",
    "showarrow": False,
    "font": {"size": 13},
}


def row_weights(column: int, *, aligned_corners: bool) -> dict[int, float]:
    """Return the weights above 0 of the figure's cells at a pixel, by cell.

    Parameters
    ----------
    column : int
        The pixel, from 0 to `COLUMNS` - 1.
    aligned_corners : bool
        See `fcnlib.class_map.resizing.interpolation_weights`, which computes the weights.

    Examples
    --------
    >>> row_weights(6, aligned_corners=False), row_weights(6, aligned_corners=True)
    ({0: 0.6875, 1: 0.3125}, {0: 0.25, 1: 0.75})

    """
    weights = interpolation_weights(
        FACTOR, CELLS, _side(aligned_corners), aligned_corners=aligned_corners
    )[column]
    return {cell: float(weights[cell]) for cell in np.flatnonzero(weights).tolist()}


def say_sum(weights: Mapping[int, float]) -> str:
    """Return the sum that gives a pixel's score, from the weights of its cells.

    Examples
    --------
    >>> say_sum({0: 0.25, 1: 0.75})
    '0.25 × cell 0 + 0.75 × cell 1'

    """
    return " + ".join(f"{weight:.2f} × cell {cell}" for cell, weight in weights.items())


def cell_grids_figure(column: int, *, height: int = 240) -> go.Figure:
    """Draw a row of pixels with its cells, once for each way, and the weights of one pixel.

    Parameters
    ----------
    column : int
        The pixel, from 0 to `COLUMNS` - 1.
    height : int, optional
        In px.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        For each way, a trace with the cells' centers, one with the weights, and one with the pixel.

    Raises
    ------
    ValueError
        If there is no such pixel.

    """
    if not 0 <= column < COLUMNS:
        msg = f"column must be from 0 to {COLUMNS - 1}, got {column}"
        raise ValueError(msg)
    traces, shapes, notes, said = [], [], [], []
    for aligned, name in GRIDS.items():
        y = 0 if aligned else 1
        centers = [FACTOR * cell + _first_center(aligned) for cell in range(CELLS)]
        weights = row_weights(column, aligned_corners=aligned)
        traces += _points(centers, weights, column, y)
        shapes += [_box(cell, center, _side(aligned), y) for cell, center in enumerate(centers)]
        shapes += [_line(column, centers[cell], y) for cell in weights]
        text = f"<b>{name}</b>: {_side(aligned)} pixels, first center at {centers[0]:g}"
        said.append(f"{text}, pixel {column} = {say_sum(weights)}")
        notes.append(_LEFT | {"y": y + 0.4, "text": text})
        notes += [_number(cell, center, y) for cell, center in enumerate(centers)]
    axis = {"showgrid": False, "zeroline": False, "fixedrange": True}
    numbers = {"tickvals": list(range(0, _side(aligned=False), FACTOR)), "ticks": "outside"}
    return theme.finish(
        go.Figure(traces),
        "",
        height=height,
        alt=plain(sentences(*said)),
        xaxis=axis | numbers | {"range": [-1.2, FACTOR * CELLS - 0.2], "title": {"text": "pixel"}},
        yaxis=axis | {"range": [-0.6, 1.75], "visible": False},
        margin={"t": 4, "b": 44},
        shapes=shapes,
        annotations=notes,
        showlegend=False,
        dragmode=False,
    )


def _side(aligned: bool) -> int:
    """Return the number of pixels of a row."""
    return COLUMNS if aligned else FACTOR * CELLS


def _first_center(aligned: bool) -> float:
    return 0 if aligned else (FACTOR - 1) / 2


def _box(cell: int, center: float, side: int, y: int) -> dict[str, Any]:
    """Return the pixels that are nearer to this cell's center than to any other."""
    return {
        "type": "rect",
        "layer": "below",
        "x0": max(center - FACTOR / 2, -0.5),
        "x1": min(center + FACTOR / 2, side - 0.5),
        "y0": y - _BAND,
        "y1": y + _BAND,
        "fillcolor": theme.INPUT,
        "opacity": 0.4 if cell % 2 else 0.2,
        "line": {"color": theme.NEUTRAL, "width": 1},
    }


def _number(cell: int, center: float, y: int) -> dict[str, Any]:
    """Return the number of a cell, above its center."""
    return {"x": center, "y": y + 0.14, "text": str(cell), "showarrow": False, "xshift": 12}


def _line(column: int, center: float, y: int) -> dict[str, Any]:
    line = {"color": theme.OUTPUT, "width": 3}
    return {"type": "line", "x0": column, "x1": center, "y0": y, "y1": y, "line": line}


def _points(
    centers: Sequence[float], weights: Mapping[int, float], column: int, y: int
) -> list[go.Scatter]:
    """Return the centers with their weights, and the pixel."""
    cells = range(CELLS)
    return [
        go.Scatter(
            x=centers,
            y=[y] * CELLS,
            mode="markers",
            marker={"symbol": "circle", "size": 11, "color": theme.KERNEL},
            customdata=list(cells),
            hovertemplate="center of cell %{customdata}: pixel %{x}<extra></extra>",
        ),
        go.Scatter(
            x=[centers[cell] for cell in weights],
            y=[y - 0.34] * len(weights),  # below the row of pixels
            mode="text",
            text=[f"× {weight:.2f}" for weight in weights.values()],
            textfont={"size": 13},
            cliponaxis=False,
            hoverinfo="skip",
        ),
        go.Scatter(
            x=[column],
            y=[y],
            mode="markers",
            marker={"symbol": "square", "size": 12, "color": theme.OUTPUT},
            hovertemplate="pixel %{x}<extra></extra>",
        ),
    ]
