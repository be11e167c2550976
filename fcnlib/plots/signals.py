"""Figures of kernels and their frequency responses."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from fcnlib.kernels import KERNELS, Kernel
from fcnlib.kernels.spectra import NYQUIST, decibels, frequency_response
from fcnlib.plots import theme
from fcnlib.typing import Float64Array

# Other kernels differ in color and dash. The two colors are not those of any role in `theme`.
OTHER = "#7a68c9"
_COLORS = (theme.NEUTRAL, OTHER)
_DASHES = ("dash", "dot", "dashdot", "longdash", "longdashdot")
_VALUES = [-0.28, 1.08]  # from below the sinc's minimum to just above one


def kernel_figure(
    kernels: Sequence[Kernel],
    title: str = "Kernel: weight by distance in samples",
    *,
    half_width: float = 4.0,
    height: int = 360,
) -> go.Figure:
    """Draw the weights of kernels over the distance from the sample.

    Parameters
    ----------
    kernels : sequence of Kernel
        One line each. The first kernel is drawn on top, in `theme.KERNEL`. Each other
        kernel has the same color and dash in every figure.
    title : str, optional
        Title above the figure.
    half_width : float, optional
        Largest distance shown, in samples.
    height : int, optional
        Height in px.

    Returns
    -------
    figure : plotly.graph_objects.Figure

    Examples
    --------
    >>> from fcnlib.kernels import KERNELS
    >>> figure = kernel_figure([KERNELS["sinc"], KERNELS["triangle"]])
    >>> [line.name for line in figure.data]
    ['Bilinear', 'Sinc']

    """
    distance = np.linspace(-half_width, half_width, 801)
    figure = _lines(kernels, distance, [kernel(distance) for kernel in kernels])
    limits = [-half_width, half_width]
    return _finish(
        figure,
        title,
        {"dtick": 1 if half_width < 5 else 2, "range": limits},
        {"range": _VALUES, "dtick": 0.5},
        height,
    )


def spectrum_figure(
    kernels: Sequence[Kernel], *, in_decibels: bool = False, highest: float = 2.0
) -> go.Figure:
    """Draw the frequency responses of kernels, with the Nyquist frequency marked.

    Parameters
    ----------
    kernels : sequence of Kernel
        One line each, as in `kernel_figure`.
    in_decibels : bool, optional
        Whether to draw the magnitude in decibels, down to -80 dB, instead of the gain.
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
    'Gain, in dB'

    """
    frequency = np.linspace(0, highest, 801)
    curves = [frequency_response(kernel, frequency) for kernel in kernels]
    figure = _lines(kernels, frequency, [*map(decibels, curves)] if in_decibels else curves)
    title, limits = ("Gain, in dB", [-82, 6]) if in_decibels else ("Gain", _VALUES)
    _finish(
        figure,
        "Frequency response: gain at each frequency",
        {"title": "Frequency, in cycles per sample", "dtick": 0.5, "range": [0, highest]},
        {"title": title, "range": limits},
    )
    figure.add_vrect(NYQUIST, highest, fillcolor=theme.NEUTRAL, opacity=0.12, line_width=0)
    figure.add_vline(NYQUIST, line={"color": theme.NEUTRAL, "width": 1})
    top_left = {"y": 1, "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    return figure.add_annotation(x=NYQUIST, text="Nyquist, 1/2", showarrow=False, **top_left)


def line_style(kernel: Kernel) -> dict[str, Any]:
    """Return plotly's style of the line of a kernel that is not the first of its figure."""
    dash, color = divmod(list(KERNELS).index(kernel.name), len(_COLORS))
    return {"color": _COLORS[color], "width": 1.5, "dash": _DASHES[dash]}


def _lines(kernels: Sequence[Kernel], x: Float64Array, curves: list[Float64Array]) -> go.Figure:
    figure = go.Figure()
    # The first kernel is drawn last, so that it is on top; the legend lists it first.
    for index, (kernel, y) in reversed([*enumerate(zip(kernels, curves, strict=True))]):
        line = line_style(kernel) if index else {"color": theme.KERNEL, "width": 3}
        x32, y32 = x.astype(np.float32), y.astype(np.float32)
        figure.add_scatter(x=x32, y=y32, name=kernel.title, mode="lines", line=line)
    return figure


def _finish(
    figure: go.Figure,
    title: str,
    xaxis: dict[str, Any],
    yaxis: dict[str, Any],
    height: int = 360,
) -> go.Figure:
    return theme.finish(
        figure,
        title,
        height=height,
        xaxis=xaxis | {"gridcolor": theme.GRID},
        yaxis=yaxis | {"gridcolor": theme.GRID},
        showlegend=True,
        # Title, axis and legend take 118 px.
        legend={"y": (-56 if "title" in xaxis else -26) / (height - 118), "traceorder": "reversed"},
        hovermode="x unified",
    )
