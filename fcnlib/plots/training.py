"""Figures of a training: its curves, its upsampling kernel, and the grid bound."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from fcnlib.checks import real_array
from fcnlib.plots import theme
from fcnlib.plots.frames import squares
from fcnlib.typing import Float64Array, FloatArray

_BELOW_ZERO, _ZERO = "#5b4a9e", "#fdf3e3"
_EARLIER = ("dot", "dash")
_HEIGHT, _LEGEND_ROW = 290, 18  # px


class Line(NamedTuple):
    """Curve of one training.

    Attributes
    ----------
    name : str
        Name in the legend.
    step, value : ndarray of shape (n,)
        Points of the curve.

    """

    name: str
    step: Float64Array
    value: Float64Array


def curve_figure(
    now: Line,
    earlier: Sequence[Line] = (),
    title: str = "",
    *,
    steps: int,
    limit: float,
    height: int = _HEIGHT,
) -> go.Figure:
    """Draw a value of a training over its steps, with earlier trainings behind it.

    Parameters
    ----------
    now : Line
        The current training.
    earlier : sequence of Line, optional
        Earlier trainings; only the first two are drawn, in gray.
    title : str, optional
        Title of the figure. It should name the axis of the steps, which has no title.
    steps : int
        Right end of the axis, so that the axis does not change while the line grows.
    limit : float
        Upper end of the axis; raised if a line exceeds it.
    height : int, optional
        In px, without the legend.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        The figure, with a legend below it if there is more than one line.

    Examples
    --------
    >>> line = Line("FCN-8s", np.array([1.0, 2.0]), np.array([1.9, 1.2]))
    >>> curve_figure(line, title="Loss", steps=10, limit=2).layout.xaxis.range
    (0, 10)

    """
    styles = [(theme.NEUTRAL, dash) for dash in _EARLIER[: len(earlier)]]
    styles.append((theme.OUTPUT, "solid"))
    lines = [*earlier[: len(_EARLIER)], now]
    figure = go.Figure(
        [
            go.Scatter(
                x=line.step.astype(np.float32),
                y=line.value.astype(np.float32),
                name=line.name,
                mode="lines",
                line={"color": color, "dash": dash, "width": 2},
                hovertemplate="step %{x}: %{y:.3f}",
            )
            for line, (color, dash) in zip(lines, styles, strict=True)
        ]
    )
    legend_rows = len(lines) if earlier else 0
    right = max([steps, *(line.step.max(initial=0) for line in lines)])
    drawn = any(line.step.size for line in lines)
    top = max([limit, *(line.value.max(initial=0) for line in lines)])
    axis = {"gridcolor": theme.GRID, "zeroline": False}
    return theme.finish(
        figure,
        title,
        alt="" if drawn else f"Empty axes for {right:g} steps and values up to {top:g}",
        height=height + _LEGEND_ROW * legend_rows,
        xaxis=axis | {"range": [0, right]},
        yaxis=axis | {"range": [0, top]},
        # Plotly leaves out the last step's label if it does not fit.
        margin={"r": 16},
        showlegend=bool(earlier),
        legend={"y": -0.2},
        dragmode=False,
        hovermode="x",
    )


def learning_kernel_figure(kernel: FloatArray, title: str = "Kernel") -> go.Figure:
    """Draw a kernel whose weights may have any sign, on a color scale centered at zero.

    Parameters
    ----------
    kernel : ndarray of shape (K, L)
        Weights, finite.
    title : str, optional
        Title of the figure.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        A heatmap. Its color scale is at least -1 to 1, so that it does not change while a
        bilinear kernel is trained.

    Raises
    ------
    ValueError
        If `kernel` is not two-dimensional, is empty or contains values that are not finite.

    Examples
    --------
    >>> learning_kernel_figure(np.zeros((4, 4))).data[0].zmax
    1.0

    """
    kernel = real_array(kernel, "kernel", (2,))
    limit = max(1.0, float(np.abs(kernel).max()))
    heatmap = go.Heatmap(
        z=kernel.astype(np.float32),
        zmin=-limit,
        zmax=limit,
        colorscale=(_BELOW_ZERO, _ZERO, theme.KERNEL),
        colorbar={"orientation": "h", "thickness": 10, "y": 0, "yanchor": "top", "nticks": 5},
        hovertemplate="row %{y}, column %{x}<br>weight %{z:.3f}<extra></extra>",
    )
    return squares(go.Figure(heatmap), title, kernel.shape, _HEIGHT, below=44)


def upper_bound_figure(kept: Mapping[int, float], paper: Mapping[int, float]) -> go.Figure:
    """Draw the mean IU that a coarse grid keeps, and the values of the paper.

    Parameters
    ----------
    kept, paper : mapping of int to float
        Mean IU in [0, 1] by factor.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        Two lines with a number at each point.

    Examples
    --------
    >>> figure = upper_bound_figure({4: 0.9, 8: 0.8}, {4: 0.985, 8: 0.964})
    >>> figure.data[0].text
    ('0.985', '0.964')

    """
    figure = go.Figure()
    for name, points, color, dash, side in (
        ("Long et al. 2015, on PASCAL VOC", paper, theme.NEUTRAL, "dot", "top right"),
        ("This page, on drawn streets", kept, theme.OUTPUT, "solid", "bottom left"),
    ):
        figure.add_scatter(
            x=[str(factor) for factor in points],
            y=list(points.values()),
            text=[f"{value:.3f}" for value in points.values()],
            name=name,
            mode="lines+markers+text",
            textposition=side,
            line={"color": color, "dash": dash, "width": 2},
            marker={"size": 9},
            cliponaxis=False,
            hovertemplate="cells of %{x} px: %{y:.3f}<extra></extra>",
        )
    return theme.finish(
        figure,
        "Mean IU after shrinking and enlarging",
        height=300,
        xaxis={"title": "Cell size in px", "type": "category", "gridcolor": theme.GRID},
        yaxis={"range": [0, 1.08], "dtick": 0.25, "gridcolor": theme.GRID, "zeroline": False},
        legend={"y": -0.28},
        dragmode=False,
    )


def iu_figure(heads: Mapping[str, Mapping[str, float]], title: str = "") -> go.Figure:
    """Draw the IU of each class as bars, one for each head.

    Parameters
    ----------
    heads : mapping of str to mapping of str to float
        IU in [0, 1] by class, by the name of the head, the coarsest first. A class without IU is
        NaN and has no bar.
    title : str, optional
        Title of the figure.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        A group of bars for each class; finer heads have a stronger color.

    Examples
    --------
    >>> figure = iu_figure({"FCN-32s": {"sky": 0.8}, "FCN-8s": {"sky": 0.9}})
    >>> [bar.y for bar in figure.data]
    [(0.8,), (0.9,)]

    """
    figure = go.Figure()
    # A color for each bar, since the legend does not show a bar's opacity.
    red, green, blue = bytes.fromhex(theme.OUTPUT[1:])
    for number, (name, by_class) in enumerate(heads.items(), 1):
        figure.add_bar(
            x=list(by_class),
            y=list(by_class.values()),
            name=name,
            marker={"color": f"rgba({red},{green},{blue},{number / len(heads):.2f})"},
            hovertemplate="%{x}: %{y:.2f}",
        )
    return theme.finish(
        figure,
        title,
        height=260,
        yaxis={"range": [0, 1], "dtick": 0.25, "gridcolor": theme.GRID, "zeroline": False},
        barmode="group",
        dragmode=False,
    )
