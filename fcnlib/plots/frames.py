"""Frame, thinning and argument checks for all figures of square cells."""

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fcnlib.checks import unmasked
from fcnlib.plots import theme

if TYPE_CHECKING:
    import plotly.graph_objects as go


def squares(
    figure: "go.Figure",
    title: str,
    shape: tuple[int, ...],
    height: int,
    *,
    below: int = 8,
    fixed: bool = False,
    **more: Any,
) -> "go.Figure":
    """Set up axes so that every cell is a square and row 0 is at the top. Return the figure.

    `height` is the height in px for a square array. It includes the title and a margin of
    `below` px at the bottom, for example for a color bar. An array with fewer rows than columns
    gets a lower figure, so that no empty space remains. With `fixed`, the axes end at the edges
    of the array; otherwise plotly adds what else is drawn around it. `more` is added to the
    layout. A layout that the figure has already is lost.
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
    cols: dict[str, Any] = {}
    if fixed:
        cols = {"range": [-0.5, shape[1] - 0.5]}
        rows |= {"range": [shape[0] - 0.5, -0.5], "autorange": False}
    layout = theme.layout(title, round(theme.TITLE + inside + below)) | {
        "xaxis": axis | cols,
        "yaxis": axis | rows,
        "dragmode": False,
        **more,
    }
    layout["margin"] |= {"b": below, "pad": 0}
    # Setting a layout takes plotly a thirtieth of the time of updating one.
    figure.layout = layout
    return figure


def thinning_step(shape: tuple[int, ...], limit: int) -> int:
    """Return the smallest n such that every n-th row and column give at most `limit` points."""
    step = 1
    while math.ceil(shape[0] / step) * math.ceil(shape[1] / step) > limit:
        step += 1
    return step


def block_centers(step: int) -> dict[str, float]:
    """Return plotly's `x0`, `dx`, `y0` and `dy` for the centers of blocks of `step` pixels."""
    return {"x0": (step - 1) / 2, "dx": step, "y0": (step - 1) / 2, "dy": step}


def check_array(array: NDArray[Any], name: str, ndims: tuple[int, ...]) -> NDArray[Any]:
    """Return real numbers with one of `ndims` dimensions, not empty and finite, or raise."""
    array = unmasked(array, name)
    if array.dtype.kind not in "biuf":
        msg = f"{name} must be real numbers, got {array.dtype}. Convert it first."
        raise ValueError(msg)
    finite = np.isfinite(array)
    if array.ndim not in ndims or not array.size or not finite.all():
        msg = (
            f"{name} must have {' or '.join(map(str, ndims))} dimensions, no empty axis and finite "
            f"values, got shape {array.shape} with {np.sum(~finite)} values that are not finite."
        )
        raise ValueError(msg)
    return array
