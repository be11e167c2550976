"""Axes for all figures of square cells, and thinning of large arrays before drawing."""

import base64
import math
from typing import Any

import plotly.graph_objects as go

from fcnlib.plots import theme


def squares(
    figure: go.Figure,
    title: str,
    shape: tuple[int, ...],
    height: int,
    *,
    below: int = 8,
    fixed: bool = False,
    toward: str = "center",
    **more: Any,
) -> go.Figure:
    """Set up axes so that every cell is a square and row 0 is at the top. Return the figure.

    `height` is the height in px for a square array. It includes the title and a margin of
    `below` px at the bottom, for example for a color bar. An array with fewer rows than columns
    gets a lower figure, so that no empty space remains. With `fixed`, the axes end at the edges
    of the array; otherwise plotly adds what else is drawn around it. A figure that is wider than
    its array has the array at ``"left"``, ``"center"`` or ``"right"``, as `toward` says. `more`
    is added to the layout.
    """
    inside = max(60, (height - theme.TITLE - below) * min(1, shape[0] / shape[1]))
    axis = {
        "constrain": "domain",
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
        "showticklabels": False,
        "ticks": "",
        # Without a frame, the edge of a white cell is invisible on a white page.
        "showline": True,
        "mirror": True,
        "linecolor": theme.NEUTRAL,
    }
    rows: dict[str, Any] = {"scaleanchor": "x", "autorange": "reversed", "constraintoward": "top"}
    cols: dict[str, Any] = {"constraintoward": toward}
    if fixed:
        cols |= {"range": [-0.5, shape[1] - 0.5]}
        rows |= {"range": [shape[0] - 0.5, -0.5], "autorange": False}
    return theme.finish(
        figure,
        title,
        height=round(theme.TITLE + inside + below),
        xaxis=axis | cols,
        yaxis=axis | rows,
        margin={"b": below, "pad": 0},
        dragmode=False,
        **more,
    )


def data_url(media_type: str, data: bytes) -> str:
    """Return an address that contains a file, such as a picture of type ``"image/png"``."""
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


def thinning_step(shape: tuple[int, ...], limit: int) -> int:
    """Return the smallest n such that every n-th row and column give at most `limit` points."""
    step = 1
    while math.ceil(shape[0] / step) * math.ceil(shape[1] / step) > limit:
        step += 1
    return step


def block_centers(width: float, height: float | None = None) -> dict[str, float]:
    """Return plotly's `x0`, `dx`, `y0` and `dy` for the centers of blocks, by default of squares.

    `width` and `height` are those of a block in pixels, which may be no whole numbers.
    """
    height = width if height is None else height
    return {"x0": (width - 1) / 2, "dx": width, "y0": (height - 1) / 2, "dy": height}
