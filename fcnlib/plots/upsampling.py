"""Figures of the equality lab and of the border X-ray."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fcnlib.plots import theme
from fcnlib.plots.frames import block_centers, check_array, squares, thinning_step
from fcnlib.typing import FloatArray

if TYPE_CHECKING:
    import plotly.graph_objects as go

MAX_POINTS = 30_000  # of a map, as float32 in base64
_GRID = "rgba(138,143,152,0.25)"
_SCALE = (theme.FAINT, theme.DIFFERENCE)


def channels_figure(
    own: FloatArray, grown: FloatArray, title: str, *, height: int = 392
) -> "go.Figure":
    """Draw one pixel's channels before and after they were enlarged as if they were an axis.

    Parameters
    ----------
    own : ndarray of shape (C,)
        The channels as they should be.
    grown : ndarray of shape (factor * C,)
        The channels after the mistake.
    title : str
        What stands above the figure.
    height : int, optional
        In px.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        A large marker for each channel of `own`, amid the ones that became of it.

    Raises
    ------
    ValueError
        If the number of channels is not a multiple.

    Examples
    --------
    >>> channels_figure(np.ones(3), np.ones(9), "").data[0].x.tolist()
    [1.0, 4.0, 7.0]

    """
    import plotly.graph_objects as go

    if not len(own) or len(grown) % len(own):
        msg = f"grown must have a multiple of {len(own)} channels, got {len(grown)}"
        raise ValueError(msg)
    factor = len(grown) // len(own)
    middles = np.arange(len(own)) * factor + (factor - 1) / 2
    figure = go.Figure(
        [
            _markers(middles, own, f"TensorFlow: {len(own)} channels", theme.OUTPUT, 14),
            _markers(
                np.arange(len(grown)),
                grown,
                f"scikit-image: {len(grown)} channels",
                theme.DIFFERENCE,
                7,
            ),
        ]
    )
    figure.update_xaxes(title="Channel of scikit-image's result", gridcolor=_GRID, zeroline=False)
    figure.update_yaxes(title="Value", gridcolor=_GRID, zerolinecolor=_GRID)
    return _with_legend_below(theme.finish(figure, title, height=height))


def lost_figure(lost: FloatArray, title: str, *, height: int = 330) -> "go.Figure":
    """Draw how much is lost of each pixel, from nothing to the most.

    Parameters
    ----------
    lost : ndarray of shape (H, W)
        Not negative, finite.
    title : str
        What stands above the figure.
    height : int, optional
        In px, for a square array.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        A heatmap. Beyond `MAX_POINTS` pixels only every n-th row and column is drawn.

    Raises
    ------
    ValueError
        If `lost` is not two-dimensional, is empty or not finite.

    """
    import plotly.graph_objects as go

    check_array(lost, "lost", (2,))
    step = thinning_step(lost.shape, MAX_POINTS)
    heatmap = go.Heatmap(
        z=lost[::step, ::step].astype(np.float32),
        **block_centers(step),
        zmin=0,
        zmax=max(float(lost.max()), 1e-9),
        colorscale=_SCALE,
        colorbar={
            "orientation": "h",
            "thickness": 12,
            "y": 0,
            "yanchor": "top",
            "nticks": 5,
            "tickformat": ".1~f",
        },
        hovertemplate="row %{y}, column %{x}<br>%{z:.3f}<extra></extra>",
    )
    figure = squares(go.Figure(heatmap), title, lost.shape, height, below=44)
    # Left to itself, plotly leaves a margin around a heatmap.
    figure.update_xaxes(range=[-0.5, lost.shape[1] - 0.5])
    return figure.update_yaxes(range=[lost.shape[0] - 0.5, -0.5], autorange=False)


def profile_figure(
    zero: FloatArray, edge: FloatArray, gain: FloatArray, title: str, *, height: int = 300
) -> "go.Figure":
    """Draw one row of pixels: the confidence with either border, and the gain of the scores.

    Parameters
    ----------
    zero, edge, gain : ndarray of shape (W,)
        Confidence with zeros beyond the border, with repeated cells, and what the zeros leave
        of a score; all in [0, 1].
    title : str
        What stands above the figure.
    height : int, optional
        In px.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        Three lines over the column.

    """
    import plotly.graph_objects as go

    columns = np.arange(len(zero))
    figure = go.Figure(
        [
            _line(columns, gain, "gain of the scores", theme.KERNEL, "dot"),
            _line(columns, edge, "confidence, edge repeated", theme.OUTPUT, "solid"),
            _line(columns, zero, "confidence, zeros", theme.DIFFERENCE, "solid"),
        ]
    )
    figure.update_xaxes(title="Column, in px", showgrid=False, zeroline=False)
    figure.update_yaxes(range=[0, 1.05], gridcolor=_GRID, zerolinecolor=_GRID)
    return _with_legend_below(theme.finish(figure, title, height=height))


def _with_legend_below(figure: "go.Figure") -> "go.Figure":
    legend = {"yref": "container", "y": 0, "yanchor": "bottom", "itemclick": False}
    return figure.update_layout(legend=legend, margin={"b": 84}, dragmode=False)


def _markers(at: NDArray[Any], values: FloatArray, name: str, color: str, size: int) -> Any:
    import plotly.graph_objects as go

    return go.Scatter(
        x=at,
        y=values,
        name=name,
        mode="markers",
        marker={"color": color, "size": size, "opacity": 0.85},
        hovertemplate="channel %{x:.3~g}<br>%{y:.3f}<extra></extra>",
    )


def _line(at: NDArray[Any], values: FloatArray, name: str, color: str, dash: str) -> Any:
    import plotly.graph_objects as go

    return go.Scatter(
        x=at,
        y=values.astype(np.float32),
        name=name,
        mode="lines",
        line={"color": color, "width": 2, "dash": dash},
        hovertemplate="column %{x}<br>%{y:.3f}<extra></extra>",
    )
