"""Figure of the cells around one pixel, with their classes and weights."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from fcnlib.plots import theme
from fcnlib.plots.class_maps import css
from fcnlib.plots.frames import squares
from fcnlib.segmentation.attribution import Cell
from fcnlib.typing import ByteArray

_DARK, _LIGHT = "#1a1a1a", "#ffffff"
_LONGEST_NAME = 16  # Characters; the full name is shown under the pointer.


def cells_figure(
    cells: Sequence[Cell],
    place: tuple[float, float],
    names: Sequence[str],
    colors: ByteArray,
    title: str = "",
    *,
    height: int = 300,
) -> go.Figure:
    """Draw the cells that determine a pixel, each with its best class and its weight.

    Parameters
    ----------
    cells : sequence of Cell
        At least one.
    place : tuple of float
        Row and column of the center of the pixel, in cells. The center of cell (i, j) is (i, j).
    names : sequence of str
        Name of each class.
    colors : ndarray of shape (C, 3), uint8
        RGB of each class.
    title : str, optional
        Title above the figure.
    height : int, optional
        In px, for as many rows as columns.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        A square per cell, and a cross at the pixel.

    """
    labels = [names[cell.label] for cell in cells]
    figure = go.Figure()
    figure.add_scatter(
        x=[cell.col for cell in cells],
        y=[cell.row for cell in cells],
        text=[_text(cell, name) for cell, name in zip(cells, labels, strict=True)],
        customdata=labels,
        mode="text",
        textfont={"size": 13, "color": [_ink(colors[cell.label]) for cell in cells]},
        hovertemplate="%{customdata}<br>row %{y}, column %{x}<extra></extra>",
    )
    outline = {"color": _LIGHT, "width": 2}
    cross = {"symbol": "cross", "size": 12, "color": _DARK, "line": outline}
    figure.add_scatter(x=[place[1]], y=[place[0]], mode="markers", marker=cross, hoverinfo="skip")
    rows, cols = sorted({cell.row for cell in cells}), sorted({cell.col for cell in cells})
    alt = "; ".join(
        f"cell in row {cell.row}, column {cell.col}: {name}, weight {cell.weight:.3f}"
        for cell, name in zip(cells, labels, strict=True)
    )
    squares(figure, title, (len(rows), len(cols)), height, showlegend=False, alt=alt)
    for row, col, label, *_ in cells:
        box = {"x0": col - 0.5, "x1": col + 0.5, "y0": row - 0.5, "y1": row + 0.5}
        line = {"color": theme.KERNEL, "width": 2}
        figure.add_shape(type="rect", layer="below", fillcolor=css(colors[label]), line=line, **box)
    figure.update_xaxes(range=[cols[0] - 0.5, cols[-1] + 0.5], showline=False)
    figure.update_yaxes(range=[rows[-1] + 0.5, rows[0] - 0.5], showline=False, autorange=False)
    return figure


def _text(cell: Cell, name: str) -> str:
    short = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
    lines = [short, f"<b>× {cell.weight:.3f}</b>"]
    if cell.weight != cell.bilinear:
        lines.append(f"<i>bilinear {cell.bilinear:.3f}</i>")
    return "<br>".join(lines)


def _ink(color: ByteArray) -> str:
    """Return black or white, whichever has more contrast with a color."""
    luminance = color @ np.array([0.2126, 0.7152, 0.0722])
    return _DARK if luminance > 128 else _LIGHT
