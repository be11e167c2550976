"""Figures of curves through samples, of aliases, and of the two ways to read a sum of kernels."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from fcnlib.checks import real_array
from fcnlib.kernels import Kernel
from fcnlib.kernels.reconstruction import Reconstruction
from fcnlib.kernels.resampling import constant_gain, convolve_comb, scaled_kernels
from fcnlib.kernels.signals import alias_frequency
from fcnlib.plots import theme
from fcnlib.plots.signals import OTHER, line_style
from fcnlib.typing import Float64Array

_FINE = 32  # points of a line from one sample to the next
_VALUES = [-1.4, 1.4]
_FLAT = 1e-9  # a smaller distance from 1 is rounding
_CURVE = {"color": theme.OUTPUT, "width": 3}
RAW = {"color": OTHER, "width": 2, "dash": "solid"}
"""Line of a kernel whose weights are not normalized."""
_CONSTANT = (_CURVE, RAW, {"color": theme.KERNEL, "width": 2})

_SAMPLE = {"color": theme.INPUT, "size": 9}
_SPIKE = {"color": theme.INPUT, "size": 5}
_TERM = {"color": theme.KERNEL, "size": 10}
_OUTPUT = {"color": theme.OUTPUT, "size": 5}
_SUM = {"color": theme.OUTPUT, "size": 13}


def curves_figure(
    results: Sequence[tuple[Kernel, Reconstruction]], title: str, *, height: int = 320
) -> go.Figure:
    """Draw the curves that several kernels reconstruct from the same samples.

    Parameters
    ----------
    results : sequence of (Kernel, Reconstruction)
        At least one. The first curve is drawn on top, in `theme.OUTPUT`; the others have the line
        that their kernel has in `fcnlib.plots.signals.kernel_figure`.
    title : str
        Title above the figure.
    height : int, optional
        Height in px.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        One line for each curve, and the samples from 0 to 1 s as markers.

    Examples
    --------
    >>> from fcnlib.kernels import KERNELS
    >>> from fcnlib.kernels.reconstruction import reconstruct
    >>> from fcnlib.kernels.signals import SIGNALS
    >>> result = reconstruct(KERNELS["triangle"], SIGNALS["sine"], 1, rate=4)
    >>> figure = curves_figure([(KERNELS["triangle"], result)], "")
    >>> [trace.name for trace in figure.data]
    ['Bilinear', 'Samples']

    """
    figure = go.Figure()
    for index, (kernel, result) in reversed([*enumerate(results)]):
        style = line_style(kernel) if index else _CURVE
        _line(figure, result.time, result.curve, kernel.title, style)
    _samples(figure, results[0][1])
    return _over_time(figure, title, height, legend=True)


def sum_figure(
    result: Reconstruction,
    title: str,
    *,
    copies: bool = True,
    curve: bool = True,
    height: int = 320,
) -> go.Figure:
    """Draw a signal, its samples, the kernel at each sample, and the curve that is their sum.

    Parameters
    ----------
    result : Reconstruction
        Signal, samples and curve.
    title : str
        Title above the figure.
    copies : bool, optional
        Whether to draw the kernels.
    curve : bool, optional
        Whether to draw the curve.
    height : int, optional
        Height in px.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        Lines named Kernels, Signal and Curve, and markers named Samples.

    """
    figure = go.Figure()
    if copies:
        # One line with gaps: plotly is slow with many traces.
        lines = result.contributions[result.within]
        gapped = np.pad(lines, ((0, 0), (0, 1)), constant_values=np.nan)
        time = np.append(result.time, np.nan)
        style = {"color": theme.KERNEL, "width": 1}
        _line(figure, np.tile(time, len(lines)), gapped.ravel(), "Kernels", style)
    signal = {"color": theme.INPUT, "width": 2, "dash": "dot"}
    _line(figure, result.time, result.signal, "Signal", signal)
    if curve:
        _line(figure, result.time, result.curve, "Curve", _CURVE)
    # Large markers would hide where the copies meet the curve.
    _samples(figure, result, _SAMPLE | {"size": 5} if copies else _SAMPLE)
    return _over_time(figure, title, height, legend=True)


def alias_figure(
    rate: int, frequency: float, *, highest: float = 12.0, height: int = 320
) -> go.Figure:
    """Draw which frequency a curve has by the frequency of the sampled wave.

    Parameters
    ----------
    rate : int
        Samples per second.
    frequency : float
        Frequency with a marker, in Hz.
    highest : float, optional
        Highest frequency shown, in Hz.
    height : int, optional
        Height in px.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        A line, and a marker for `frequency`. What is above the Nyquist frequency is shaded.

    Examples
    --------
    >>> alias_figure(10, 8).data[1].y
    array([2.], dtype=float32)

    """
    waves = np.linspace(0, highest, 8 * round(highest) + 1)
    figure = go.Figure()
    came_back = np.array([alias_frequency(wave, rate) for wave in waves])
    _line(figure, waves, came_back, "Every frequency", {"color": theme.NEUTRAL, "width": 2})
    here = np.array([frequency]), np.array([alias_frequency(frequency, rate)])
    _dots(figure, *here, "This wave", _SUM)
    nyquist = rate / 2
    xaxis = {"title": "Wave, Hz", "range": [0, highest]}
    yaxis = {"title": "Curve, Hz", "range": [0, 1.15 * nyquist]}
    _finish(figure, "Frequency of the curve", xaxis, yaxis, height)
    figure.add_vrect(nyquist, highest, fillcolor=theme.NEUTRAL, opacity=0.12, line_width=0)
    top_left = {"y": 1, "yref": "paper", "xanchor": "left", "yanchor": "top"}
    text = f" Nyquist: {nyquist:g} Hz"
    return figure.add_annotation(x=nyquist, text=text, showarrow=False, **top_left)


def constant_figure(kernels: Mapping[str, Kernel], *, height: int = 320) -> go.Figure:
    """Draw the curves through samples that are all 1.

    Parameters
    ----------
    kernels : mapping of str to Kernel
        One to three, by the names of their lines. The last is drawn below the others, in
        `theme.KERNEL`, the one before it as `RAW`, and the first of three in `theme.OUTPUT`.
    height : int, optional
        Height in px.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        One line for each kernel, over four samples, with its name beside it.

    Examples
    --------
    >>> from fcnlib.kernels import KERNELS
    >>> figure = constant_figure({"Raw": KERNELS["lanczos2"]})
    >>> round(float(max(figure.data[0].y)), 3)
    1.019

    """
    intervals, points = 3, 64
    figure = go.Figure()
    styles = _CONSTANT[-len(kernels) :]
    for style, (name, kernel) in reversed([*zip(styles, kernels.items(), strict=True)]):
        once = constant_gain(kernel, points + 1)[:-1]
        curve = np.append(np.tile(once, intervals), once[0])
        _line(figure, np.arange(len(curve)) / points, curve, name, style)
    _dots(figure, np.arange(intervals + 1.0), np.ones(intervals + 1), "Samples", _SAMPLE)
    xaxis = {"title": "Position, in samples", "dtick": 1}
    title = "The curve if all samples are 1"
    _finish(figure, title, xaxis, {"range": [0.82, 1.13]}, height)
    # Each line has its name halfway between two samples, on the side to which it leaves 1. A
    # legend would take half of the figure.
    middles = [constant_gain(kernel, 3)[1] for kernel in kernels.values()]
    for n, (name, middle) in enumerate(zip(kernels, middles, strict=True)):
        flat = bool(abs(middle - 1) < _FLAT)
        away = 1 - middles[-1] if flat else middle - 1
        # A flat line has the ripples of another near it, so an arrow says which one is meant.
        distance = 30 if flat else 12  # px
        shift = -distance if away > 0 else distance
        figure.add_annotation(
            x=n + 0.5,
            y=middle,
            showarrow=flat,
            ax=0,
            ay=shift,
            yshift=0 if flat else -shift,
            arrowhead=2,
            arrowcolor=styles[n]["color"],
            text=name,
            font={"color": styles[n]["color"], "size": 12},
        )
    return figure


def placed_figure(
    kernel: Kernel, samples: ArrayLike, factor: int, at: int, *, height: int = 320
) -> go.Figure:
    """Draw the first reading of the sum: a kernel at each sample, added up.

    Parameters
    ----------
    kernel : Kernel
        Kernel of finite support.
    samples : array_like of shape (N,)
        Values from about -1 to 1.
    factor : int
        Outputs from one sample to the next, at least 1.
    at : int
        Output whose terms are marked, from 0 to ``(N - 1) * factor``.
    height : int, optional
        Height in px.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        Lines named Kernels; markers named Terms, Outputs and Sum.

    """
    samples = real_array(samples, "samples", (1,)).astype(np.float64)
    fine = np.arange((len(samples) - 1) * _FINE + 1) / _FINE
    grid = np.arange((len(samples) - 1) * factor + 1) / factor
    figure = go.Figure()
    lines = np.pad(scaled_kernels(kernel, samples, fine), ((0, 0), (0, 1)), constant_values=np.nan)
    positions = np.tile(np.append(fine, np.nan), len(samples))
    _line(figure, positions, lines.ravel(), "Kernels", {"color": theme.KERNEL, "width": 1.5})
    terms = scaled_kernels(kernel, samples, grid)
    here = terms[:, at][terms[:, at] != 0]
    _dots(figure, np.full(len(here), grid[at]), here, "Terms", _TERM)
    _dots(figure, grid, terms.sum(axis=0), "Outputs", _OUTPUT)
    _dots(figure, grid[[at]], terms[:, at].sum(keepdims=True), "Sum", _SUM)
    return _readings(figure, "Place and add", grid, at, height)


def spikes_figure(
    kernel: Kernel, samples: ArrayLike, factor: int, at: int, *, height: int = 320
) -> go.Figure:
    """Draw the second reading of the sum: one kernel that slides over a row of spikes.

    Parameters
    ----------
    kernel : Kernel
        Kernel of finite support.
    samples : array_like of shape (N,)
        Values from about -1 to 1.
    factor : int
        Cells from one spike to the next, at least 1. All others are 0.
    at : int
        Cell at which the kernel is drawn, from 0 to ``(N - 1) * factor``.
    height : int, optional
        Height in px.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        Lines named Spikes and Kernel; markers named Outputs and Sum.

    """
    samples = real_array(samples, "samples", (1,)).astype(np.float64)
    grid = np.arange((len(samples) - 1) * factor + 1) / factor
    comb = np.zeros(len(grid))
    comb[::factor] = samples
    fine = np.arange((len(samples) - 1) * _FINE + 1) / _FINE
    figure = go.Figure()
    # A spike is a line from 0 to its value; the gaps separate them.
    feet = np.stack([grid, grid, np.full(len(grid), np.nan)], axis=1).ravel()
    tops = np.stack([np.zeros(len(grid)), comb, np.full(len(grid), np.nan)], axis=1).ravel()
    _line(figure, feet, tops, "Spikes", {"color": theme.INPUT, "width": 3})
    _dots(figure, grid, comb, "Spikes", _SPIKE)
    window = fine[np.abs(fine - grid[at]) <= kernel.support]
    style = {"color": theme.KERNEL, "width": 2}
    _line(figure, window, kernel(window - grid[at]), "Kernel", style)
    outputs = convolve_comb(kernel, samples, factor)
    _dots(figure, grid, outputs, "Outputs", _OUTPUT)
    _dots(figure, grid[[at]], outputs[[at]], "Sum", _SUM)
    return _readings(figure, "Convolve a row of spikes", grid, at, height)


def _line(
    figure: go.Figure, x: Float64Array, y: Float64Array, name: str, style: Mapping[str, Any]
) -> None:
    points = {"x": x.astype(np.float32), "y": y.astype(np.float32)}
    figure.add_scatter(**points, name=name, mode="lines", line=dict(style))


def _dots(
    figure: go.Figure, x: Float64Array, y: Float64Array, name: str, marker: Mapping[str, Any]
) -> None:
    points = {"x": x.astype(np.float32), "y": y.astype(np.float32)}
    # Spikes have a line of the same name, which is in the legend.
    shown = name != "Spikes"
    figure.add_scatter(**points, name=name, mode="markers", marker=dict(marker), showlegend=shown)


def _samples(
    figure: go.Figure, result: Reconstruction, marker: Mapping[str, Any] = _SAMPLE
) -> None:
    within = result.within
    _dots(figure, result.sample_times[within], result.samples[within], "Samples", marker)


def _over_time(figure: go.Figure, title: str, height: int, *, legend: bool = False) -> go.Figure:
    xaxis = {"ticksuffix": " s", "nticks": 6, "range": [-0.02, 1.02]}
    yaxis = {"range": _VALUES, "dtick": 1}
    return _finish(figure, title, xaxis, yaxis, height, legend=legend)


def _readings(figure: go.Figure, title: str, grid: Float64Array, at: int, height: int) -> go.Figure:
    xaxis = {"title": "Position, in samples", "dtick": 1, "range": [-0.2, grid[-1] + 0.2]}
    _finish(figure, title, xaxis, {"range": [-1.3, 1.3], "dtick": 1}, height, legend=True)
    return figure.add_vline(grid[at], line={"color": theme.NEUTRAL, "width": 1, "dash": "dot"})


def _finish(
    figure: go.Figure,
    title: str,
    xaxis: dict[str, Any],
    yaxis: dict[str, Any],
    height: int,
    *,
    legend: bool = False,
) -> go.Figure:
    below, rest = (60, 138) if "title" in xaxis else (26, 88)
    return theme.finish(
        figure,
        title,
        height=height,
        xaxis=xaxis | {"gridcolor": theme.GRID, "zerolinecolor": theme.GRID},
        yaxis=yaxis | {"gridcolor": theme.GRID, "zerolinecolor": theme.GRID},
        showlegend=legend,
        # px of title, axis and legend. With a title of the axis, the legend has two lines.
        legend={"y": -below / (height - rest), "traceorder": "reversed"},
        hovermode="closest",
    )
