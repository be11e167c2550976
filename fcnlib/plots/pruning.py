"""Figures of the memory that each upsampling method needs, and of the classes left by pruning."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from fcnlib.checks import label_plane
from fcnlib.class_map.interpolation import margin
from fcnlib.class_map.memory import Requirement
from fcnlib.images.colors import from_hex
from fcnlib.plots import theme
from fcnlib.plots.class_maps import discrete_matshow, legend_entry
from fcnlib.plots.descriptions import shares
from fcnlib.typing import BoolArray, IndexArray, LabelMap

LEVELS = {1: "1 class", 3: "2 or 3", 9: "4 to 9", 99: "10 to 99", 10**9: "100 or more"}
"""Largest number of classes of each level, and its name."""
SHADES = ("#f4f6f8", "#c3daf0", "#84b4e0", "#4488c8", "#1b579b")
"""Color of each level: one hue, darker with more classes."""
OUTLINE = "#15171a"

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
) -> go.Figure:
    """Draw the memory that each upsampling method needs, on a logarithmic scale.

    Parameters
    ----------
    requirements : mapping of str to Requirement
        As returned by `memory.requirements`.
    machine : int or None
        Memory of this machine in bytes, drawn as a line if known.
    title : str, optional
        Title above the figure.
    height : int, optional
        In px.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        Two bars per method: its kernel, and its scores or map.

    """
    names = [NAMES[method] for method in requirements]
    figure = go.Figure()
    for name, color, sizes in (
        ("Kernel", theme.KERNEL, [need.kernel for need in requirements.values()]),
        ("Scores or map", theme.OUTPUT, [need.activations for need in requirements.values()]),
    ):
        figure.add_bar(
            x=sizes,
            y=names,
            name=name,
            orientation="h",
            marker_color=color,
            text=[size(nbytes) for nbytes in sizes],
            textposition="auto",
            insidetextanchor="end",
            textangle=0,
            textfont={"size": 12},
            insidetextfont={"color": "#15171a"},
            cliponaxis=False,
            hovertemplate="%{y}<br>" + name + " %{text}<extra></extra>",
        )
    ticks = {"tickvals": [1e3, 1e6, 1e9], "ticktext": ["1 kB", "1 MB", "1 GB"]}
    theme.finish(
        figure,
        title,
        height=height,
        xaxis=ticks | {"type": "log", "range": [1.5, 11.7], "fixedrange": True},
        yaxis={"autorange": "reversed", "fixedrange": True},
        barmode="group",
        bargap=0.15,
        dragmode=False,
    )
    if machine is not None:
        line = {"color": theme.DIFFERENCE, "width": 2, "dash": "dot"}
        figure.add_vline(x=machine, line=line)
        name = f"Memory of this computer, {size(machine)}"
        figure.add_scatter(x=[None], y=[None], mode="lines", line=line, name=name)
    return figure


def survivors_figure(
    labels: LabelMap,
    counts: IndexArray,
    factor: int,
    title: str = "",
    *,
    edge: tuple[int, int] | None = None,
    height: int = 420,
) -> go.Figure:
    """Draw how many classes can win in each square, with the outlines of the class map.

    Parameters
    ----------
    labels : ndarray of int, shape (H, W)
        The class map, without the padding at the bottom and the right.
    counts : ndarray of int, shape (h + 1, w + 1)
        As returned by `class_map.surviving_classes`.
    factor : int
        Pixels per cell along each axis.
    title : str, optional
        Title above the figure.
    edge : tuple of int, optional
        Row and column of a cell. A line is drawn from its center to that of the cell on its right.
    height : int, optional
        In px, for a square map. A wider map gets a lower figure.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        The map of the levels, the count under the pointer, and a legend of the levels.

    Raises
    ------
    ValueError
        If `counts` has too few squares for `labels`, or as from `checks.label_plane`.

    """
    labels = label_plane(labels)
    counts = label_plane(counts, max(LEVELS) + 1, "counts").astype(np.intp)
    # Square n begins at the center of cell n - 1.
    down, right = ((np.arange(side) + margin(factor)) // factor for side in labels.shape)
    if down[-1] >= counts.shape[0] or right[-1] >= counts.shape[1]:
        msg = f"counts must cover labels of {labels.shape} at factor {factor}, got {counts.shape}"
        raise ValueError(msg)
    level = np.searchsorted(list(LEVELS), counts)
    painted = np.where(outlines(labels), len(LEVELS), level[np.ix_(down, right)])
    names = [*LEVELS.values(), "outline"]
    figure = discrete_matshow(
        painted, names, title, colors=from_hex([*SHADES, OUTLINE]), legend=0, height=height
    )
    # The levels under the pointer would hide the counts.
    figure.data = figure.data[:1]
    rows, cols = (np.arange(n + 1) * factor - margin(factor) - 0.5 for n in counts.shape)
    figure.add_heatmap(
        z=level,
        x=cols,
        y=rows,
        customdata=counts,
        colorscale=[[0, "rgba(0,0,0,0)"], [1, "rgba(0,0,0,0)"]],
        showscale=False,
        hovertemplate="%{customdata} classes remain here<extra></extra>",
    )
    for n in np.unique(level):
        figure.add_trace(
            legend_entry(list(LEVELS.values())[n], from_hex([SHADES[n]])[0], theme.NEUTRAL)
        )
    if edge is not None:
        row, col = edge
        x, y = ((index + 0.5) * factor - 0.5 for index in (col, row))
        figure.add_scatter(
            x=[x, x + factor],
            y=[y, y],
            mode="lines+markers",
            line={"color": theme.KERNEL, "width": 4},
            marker={"size": 9},
            showlegend=False,
            hoverinfo="skip",
        )
    found = shares(list(LEVELS.values()), level)
    theme.describe_again(figure, f"From {counts.min()} to {counts.max()} classes remain: {found}")
    # Space for the legend, which takes two lines on a phone.
    return figure.update_layout(height=figure.layout.height + 40, margin={"b": 48})


def outlines(labels: LabelMap) -> BoolArray:
    """Return the pixels (H, W) whose class differs from that of the pixel above or on the left.

    Examples
    --------
    >>> outlines(np.array([[3, 3, 5], [3, 3, 5]])).astype(int)
    array([[0, 0, 1],
           [0, 0, 1]])

    """
    labels = label_plane(labels)
    differs = np.zeros(labels.shape, bool)
    differs[1:] |= labels[1:] != labels[:-1]
    differs[:, 1:] |= labels[:, 1:] != labels[:, :-1]
    return differs


def size(nbytes: int) -> str:
    """Return a size as text, with decimal units as on data sheets.

    Examples
    --------
    >>> size(512), size(16_384_000), size(16_384_000_000), size(25_000_000_000)
    ('512 B', '16.4 MB', '16.4 GB', '25 GB')

    """
    for power, unit in ((9, "GB"), (6, "MB"), (3, "kB")):
        if nbytes >= 10**power:
            return f"{nbytes / 10**power:.3g} {unit}"
    return f"{nbytes} B"
