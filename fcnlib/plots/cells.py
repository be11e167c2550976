"""Small arrays as squares with their numbers, and rows of cells that a kernel slides along."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from fcnlib.plots import theme
from fcnlib.plots.frames import check_array, squares
from fcnlib.typing import FloatArray

if TYPE_CHECKING:
    import plotly.graph_objects as go

ZERO, BELOW_ZERO = "#f7f7f5", "#5b4a9e"
MAX_NUMBERS = 13  # rows or columns

_UNIT = 30  # px from one row cell to the next
_BAR = 0.16  # of a cell, from one bar below a row to the next


def cells_figure(
    values: FloatArray,
    title: str,
    color: str = theme.INPUT,
    *,
    limit: float | None = None,
    height: int = 260,
) -> "go.Figure":
    """Draw numbers of any sign as squares, with zero nearly white.

    Parameters
    ----------
    values : ndarray of shape (H, W)
        Finite.
    title : str
        What stands above the figure.
    color : str, optional
        Of the largest numbers: the role of what is drawn, from `fcnlib.plots.theme`.
    limit : float, optional
        Number that gets the full color; by default the largest one, whatever its sign.
    height : int, optional
        In px, for a square array.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        One heatmap, rows downwards; numbers are written up to `MAX_NUMBERS` to a side.

    Raises
    ------
    ValueError
        If `values` is not two-dimensional, is empty or not finite.

    Examples
    --------
    >>> cells_figure(np.array([[0.5, -2.0]]), "Error").data[0].text
    array([['0.5', '−2']], dtype=object)

    """
    import plotly.graph_objects as go

    check_array(values, "values", (2,))
    limit = limit or float(np.abs(values).max()) or 1.0
    few = max(values.shape) <= MAX_NUMBERS
    heatmap = go.Heatmap(
        z=values.astype(np.float64),
        zmin=-limit,
        zmax=limit,
        text=np.vectorize(number)(values) if few else None,
        texttemplate="%{text}",
        textfont={"size": 14 if max(values.shape) <= 4 else 11},
        colorscale=(BELOW_ZERO, ZERO, color),
        showscale=False,
        xgap=1,
        ygap=1,
        hovertemplate="row %{y}, column %{x}<br>%{z:.6~g}<extra></extra>",
    )
    figure = squares(go.Figure(heatmap), title, values.shape, height)
    return figure.update_xaxes(constraintoward="left")


def number(value: float) -> str:
    """Return a number in few letters.

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
) -> "go.Figure":
    """Draw rows of numbered cells, and below each the places where a kernel reads it.

    Parameters
    ----------
    reads : sequence of ndarray of shape (n,)
        One row each: how often each cell is read. Those never read are left pale.
    kernel_size, stride, padding : int
        Of the kernel that slides along. Cells of padding are drawn empty, at both ends.

    Returns
    -------
    figure : plotly.graph_objects.Figure

    Examples
    --------
    >>> figure = sliding_figure([np.ones(3), np.array([1, 1, 1, 0])], 3, 2, 0)
    >>> figure.layout.yaxis.ticktext
    ('3 cells', '4 cells')

    """
    import plotly.graph_objects as go

    places = [(len(row) + 2 * padding - kernel_size) // stride + 1 for row in reads]
    # Bars that overlap stand below one another.
    levels = min(max(places), -(-kernel_size // stride))
    step = 1.5 + _BAR * levels
    figure = go.Figure([_numbers(row, place * step) for place, row in enumerate(reads)])
    shapes = []
    for place, (row, count) in enumerate(zip(reads, places, strict=True)):
        shapes += _squares(row, place * step, padding)
        for at in range(count):
            low = place * step + 0.68 + _BAR * (at % levels)
            shapes.append(_bar(stride * at - padding, kernel_size, low))
    columns = max(len(row) for row in reads) + 2 * padding
    rows = step * len(reads)
    theme.finish(figure, "", height=round(rows * _UNIT + 16))
    figure.update_xaxes(
        visible=False,
        fixedrange=True,
        range=[-padding - 0.6, columns - padding - 0.4],
        constrain="domain",
        constraintoward="left",
    )
    figure.update_yaxes(
        tickvals=[place * step for place in range(len(reads))],
        ticktext=[f"{len(row)} cells" if len(row) > 1 else "1 cell" for row in reads],
        tickfont={"size": 13},
        showgrid=False,
        zeroline=False,
        fixedrange=True,
        range=[rows - 0.7, -0.7],
        scaleanchor="x",
        constrain="domain",
        constraintoward="top",
    )
    return figure.update_layout(shapes=shapes, showlegend=False, dragmode=False, margin={"t": 8})


def _squares(reads: FloatArray, y: float, padding: int) -> list[dict[str, Any]]:
    shapes = []
    for at in range(-padding, len(reads) + padding):
        inside = 0 <= at < len(reads)
        line = {"color": theme.INPUT} if inside else {"color": theme.NEUTRAL, "dash": "dot"}
        shapes.append(
            {
                "type": "rect",
                "x0": at - 0.46,
                "x1": at + 0.46,
                "y0": y - 0.46,
                "y1": y + 0.46,
                "fillcolor": theme.INPUT if inside and reads[at] else "rgba(0,0,0,0)",
                "line": line | {"width": 1},
                # Or it would hide the number.
                "layer": "below",
            }
        )
    return shapes


def _bar(first: int, kernel_size: int, y: float) -> dict[str, Any]:
    return {
        "type": "line",
        "x0": first - 0.4,
        "x1": first + kernel_size - 0.6,
        "y0": y,
        "y1": y,
        "line": {"color": theme.KERNEL, "width": 4},
    }


def _numbers(reads: FloatArray, y: float) -> "go.Scatter":
    import plotly.graph_objects as go

    size = len(reads)
    return go.Scatter(
        x=np.arange(size),
        y=np.full(size, y),
        text=[str(at + 1) for at in range(size)],
        mode="text",
        textfont={"size": 12, "color": ["#fff" if count else theme.INPUT for count in reads]},
        hovertext=[f"cell {at + 1}: read {count:.0f} times" for at, count in enumerate(reads)],
        hoverinfo="text",
    )
