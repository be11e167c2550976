"""Figure of the loss over the steps of gradient descent."""

import numpy as np
import plotly.graph_objects as go

from fcnlib.checks import real_array
from fcnlib.plots import theme
from fcnlib.typing import FloatArray

SMALLEST = 1e-32  # a squared rounding error; a logarithmic axis cannot show 0


def losses_figure(losses: FloatArray, step: int, *, height: int = 260) -> go.Figure:
    """Draw losses on a logarithmic axis and mark one step.

    Parameters
    ----------
    losses : ndarray of shape (steps + 1,)
        Loss before the first step and after each step, finite and not negative.
    step : int
        Step to mark, from 0 to `steps`.
    height : int, optional
        Height in px.

    Returns
    -------
    figure : plotly.graph_objects.Figure

    Raises
    ------
    ValueError
        If `losses` is not one-dimensional, is empty or is not finite.

    Examples
    --------
    >>> losses_figure(np.array([1.0, 0.1, 0.0]), 2).data[1].y
    (1e-32,)

    """
    losses = real_array(losses, "losses", (1,)).astype(np.float64)
    shown = np.maximum(losses, SMALLEST)
    line = go.Scatter(
        y=shown,
        mode="lines",
        line={"color": theme.DIFFERENCE, "width": 2},
        hovertemplate="step %{x}: %{y:.2e}<extra></extra>",
    )
    marker = {"color": theme.DIFFERENCE, "size": 11}
    mark = go.Scatter(
        x=(step,), y=(float(shown[step]),), mode="markers", marker=marker, hoverinfo="skip"
    )
    axis = {"gridcolor": theme.GRID, "zeroline": False}
    return theme.finish(
        go.Figure([line, mark]),
        "Loss, logarithmic scale",
        height=height,
        xaxis=axis | {"title": "Step", "fixedrange": True},
        yaxis=axis | {"type": "log", "exponentformat": "power", "nticks": 6},
        showlegend=False,
        dragmode=False,
    )
