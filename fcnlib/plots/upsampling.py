"""Figures of the Upsampling page: enlarged channels, lost confidence, and a row of a class map."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from fcnlib.plots import theme
from fcnlib.plots.frames import block_centers, check_array, squares, thinning_step
from fcnlib.typing import AnyArray, FloatArray

MAX_POINTS = 30_000
"""Largest number of points of a map, which travels to the browser as float32 in base64."""


def channels_figure(own: FloatArray, grown: FloatArray, title: str) -> go.Figure:
    """Draw one pixel's channels before and after they were enlarged as if they were an axis.

    Parameters
    ----------
    own : ndarray of shape (C,)
        The correct channels.
    grown : ndarray of shape (factor * C,)
        The enlarged channels.
    title : str
        Title above the figure.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        A large marker for each channel of `own`, at the center of the `factor` channels that
        were computed from it.

    Raises
    ------
    ValueError
        If the number of enlarged channels is not a multiple of the number of channels.

    Examples
    --------
    >>> channels_figure(np.ones(3), np.ones(9), "").data[0].x.tolist()
    [1.0, 4.0, 7.0]

    """
    if not len(own) or len(grown) % len(own):
        msg = f"grown must have a multiple of {len(own)} channels, got {len(grown)}"
        raise ValueError(msg)
    factor = len(grown) // len(own)
    middles = np.arange(len(own)) * factor + (factor - 1) / 2
    positions = np.arange(len(grown))
    markers = (
        (middles, own, f"TensorFlow: {len(own)} channels", theme.OUTPUT, 14),
        (positions, grown, f"scikit-image: {len(grown)} channels", theme.DIFFERENCE, 7),
    )
    traces = [
        _trace("marker", x, values, name, color=color, size=size, opacity=0.85)
        for x, values, name, color, size in markers
    ]
    xaxis = {"title": "Channel of scikit-image's result", "gridcolor": theme.GRID}
    return _figure(title, 392, traces, xaxis, {"title": "Value"})


def lost_figure(lost: FloatArray, title: str, *, height: int = 330) -> go.Figure:
    """Draw the loss at each pixel as a heatmap from zero to the largest loss.

    Parameters
    ----------
    lost : ndarray of shape (H, W)
        Not negative, finite.
    title : str
        Title above the figure.
    height : int, optional
        Height in px for a square array.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        A heatmap. Beyond `MAX_POINTS` pixels only every n-th row and column is drawn.

    Raises
    ------
    ValueError
        If `lost` is not two-dimensional, is empty or not finite.

    """
    lost = check_array(lost, "lost", (2,))
    step = thinning_step(lost.shape, MAX_POINTS)
    colorbar = {"orientation": "h", "thickness": 12, "y": 0, "yanchor": "top", "nticks": 5}
    heatmap = go.Heatmap(
        z=lost[::step, ::step].astype(np.float32),
        **block_centers(step),
        zmin=0,
        zmax=max(float(lost.max()), 1e-9),
        colorscale=(theme.FAINT, theme.DIFFERENCE),
        colorbar=colorbar | {"tickformat": ".1~f"},
        hovertemplate="row %{y}, column %{x}<br>%{z:.3f}<extra></extra>",
    )
    return squares(go.Figure(heatmap), title, lost.shape, height, below=44, fixed=True)


def profile_figure(zero: FloatArray, edge: FloatArray, gain: FloatArray, title: str) -> go.Figure:
    """Draw the confidence with both borders and the gain of the scores along one row of pixels.

    Parameters
    ----------
    zero, edge, gain : ndarray of shape (W,)
        Confidence with zeros beyond the border, confidence with repeated cells, and the factor
        by which the zeros multiply a score; all in [0, 1].
    title : str
        Title above the figure.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        Three lines over the column.

    """
    columns = np.arange(len(zero))
    lines = (
        (gain, "gain of the scores", theme.KERNEL, "dot"),
        (edge, "confidence, edge repeated", theme.OUTPUT, "solid"),
        (zero, "confidence, zeros", theme.DIFFERENCE, "solid"),
    )
    traces = [
        _trace("line", columns, values, name, color=color, width=2, dash=dash)
        for values, name, color, dash in lines
    ]
    xaxis = {"title": "Column in px", "showgrid": False}
    return _figure(title, 300, traces, xaxis, {"range": [0, 1.05]})


def _figure(
    title: str, height: int, traces: list[Any], xaxis: dict[str, Any], yaxis: dict[str, Any]
) -> go.Figure:
    """Return a figure of traces with the legend below it."""
    return theme.finish(
        go.Figure(traces),
        title,
        height=height,
        xaxis=xaxis | {"zeroline": False},
        yaxis=yaxis | {"gridcolor": theme.GRID, "zerolinecolor": theme.GRID},
        legend={"yref": "container", "y": 0, "yanchor": "bottom", "itemclick": False},
        margin={"b": 84},
        dragmode=False,
    )


def _trace(kind: str, x: AnyArray, y: FloatArray, name: str, **style: Any) -> Any:
    """Return a trace of the kind "marker" or "line", whose hover names what x counts."""
    x_name = "channel" if kind == "marker" else "column"
    hover = f"{x_name} %{{x:.3~g}}<br>%{{y:.3f}}<extra></extra>"
    values = y.astype(np.float32)
    return go.Scatter(
        x=x, y=values, name=name, mode=f"{kind}s", hovertemplate=hover, **{kind: style}
    )
