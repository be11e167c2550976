"""Figures of kernels and of their spectra, the chosen one before the others."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from fcnlib.kernels import KERNELS, Kernel
from fcnlib.kernels.spectra import NYQUIST, decibels, frequency_response
from fcnlib.plots import theme
from fcnlib.typing import Float64Array

if TYPE_CHECKING:
    import plotly.graph_objects as go

# The others are told apart by two tones, clear of all roles, and five dashes.
_TONES = (theme.NEUTRAL, "#7a68c9")
_DASHES = ("dash", "dot", "dashdot", "longdash", "longdashdot")
_HEIGHTS = [-0.28, 1.08]  # from the sinc's deepest lobe to a little above one
_GRID = "rgba(138,143,152,0.25)"


def kernel_figure(kernels: Sequence[Kernel], *, half_width: float = 4.0) -> "go.Figure":
    """Draw the weights of kernels over the distance from the sample.

    Parameters
    ----------
    kernels : sequence of Kernel
        One line each. The first is the chosen one, in the kernel's own color; the
        others keep their lines from figure to figure.
    half_width : float, optional
        Largest distance shown, in samples.

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
    figure.update_xaxes(
        title="Distance from the sample, in samples",
        dtick=1,
        range=[-half_width, half_width],
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
    frequency = np.linspace(0, highest, 801)
    curves = [frequency_response(kernel, frequency) for kernel in kernels]
    figure = _lines(kernels, frequency, [*map(decibels, curves)] if in_decibels else curves)
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


def _lines(kernels: Sequence[Kernel], x: Float64Array, curves: list[Float64Array]) -> "go.Figure":
    import plotly.graph_objects as go

    figure = go.Figure()
    # The chosen one last, so that it lies above the others; the legend puts it first.
    for rank, (kernel, y) in reversed([*enumerate(zip(kernels, curves, strict=True))]):
        look = {"color": theme.KERNEL, "width": 3} if rank == 0 else _look(kernel)
        x32, y32 = x.astype(np.float32), y.astype(np.float32)
        figure.add_scatter(x=x32, y=y32, name=kernel.title, mode="lines", line=look)
    return figure.update_layout(showlegend=True, legend_traceorder="reversed")


def _look(kernel: Kernel) -> dict[str, Any]:
    place = list(KERNELS).index(kernel.name)
    dash = _DASHES[place // len(_TONES)]
    return {"color": _TONES[place % len(_TONES)], "width": 1.5, "dash": dash}


def _finish(figure: "go.Figure", title: str, *, height: int = 360) -> "go.Figure":
    theme.finish(figure, title, height=height)
    # The legend keeps its distance from the axis's title at any height.
    below = -64 / (height - 110)
    return figure.update_layout(hovermode="x unified", legend_y=below, margin_t=52)
