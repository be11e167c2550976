"""What all figures of squares share: their frame, their thinning, their check."""

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fcnlib.plots import theme

if TYPE_CHECKING:
    import plotly.graph_objects as go


def squares(
    figure: "go.Figure", title: str, shape: tuple[int, ...], height: int, *, below: int = 8
) -> "go.Figure":
    """Frame `figure` so that one row is as high as one column is wide, rows downwards.

    `height` in px is that of a square array, title and the `below` px for a color bar
    included. An array of fewer rows than columns gets less, so that no gap is left.
    """
    theme.finish(figure, title, height=height)
    above = figure.layout.margin.t
    inside = max(60, (height - above - below) * min(1, shape[0] / shape[1]))
    axis = {
        "constrain": "domain",
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
        "showticklabels": False,
        "ticks": "",
        # A thin frame: a white square would else end unseen on a white page.
        "showline": True,
        "mirror": True,
        "linecolor": theme.NEUTRAL,
    }
    figure.update_xaxes(**axis)
    figure.update_yaxes(**axis, scaleanchor="x", autorange="reversed", constraintoward="top")
    return figure.update_layout(
        height=round(above + inside + below), margin={"b": below, "pad": 0}, dragmode=False
    )


def thinning_step(shape: tuple[int, ...], limit: int) -> int:
    """Return the smallest n for which every n-th row and column are at most `limit` points."""
    step = 1
    while math.ceil(shape[0] / step) * math.ceil(shape[1] / step) > limit:
        step += 1
    return step


def block_centers(step: int) -> dict[str, float]:
    """Return where blocks of `step` by `step` pixels have their centers."""
    return {"x0": (step - 1) / 2, "dx": step, "y0": (step - 1) / 2, "dy": step}


def check_array(array: NDArray[Any], name: str, ndims: tuple[int, ...]) -> None:
    """Raise unless `array` has one of `ndims` dimensions, is not empty and is finite."""
    finite = np.isfinite(array)
    if array.ndim not in ndims or not array.size or not finite.all():
        msg = (
            f"{name} must have {' or '.join(map(str, ndims))} dimensions and finite values, "
            f"got shape {array.shape} with {np.sum(~finite)} values that are not finite"
        )
        raise ValueError(msg)
