"""Figures of the Upsampling page: kernels and their copies, channels, and confidence."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from fcnlib.checks import real_array
from fcnlib.kernels.bilinear import get_kernel_size
from fcnlib.plots import theme
from fcnlib.plots.arrays import image_figure
from fcnlib.plots.descriptions import number
from fcnlib.plots.frames import block_centers, squares, thinning_step
from fcnlib.typing import AnyArray, FloatArray

MAX_POINTS = 30_000
"""Largest number of points of a map, which travels to the browser as float32 in base64."""


def copy_figure(
    image: FloatArray, title: str, corner: tuple[int, int], side: int, *, height: int = 300
) -> go.Figure:
    """Draw an image with an outlined square, such as the outputs that a copy of a kernel changes.

    Parameters
    ----------
    image : ndarray of shape (H, W) or (H, W, 3)
        Finite floats, where 0 is black and 1 is white.
    title : str
        Title above the figure.
    corner : tuple of int
        Row and column of the top left pixel of the square; negative if it begins outside.
    side : int
        Rows and columns of the square. What lies outside the image is not drawn.
    height : int, optional
        Height in px for a square array.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        As from `image_figure`, with one rectangle.

    Raises
    ------
    ValueError
        As from `image_figure`.

    """
    figure = image_figure(image, title, height=height)
    ends = [
        (max(start, 0) - 0.5, min(start + side, length) - 0.5)
        for start, length in zip(corner, np.shape(image), strict=False)
    ]
    (top, bottom), (left, right) = ends
    figure.add_shape(
        type="rect",
        **{"x0": left, "x1": right, "y0": top, "y1": bottom},
        line={"color": theme.KERNEL, "width": 4},
    )
    return figure


def reach_figure(factor: int, *, height: int = 230) -> go.Figure:
    """Draw the triangle of the bilinear kernel along one axis, with a dot for each weight.

    Parameters
    ----------
    factor : int
        Output pixels per input pixel, at least 1.
    height : int, optional
        Height in px.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        The weight over the distance from the input pixel's center, in output pixels. There is a
        dot at the center of each output pixel whose weight is not zero.

    Examples
    --------
    >>> reach_figure(2).data[1].x.tolist()
    [-1.5, -0.5, 0.5, 1.5]

    """
    size = get_kernel_size(factor)
    places = np.arange(size) - (size - 1) / 2
    weights = 1 - np.abs(places) / factor
    centers = [-factor, 0, factor]
    traces = [
        go.Scatter(
            **{"x": centers, "y": [0, 1, 0], "mode": "lines", "hoverinfo": "skip"},
            line={"color": theme.KERNEL, "width": 2},
        ),
        go.Scatter(
            **{"x": places, "y": weights, "mode": "markers"},
            marker={"color": theme.OUTPUT, "size": 10},
            hovertemplate="distance %{x:g} px<br>weight %{y:.3f}<extra></extra>",
        ),
        go.Scatter(
            **{"x": centers, "y": [0, 0, 0], "mode": "markers", "hoverinfo": "skip"},
            marker={"color": theme.INPUT, "size": 12, "symbol": "square"},
        ),
    ]
    parity = "even" if factor % 2 == 0 else "odd"
    xaxis: dict[str, Any] = {
        "title": "Distance in output pixels",
        "gridcolor": theme.GRID,
        "dtick": 1 if factor < 4 else 2,
    }
    # Room for the squares, which stand on the axis at both ends.
    xaxis |= {"range": [-factor - 0.5, factor + 0.5], "fixedrange": True, "zeroline": False}
    yaxis = {"range": [-0.12, 1.12], "gridcolor": theme.GRID, "fixedrange": True, "dtick": 0.5}
    return theme.finish(
        go.Figure(traces),
        f"f = {factor}, {parity}: {size} weights",
        height=height,
        alt=f"A triangle with the weights {' '.join(map(number, weights))} by distance",
        xaxis=xaxis,
        yaxis=yaxis | {"zerolinecolor": theme.GRID},
        margin={"b": 40},
        showlegend=False,
        dragmode=False,
    )


def channels_figure(
    own: FloatArray, grown: FloatArray, title: str, *, height: int = 392
) -> go.Figure:
    """Draw one pixel's channels before and after they were enlarged as if they were an axis.

    Parameters
    ----------
    own : ndarray of shape (C,)
        The correct channels.
    grown : ndarray of shape (factor * C,)
        The enlarged channels.
    title : str
        Title above the figure.
    height : int, optional
        Height in px.

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
    own, grown = real_array(own, "own", (1,)), real_array(grown, "grown", (1,))
    if len(grown) % len(own):
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
    return _figure(title, height, traces, xaxis, {"title": "Value"})


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
    lost = real_array(lost, "lost", (2,))
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
    zero, edge, gain = (
        real_array(values, name, (1,))
        for values, name in ((zero, "zero"), (edge, "edge"), (gain, "gain"))
    )
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
