"""Why a class map needs no 16 GB: what each way takes, and how few classes can win where."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fcnlib.class_map.interpolation import margin
from fcnlib.class_map.memory import Requirement
from fcnlib.plots import theme
from fcnlib.plots.class_maps import discrete_matshow
from fcnlib.typing import LabelMap

if TYPE_CHECKING:
    import plotly.graph_objects as go

LEVELS = {1: "1 class", 3: "2 or 3", 9: "4 to 9", 99: "10 to 99", 10**9: "100 or more"}
"""Most classes of each level of the veil, and its name."""
VEIL = (0.0, 0.3, 0.5, 0.7, 0.88)

NAMES = {
    "dense": "Dense kernel",
    "depthwise": "Depthwise",
    "separable": "Separable",
    "exact": "Exact map",
}


def memory_figure(
    requirements: Mapping[str, Requirement],
    machine: int | None,
    title: str = "",
    *,
    height: int = 360,
) -> "go.Figure":
    """Draw what each way of enlarging takes, on a scale of powers of ten.

    Parameters
    ----------
    requirements : mapping of str to Requirement
        As `memory.requirements` returns them.
    machine : int or None
        Bytes that this machine has, drawn as a line where known.
    title : str, optional
        What stands above the figure.
    height : int, optional
        In px.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        Two bars per way: its kernel, and what must be held beside it.

    """
    import plotly.graph_objects as go

    names = [NAMES[way] for way in requirements]
    bars = {
        "Kernel": (theme.KERNEL, [need.kernel for need in requirements.values()]),
        "Held beside it": (theme.OUTPUT, [need.activations for need in requirements.values()]),
    }
    figure = go.Figure()
    for name, (color, sizes) in bars.items():
        texts = [size(nbytes) for nbytes in sizes]
        figure.add_bar(
            x=sizes,
            y=names,
            name=name,
            orientation="h",
            marker_color=color,
            text=texts,
            textposition="auto",
            insidetextanchor="end",
            textangle=0,
            textfont={"size": 12},
            insidetextfont={"color": "#15171a"},
            cliponaxis=False,
            hovertemplate="%{y}<br>" + name + " %{text}<extra></extra>",
        )
    theme.finish(figure, title, height=height)
    figure.update_xaxes(type="log", range=[1.5, 11.7], fixedrange=True, **_decades())
    figure.update_yaxes(autorange="reversed", fixedrange=True)
    if machine is not None:
        line = {"color": theme.DIFFERENCE, "width": 2, "dash": "dot"}
        figure.add_vline(x=machine, line=line)
        figure.add_scatter(
            x=[None], y=[None], mode="lines", line=line, name=f"This machine, {size(machine)}"
        )
    return figure.update_layout(barmode="group", bargap=0.15, dragmode=False)


def survivors_figure(
    labels: LabelMap,
    counts: NDArray[np.intp],
    factor: int,
    names: Sequence[str],
    title: str = "",
    *,
    colors: NDArray[np.uint8] | None = None,
    height: int = 420,
) -> "go.Figure":
    """Draw a class map under a veil, the darker the more classes can win in a square.

    Parameters
    ----------
    labels : ndarray of int, shape (H, W)
        The class map, without what the padding added at the bottom and the right.
    counts : ndarray of int, shape (h + 1, w + 1)
        As `class_map.surviving_classes` returns them.
    factor : int
        Pixels per cell along each axis.
    names : sequence of str
        Name of each class; none for indices.
    title : str, optional
        What stands above the figure.
    colors : ndarray of shape (C, 3), uint8, optional
        RGB of each class index.
    height : int, optional
        In px, for a square map; a wider one gets less.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        The map, the veil with the count under the pointer, and a legend of its levels.

    """
    import plotly.graph_objects as go

    figure = discrete_matshow(labels, names, title, colors=colors, legend=0, height=height)
    figure.data = figure.data[:1]
    level = np.searchsorted(list(LEVELS), counts)
    rows, cols = (np.arange(n + 1) * factor - margin(factor) - 0.5 for n in counts.shape)
    figure.add_heatmap(
        z=level,
        x=cols,
        y=rows,
        zmin=0,
        zmax=len(VEIL) - 1,
        customdata=counts,
        colorscale=[[n / (len(VEIL) - 1), f"rgba(0,0,0,{a})"] for n, a in enumerate(VEIL)],
        showscale=False,
        hovertemplate="%{customdata} can win here<extra></extra>",
    )
    for n in np.unique(level):
        gray = round(255 * (1 - VEIL[n]))
        marker = {"symbol": "square", "size": 12, "color": f"rgb({gray},{gray},{gray})"}
        outline = {"line": {"color": theme.NEUTRAL, "width": 1}}
        name = list(LEVELS.values())[n]
        figure.add_trace(
            go.Scatter(x=[None], y=[None], mode="markers", marker=marker | outline, name=name)
        )
    # Room for the legend, which takes two lines on a phone.
    figure.update_layout(height=figure.layout.height + 40, margin={"b": 48})
    return figure.update_layout(legend={"y": -0.02, "itemclick": False, "itemdoubleclick": False})


def size(nbytes: int) -> str:
    """Return a size for people to read, in powers of ten as machines are sold.

    Examples
    --------
    >>> size(512), size(16_384_000), size(16_384_000_000), size(25_000_000_000)
    ('512 B', '16.4 MB', '16.4 GB', '25 GB')

    """
    for power, unit in ((9, "GB"), (6, "MB"), (3, "kB")):
        if nbytes >= 10**power:
            return f"{nbytes / 10**power:.3g} {unit}"
    return f"{nbytes} B"


def _decades() -> dict[str, list[float] | list[str]]:
    ticks = {1e3: "1 kB", 1e6: "1 MB", 1e9: "1 GB"}
    return {"tickvals": list(ticks), "ticktext": list(ticks.values())}
