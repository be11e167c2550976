"""Figures of small arrays with their numbers, and of a kernel that slides along rows of cells."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from fcnlib.checks import real_array
from fcnlib.plots import theme
from fcnlib.plots.frames import squares
from fcnlib.transposed_convolution.sizes import convolution_size
from fcnlib.typing import FloatArray

ZERO, BELOW_ZERO = "#f7f7f5", "#5b4a9e"
MAX_NUMBERS = 13  # most rows or columns of a figure with numbers

_UNIT = 30  # px from one cell to the next
_BAR = 0.16  # distance of two levels of bars, in cells


def cells_figure(
    values: FloatArray,
    title: str,
    color: str = theme.INPUT,
    *,
    limit: float | None = None,
    framed: Sequence[tuple[int, int]] = (),
    height: int = 260,
) -> go.Figure:
    """Draw an array as colored squares with their numbers; zero is nearly white.

    Parameters
    ----------
    values : ndarray of shape (H, W)
        Finite.
    title : str
        Title above the figure.
    color : str, optional
        Color of the largest numbers, one of the roles in `fcnlib.plots.theme`.
    limit : float, optional
        Absolute value that gets the full color. Default: the largest one in `values`.
    framed : sequence of tuple of int, optional
        Row and column of each square that gets a frame.
    height : int, optional
        Height in px of a square array.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        One heatmap with row 0 at the top. Numbers are shown if no side exceeds `MAX_NUMBERS`.

    Raises
    ------
    ValueError
        If `values` is not two-dimensional, is empty or is not finite.

    Examples
    --------
    >>> cells_figure(np.array([[0.5, -2.0]]), "Error").data[0].text
    array([['0.5', '−2']], dtype=object)

    """
    # The smallest int32 has no absolute value of its own type.
    values = real_array(values, "values", (2,)).astype(np.float64)
    limit = limit or float(np.abs(values).max()) or 1.0
    numbered = max(values.shape) <= MAX_NUMBERS
    heatmap = go.Heatmap(
        z=values,
        zmin=-limit,
        zmax=limit,
        text=np.vectorize(number)(values) if numbered else None,
        texttemplate="%{text}",
        textfont={"size": 14 if max(values.shape) <= 4 else 11},
        colorscale=(BELOW_ZERO, ZERO, color),
        showscale=False,
        xgap=1,
        ygap=1,
        hovertemplate="row %{y}, column %{x}<br>%{z:.6~g}<extra></extra>",
    )
    shapes = [_frame(row, column) for row, column in framed]
    return squares(go.Figure(heatmap), title, values.shape, height, toward="left", shapes=shapes)


def _frame(row: int, column: int) -> dict[str, Any]:
    box = {"x0": column - 0.46, "x1": column + 0.46, "y0": row - 0.46, "y1": row + 0.46}
    return {"type": "rect", "line": {"color": theme.KERNEL, "width": 3}} | box


def number(value: float) -> str:
    """Format a number with few characters.

    Examples
    --------
    >>> number(1 / 3), number(-0.001), number(-12.5), number(1.5e9)
    ('0.33', '0', '−12.5', '2e9')

    """
    if abs(value) >= 1000:
        return f"{value:.0e}".replace("e+0", "e").replace("e+", "e").replace("-", "−")
    rounded = round(float(value), 2 if abs(value) < 10 else 1)
    return f"{rounded or 0:g}".replace("-", "−")


def sliding_figure(
    reads: Sequence[FloatArray], kernel_size: int, stride: int, padding: int
) -> go.Figure:
    """Draw rows of numbered cells, and below each row the positions of a kernel that reads it.

    Parameters
    ----------
    reads : sequence of ndarray of shape (n,)
        For each row, how often each of its cells is read. Cells that are never read stay empty.
    kernel_size, stride, padding : int
        Settings of the kernel. Padding is drawn as dotted cells at both ends of every row.

    Returns
    -------
    figure : plotly.graph_objects.Figure

    Examples
    --------
    >>> figure = sliding_figure([np.ones(3), np.array([1, 1, 1, 0])], 3, 2, 0)
    >>> figure.layout.yaxis.ticktext
    ('3 cells', '4 cells')

    """
    positions = [convolution_size(len(row), kernel_size, stride, padding) for row in reads]
    # Bars that overlap are drawn on different levels.
    levels = min(max(positions), -(-kernel_size // stride))
    height = 1.5 + _BAR * levels
    figure, shapes = go.Figure(), []
    for index, (row, count) in enumerate(zip(reads, positions, strict=True)):
        y = index * height
        figure.add_trace(_numbers(row, y))
        shapes += [_square(row, column, y) for column in range(-padding, len(row) + padding)]
        shapes += [
            _bar(stride * position - padding, kernel_size, y + 0.68 + _BAR * (position % levels))
            for position in range(count)
        ]
    columns, rows = max(map(len, reads)) + padding, height * len(reads)
    alt = "; ".join(
        f"{len(row)} cells, {count} positions of a kernel of {kernel_size}, cells read "
        f"{' '.join(f'{times:g}' for times in row)} times"
        for row, count in zip(reads, positions, strict=True)
    )
    shared = {"fixedrange": True, "constrain": "domain"}
    return theme.finish(
        figure,
        "",
        height=round(rows * _UNIT + 16),
        alt=f"Stride {stride}, padding {padding}: {alt}",
        margin={"t": 8},
        xaxis=shared
        | {
            "visible": False,
            "range": [-padding - 0.6, columns - 0.4],
            "constraintoward": "left",
        },
        yaxis=shared
        | {
            "tickvals": [index * height for index in range(len(reads))],
            "ticktext": [f"{len(row)} cells" if len(row) > 1 else "1 cell" for row in reads],
            "tickfont": {"size": 13},
            "showgrid": False,
            "zeroline": False,
            "range": [rows - 0.7, -0.7],
            "scaleanchor": "x",
            "constraintoward": "top",
        },
        shapes=shapes,
        showlegend=False,
        dragmode=False,
    )


def _square(reads: FloatArray, column: int, y: float) -> dict[str, Any]:
    inside = 0 <= column < len(reads)
    box = {"x0": column - 0.46, "x1": column + 0.46, "y0": y - 0.46, "y1": y + 0.46}
    line = {"color": theme.INPUT} if inside else {"color": theme.NEUTRAL, "dash": "dot"}
    fill = theme.INPUT if inside and reads[column] else "rgba(0,0,0,0)"
    # Above the traces, the square would hide the number.
    return {"type": "rect", "layer": "below", "fillcolor": fill, "line": line | {"width": 1}} | box


def _bar(first: int, kernel_size: int, y: float) -> dict[str, Any]:
    ends = {"x0": first - 0.4, "x1": first + kernel_size - 0.6, "y0": y, "y1": y}
    return {"type": "line", "line": {"color": theme.KERNEL, "width": 4}} | ends


def _numbers(reads: FloatArray, y: float) -> go.Scatter:
    size = len(reads)
    return go.Scatter(
        x=np.arange(size),
        y=np.full(size, y),
        text=list(map(str, range(size))),
        mode="text",
        textfont={"size": 12, "color": ["#fff" if count else theme.INPUT for count in reads]},
        hovertext=[f"cell {cell}: read {count:.0f} times" for cell, count in enumerate(reads)],
        hoverinfo="text",
    )
