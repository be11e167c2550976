"""Figures of an upsampling layer's memory, on linear scales, and of scores between two cells."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from fcnlib.checks import real_array
from fcnlib.class_map.memory import Requirement
from fcnlib.plots import descriptions, theme
from fcnlib.plots.frames import squares
from fcnlib.plots.pruning import NAMES, size
from fcnlib.typing import ByteArray, FloatArray, IndexArray

_GB = 1e9
_SCALE = ("#f7f7f5", theme.KERNEL)


def linear_memory_figure(
    requirements: Mapping[str, Requirement], title: str = "", *, height: int = 260
) -> go.Figure:
    """Draw the memory that each upsampling method needs, on a linear scale in GB.

    Parameters
    ----------
    requirements : mapping of str to Requirement
        As returned by `memory.requirements`.
    title : str, optional
        Title above the figure.
    height : int, optional
        In px.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        One bar per method: its kernel, then its scores or map, with the sum at the end. Bars may
        be too short to be seen, which is what the figure shows.

    """
    names = [NAMES[method] for method in requirements]
    totals = [need.total for need in requirements.values()]
    figure = go.Figure()
    for name, color, sizes in (
        ("Kernel", theme.KERNEL, [need.kernel for need in requirements.values()]),
        ("Scores or map", theme.OUTPUT, [need.activations for need in requirements.values()]),
    ):
        figure.add_bar(
            x=[nbytes / _GB for nbytes in sizes],
            y=names,
            name=name,
            orientation="h",
            marker_color=color,
            customdata=[size(nbytes) for nbytes in sizes],
            hovertemplate="%{y}<br>" + name + " %{customdata}<extra></extra>",
        )
    figure.add_scatter(
        x=[total / _GB for total in totals],
        y=names,
        mode="text",
        text=[f" {size(total)}" for total in totals],
        textposition="middle right",
        textfont={"size": 13},
        cliponaxis=False,
        showlegend=False,
        hoverinfo="skip",
    )
    return theme.finish(
        figure,
        title,
        height=height,
        barmode="stack",
        bargap=0.3,
        dragmode=False,
        margin={"r": 64, "b": 56},
        xaxis={"fixedrange": True, "rangemode": "tozero", "ticksuffix": " GB", "nticks": 6},
        yaxis={"fixedrange": True, "autorange": "reversed"},
        legend={"yref": "container", "y": 0, "yanchor": "bottom", "traceorder": "normal"},
    )


def kernel_grid_figure(
    weights: FloatArray, title: str = "", *, height: int = 300, by_pair: bool = True
) -> go.Figure:
    """Draw every kernel of a layer as a small picture, in a grid by output and input class.

    Parameters
    ----------
    weights : ndarray of shape (K, K, D, C)
        Kernel of a transposed convolution: from C input channels to D output channels.
    title : str, optional
        Title above the figure.
    height : int, optional
        In px, for as many rows as columns.
    by_pair : bool, optional
        Whether the rows of the grid are output classes, so that they are numbered.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        One heatmap and lines between the kernels.

    """
    weights = real_array(weights, "weights", (4,))
    side, width, outputs, inputs = weights.shape
    if side != width:
        msg = f"weights must have shape (K, K, D, C), got {weights.shape}"
        raise ValueError(msg)
    mosaic = weights.transpose(2, 0, 3, 1).reshape(outputs * side, inputs * side)
    heatmap = go.Heatmap(
        z=mosaic.astype(np.float32),
        zmin=0,
        zmax=float(mosaic.max()) or 1.0,
        colorscale=_SCALE,
        showscale=False,
        hoverinfo="skip",
    )
    kernels = int(weights.any(axis=(0, 1)).sum())
    alt = (
        f"{outputs} × {inputs} kernels of {side} × {side} weights: "
        f"{kernels} with weights other than zero, "
        f"largest weight {descriptions.number(weights.max())}"
    )
    figure = squares(go.Figure(heatmap), title, mosaic.shape, height, below=34, fixed=True, alt=alt)
    for ends, along in (((outputs, inputs), "h"), ((inputs, outputs), "v")):
        for edge in range(1, ends[0]):
            at, far = edge * side - 0.5, ends[1] * side - 0.5
            line = {"color": theme.NEUTRAL, "width": 1}
            points = {"x0": -0.5, "x1": far, "y0": at, "y1": at}
            if along == "v":
                points = {"x0": at, "x1": at, "y0": -0.5, "y1": far}
            figure.add_shape(type="line", line=line, **points)
    middles = [(index + 0.5) * side - 0.5 for index in range(max(outputs, inputs))]
    names = [str(index + 1) for index in range(max(outputs, inputs))]
    shown = {"showticklabels": True}
    what = "from class" if by_pair else "class"
    figure.update_xaxes(shown, tickvals=middles[:inputs], ticktext=names[:inputs], title_text=what)
    if by_pair:
        figure.update_yaxes(
            shown, tickvals=middles[:outputs], ticktext=names[:outputs], title_text="to class"
        )
    return figure.update_layout(margin={"l": 8, "b": 34})


def growth_figure(
    classes: Sequence[int],
    kernels: Mapping[str, Sequence[int]],
    chosen: int,
    machine: int | None,
    title: str = "",
    *,
    height: int = 300,
) -> go.Figure:
    """Draw how much memory kernels take for a number of classes, on linear scales.

    Parameters
    ----------
    classes : sequence of int
        Numbers of classes, ascending.
    kernels : mapping of str to sequence of int
        Bytes for each number of classes, by method: a key of `pruning.NAMES`.
    chosen : int
        Number of classes that is marked.
    machine : int or None
        Memory of this machine in bytes, drawn as a line if known.
    title : str, optional
        Title above the figure.
    height : int, optional
        In px.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        One curve per method, and a marker on each.

    """
    figure = go.Figure()
    place, on_right = list(classes).index(chosen), 2 * chosen > max(classes)
    above = -12 if on_right else -90  # px; to the right of its mark, the curve rises
    for (method, sizes), color in zip(kernels.items(), (theme.KERNEL, theme.OUTPUT), strict=False):
        figure.add_scatter(
            x=list(classes),
            y=[nbytes / _GB for nbytes in sizes],
            mode="lines",
            line={"color": color, "width": 3},
            name=NAMES[method],
            hovertemplate="%{x} classes: %{y:.3g} GB<extra></extra>",
        )
        figure.add_scatter(
            x=[chosen],
            y=[sizes[place] / _GB],
            mode="markers",
            marker={"color": color, "size": 11},
            cliponaxis=False,
            showlegend=False,
            hoverinfo="skip",
        )
        figure.add_annotation(
            x=chosen,
            y=sizes[place] / _GB,
            text=f"{NAMES[method]}, {size(sizes[place])}",
            xanchor="right" if on_right else "left",
            ax=-8 if on_right else 4,
            ay=above if method == "dense" else 14,
            arrowcolor=theme.NEUTRAL,
            showarrow=True,
        )
    most = max(max(sizes) for sizes in kernels.values()) / _GB
    if machine is not None and machine / _GB < 1.6 * most:
        line = {"color": theme.DIFFERENCE, "width": 2, "dash": "dot"}
        figure.add_hline(y=machine / _GB, line=line)
        figure.add_annotation(
            x=0,
            xref="paper",
            xanchor="left",
            y=machine / _GB,
            yshift=-10,
            text=f"Memory of this computer, {size(machine)}",
            showarrow=False,
        )
        most = max(most, machine / _GB)
    return theme.finish(
        figure,
        title,
        height=height,
        margin={"b": 40, "r": 16},
        xaxis={"fixedrange": True, "title": {"text": "classes"}, "gridcolor": theme.GRID},
        yaxis={
            "fixedrange": True,
            "ticksuffix": " GB",
            "range": [-0.12 * most, 1.1 * most],
            "gridcolor": theme.GRID,
        },
        showlegend=False,
        shapes=list(figure.layout.shapes),
        annotations=list(figure.layout.annotations),
        dragmode=False,
    )


def between_cells_figure(
    first: FloatArray,
    second: FloatArray,
    remaining: IndexArray,
    names: Sequence[str],
    colors: ByteArray,
    *,
    leader: int,
    title: str = "",
    height: int = 390,
) -> go.Figure:
    """Draw the score of every class from the center of one cell to the center of the next.

    Parameters
    ----------
    first, second : ndarray of shape (C,)
        Scores of both cells.
    remaining : ndarray of int
        Classes that are drawn in colors. The others are gray.
    names : sequence of str
        Name of each class.
    colors : ndarray of shape (C, 3), uint8
        RGB of each remaining class.
    leader : int
        One of the remaining classes, which is drawn with a thicker line and named as the leader.
    title : str, optional
        Title above the figure.
    height : int, optional
        In px.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        One trace for all classes that do not remain, and one for each that does. If some do not,
        the last trace is the one of them with the best score in the middle, as an example.

    """
    first, second = real_array(first, "first", (1,)), real_array(second, "second", (1,))
    if first.shape != second.shape:
        msg = f"first and second must have one shape (C,), got {first.shape} and {second.shape}"
        raise ValueError(msg)
    others = np.setdiff1d(np.arange(len(first)), remaining)
    ends = np.stack([first[others], second[others], np.full(len(others), np.nan)], 1)
    figure = go.Figure()
    figure.add_scatter(
        # A gap follows each line, so that one trace holds all of them.
        x=np.tile([0.0, 1.0, np.nan], len(others)),
        y=ends.ravel().astype(np.float32),
        mode="lines",
        line={"color": "rgba(138,143,152,0.14)", "width": 1},
        name=f"{len(others)} below the leader at both ends",
        hoverinfo="skip",
        connectgaps=False,
    )
    for number, index in enumerate(remaining):
        leads = index == leader
        figure.add_scatter(
            x=[0, 1],
            y=[float(first[index]), float(second[index])],
            mode="lines",
            line={
                "color": f"rgb({','.join(map(str, colors[number]))})",
                "width": 5 if leads else 2,
            },
            name=f"{names[index]}, the leader" if leads else names[index],
        )
    if len(others):
        index = others[np.argmax(first[others].astype(float) + second[others])]
        figure.add_scatter(
            x=[0, 1],
            y=[float(first[index]), float(second[index])],
            mode="lines",
            line={"color": theme.NEUTRAL, "width": 2, "dash": "dash"},
            name=f"{names[index]}, below the leader",
        )
    legend = 20 * len(figure.data)  # px; one entry per line, at every width
    return theme.finish(
        figure,
        title,
        height=height,
        margin={"b": legend + 36},
        xaxis={
            "fixedrange": True,
            "tickvals": [0, 1],
            "ticktext": ["one cell", "the next"],
            "range": [-0.06, 1.06],
            "showgrid": False,
        },
        yaxis={"fixedrange": True, "title": {"text": "score"}, "gridcolor": theme.GRID},
        legend={"orientation": "v", "yref": "container", "yanchor": "bottom", "y": 0},
        dragmode=False,
    )
