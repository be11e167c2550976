"""Figures of kernels, of their spectra, and of signals drawn through samples."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from fcnlib.kernels import KERNELS, Kernel
from fcnlib.plots import theme
from fcnlib.reconstruction import Reconstruction
from fcnlib.spectra import NYQUIST, decibels, frequency_response
from fcnlib.typing import Float64Array

if TYPE_CHECKING:
    import plotly.graph_objects as go

# Nine kernels are told apart by three tones, clear of the other roles, and three dashes.
_TONES = (theme.KERNEL, "#7a68c9", theme.NEUTRAL)
_DASHES = ("solid", "dot", "dash")
_HEIGHTS = [-0.28, 1.08]  # from the sinc's deepest lobe to a little above one
_GRID = "rgba(138,143,152,0.25)"


def kernel_figure(kernels: Sequence[Kernel], *, reach: float = 4.0) -> "go.Figure":
    """Draw the weights of kernels over the distance from the sample.

    Parameters
    ----------
    kernels : sequence of Kernel
        One line each. A kernel has the same line in every figure.
    reach : float, optional
        Largest distance shown, in samples.

    Returns
    -------
    figure : plotly.graph_objects.Figure

    Examples
    --------
    >>> from fcnlib.kernels import KERNELS
    >>> figure = kernel_figure([KERNELS["sinc"], KERNELS["triangle"]])
    >>> [line.name for line in figure.data]
    ['Sinc', 'Bilinear']

    """
    import plotly.graph_objects as go

    distance = np.linspace(-reach, reach, 801)
    figure = go.Figure([_line(kernel, distance, kernel(distance)) for kernel in kernels])
    figure.update_xaxes(
        title="Distance from the sample, in samples",
        dtick=1,
        range=[-reach, reach],
        gridcolor=_GRID,
    )
    figure.update_yaxes(title="Weight", range=_HEIGHTS, gridcolor=_GRID)
    return _finish(figure, "Kernel: how much a sample counts")


def spectrum_figure(
    kernels: Sequence[Kernel], *, in_decibels: bool = False, highest: float = 2.0
) -> "go.Figure":
    """Draw what kernels leave of each frequency, with the Nyquist frequency marked.

    Parameters
    ----------
    kernels : sequence of Kernel
        One line each, as in `kernel_figure`.
    in_decibels : bool, optional
        Draw the magnitude in dB, down to -80, instead of the share itself.
    highest : float, optional
        Highest frequency shown, in cycles per sample.

    Returns
    -------
    figure : plotly.graph_objects.Figure

    Examples
    --------
    >>> from fcnlib.kernels import KERNELS
    >>> figure = spectrum_figure([KERNELS["triangle"]], in_decibels=True)
    >>> figure.layout.yaxis.title.text
    'Share left, in dB'

    """
    import plotly.graph_objects as go

    frequency = np.linspace(0, highest, 801)
    figure = go.Figure()
    for kernel in kernels:
        response = frequency_response(kernel, frequency)
        figure.add_trace(_line(kernel, frequency, decibels(response) if in_decibels else response))
    figure.add_vrect(NYQUIST, highest, fillcolor=theme.NEUTRAL, opacity=0.12, line_width=0)
    figure.add_vline(NYQUIST, line={"color": theme.NEUTRAL, "width": 1})
    figure.add_annotation(
        x=NYQUIST,
        y=1,
        yref="paper",
        text="Nyquist, 1/2",
        showarrow=False,
        xanchor="left",
        yanchor="bottom",
    )
    figure.update_xaxes(
        title="Frequency, in cycles per sample", dtick=0.5, range=[0, highest], gridcolor=_GRID
    )
    title, limits = ("Share left, in dB", [-82, 6]) if in_decibels else ("Share left", _HEIGHTS)
    figure.update_yaxes(title=title, range=limits, gridcolor=_GRID)
    return _finish(figure, "Spectrum: what it leaves of each frequency")


def reconstruction_figure(result: Reconstruction) -> "go.Figure":
    """Draw a signal, its samples, each sample's own kernel, their sum, and the error.

    Parameters
    ----------
    result : Reconstruction
        As `fcnlib.reconstruction.reconstruct` gives it. Only the kernels of samples from 0 to
        1 s are drawn, though those beyond the ends take part in the sum.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        The error lies in a panel of its own below, on a scale no finer than 0.05.

    """
    import plotly.graph_objects as go

    shown = result.within
    at, height = result.sample_times[shown], result.samples[shown]
    stems = _joined([(np.array([t, t]), np.array([0, h])) for t, h in zip(at, height, strict=True)])
    kernels = _joined([_nonzero(result.time, row) for row in result.contributions[shown]])
    signal = (result.time, result.signal)
    figure = go.Figure(
        [
            _trace(kernels, "Each sample's own kernel", theme.KERNEL, width=1, hoverinfo="skip"),
            _trace(stems, "Stems", theme.INPUT, width=1, hoverinfo="skip", showlegend=False),
            _trace(signal, "True signal", theme.INPUT, width=2, dash="dot"),
            _trace((result.time, result.curve), "Sum of the kernels", theme.OUTPUT, width=2.5),
            _trace((at, height), "Samples", theme.INPUT, mode="markers", marker={"size": 8}),
            _trace((result.time, result.error), "Error", theme.DIFFERENCE, width=2, yaxis="y2"),
        ]
    )
    limit = max(0.05, 1.1 * result.max_error)
    figure.update_xaxes(title="Time, in s", anchor="y2", range=[-0.01, 1.01], gridcolor=_GRID)
    figure.update_layout(
        yaxis={"title": "Value", "domain": [0.34, 1], "gridcolor": _GRID},
        yaxis2={
            "title": "Error",
            "domain": [0, 0.26],
            "range": [-limit, limit],
            "gridcolor": _GRID,
        },
    )
    return _finish(figure, "One kernel per sample, and their sum", height=480)


def _line(kernel: Kernel, x: Float64Array, y: Float64Array) -> "go.Scatter":
    place = list(KERNELS).index(kernel.name)
    color = _TONES[place % len(_TONES)]
    dash = _DASHES[place // len(_TONES)]
    return _trace((x, y), kernel.title, color, width=2.5, dash=dash)


def _trace(
    curve: tuple[Float64Array, Float64Array],
    name: str,
    color: str,
    *,
    width: float = 2,
    dash: str = "solid",
    **options: Any,
) -> "go.Scatter":
    import plotly.graph_objects as go

    x, y = (values.astype(np.float32) for values in curve)
    line = {"color": color, "width": width, "dash": dash}
    return go.Scatter(x=x, y=y, name=name, line=line, **{"mode": "lines", **options})


def _finish(figure: "go.Figure", title: str, *, height: int = 360) -> "go.Figure":
    theme.finish(figure, title, height=height)
    # The legend keeps its distance from the axis's title at any height.
    below = -64 / (height - 110)
    return figure.update_layout(hovermode="x unified", legend_y=below, margin_t=52)


def _joined(
    pieces: Sequence[tuple[Float64Array, Float64Array]],
) -> tuple[Float64Array, Float64Array]:
    """Join curves into one with gaps, so that hundreds of them are one trace."""
    gap = [np.nan]
    x = np.concatenate([part for times, _ in pieces for part in (times, gap)])
    y = np.concatenate([part for _, values in pieces for part in (values, gap)])
    return x, y


def _nonzero(x: Float64Array, y: Float64Array) -> tuple[Float64Array, Float64Array]:
    """Leave out where a curve lies flat on zero, but not where it only crosses."""
    lying = np.convolve(np.abs(y) > 1e-9, np.ones(3), mode="same") == 0
    return x[~lying], y[~lying]
