"""Figures of class maps: one color per class, with names in a legend and under the pointer."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from fcnlib import scenes
from fcnlib.checks import label_plane, real_array
from fcnlib.images import as_rgb8, encode_jpeg, encode_png, fit_long_side
from fcnlib.images.colors import colors_by_share, from_hex, paint
from fcnlib.plots import theme
from fcnlib.plots.descriptions import shares
from fcnlib.plots.frames import block_centers, data_url, squares, thinning_step
from fcnlib.typing import BoolArray, ByteArray, LabelMap, RGBImage

# Heights below the map in px: nothing, and one row of the legend with so many names.
MARGIN = 8
LEGEND_ROW, LEGEND_COLUMNS = 20, 4

MAX_IMAGE_SIDE = 1536
"""Longest side of a map's image in pixels. Larger ones take long to send and are shown smaller."""

SHARPNESS = 2
"""Pixels of a photograph per px of its figure's height, as screens of phones have them."""

QUALITY = 80
"""JPEG quality of a photograph, whose pixels are small enough to hide more of its faults."""

MAX_LABEL = 2**16 - 1
"""Largest class index of a map without given colors. There is one color for each index."""

MAX_HOVER_POINTS = 6_144
"""Largest number of points with a class name. More would need more data than the map itself."""


def discrete_matshow(
    data: LabelMap,
    labels_names: Sequence[str] = (),
    title: str = "",
    *,
    colors: ByteArray | None = None,
    legend: int = 12,
    height: int = 480,
) -> go.Figure:
    """Draw a class map with one color per class.

    Parameters
    ----------
    data : ndarray of int, shape (H, W)
        Class indices, at most `MAX_LABEL`.
    labels_names : sequence of str, optional
        Name of each class index. By default, the indices are shown.
    title : str, optional
        Title above the figure.
    colors : ndarray of shape (C, 3), uint8, optional
        RGB of each class index, so that several maps can share colors. By default, the first
        colors of the palette are assigned to the classes with the largest areas.
    legend : int, optional
        Largest number of classes in the legend, which starts with the largest area.
    height : int, optional
        In px, for a square map. A wider map gets a lower figure.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        The map as an image, an invisible layer of at most `MAX_HOVER_POINTS` points that shows
        the name of the class under the pointer, and an empty trace per legend entry.

    Raises
    ------
    ValueError
        If `data` is not two-dimensional or is empty, or if an index has no name or color, is masked
        or is not an integer.

    """
    data = _class_indices(data, colors)
    by_area = np.bincount(data.ravel()).argsort(kind="stable")[::-1]
    by_area = by_area[np.isin(by_area, data)]
    names = _names(labels_names, int(data.max()))
    if colors is None:
        colors = colors_by_share(by_area.tolist(), len(names))
    figure = go.Figure([_image(paint(data, colors)), _hover(data, names)])
    for index in by_area[:legend]:
        figure.add_trace(legend_entry(names[index], colors[index]))
    below = MARGIN + LEGEND_ROW * math.ceil(min(legend, len(by_area)) / LEGEND_COLUMNS)
    options = {"y": -0.02, "itemclick": False, "itemdoubleclick": False}
    alt = shares(names, data)
    return _framed(figure, data.shape, title, height, below, legend=options, alt=alt)


def scene_figure(labels: LabelMap, title: str, *, legend: int = 0, height: int = 480) -> go.Figure:
    """Draw the labels (H, W) of a drawn scene in its colors; see `discrete_matshow`."""
    return discrete_matshow(
        labels, scenes.CLASSES, title, colors=scenes.COLORS, legend=legend, height=height
    )


def photograph_figure(
    picture: RGBImage, title: str = "", *, height: int = 480, alt: str = ""
) -> go.Figure:
    """Draw a photograph in the frame of a class map, compressed as JPEG.

    Parameters
    ----------
    picture : ndarray of shape (H, W, 3), uint8
        RGB.
    title : str, optional
        Title above the figure.
    height : int, optional
        In px, for a square image. A wider image gets a lower figure.
    alt : str, optional
        What the image shows, for the figure's description. By default, its size.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        One image, in the coordinates of `picture`. A picture with more than `SHARPNESS` pixels for
        each px of the figure is scaled down.

    """
    picture = as_rgb8(picture)
    alt = alt or f"Picture of {picture.shape[1]} × {picture.shape[0]} px"
    shown = fit_long_side(picture, SHARPNESS * height)
    rows, cols = picture.shape[0] / shown.shape[0], picture.shape[1] / shown.shape[1]
    image = go.Image(
        source=data_url("image/jpeg", encode_jpeg(shown, QUALITY)),
        hoverinfo="skip",
        **block_centers(cols, rows),
    )
    return _framed(go.Figure(image), picture.shape, title, height, alt=alt)


def mask_figure(mask: BoolArray, title: str = "", *, height: int = 480) -> go.Figure:
    """Draw where a mask is true, in the color of differences.

    Parameters
    ----------
    mask : ndarray of bool, shape (H, W)
        The mask.
    title : str, optional
        Title above the figure.
    height : int, optional
        In px, for a square mask. A wider mask gets a lower figure.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        One image.

    """
    colors = from_hex([theme.FAINT, theme.DIFFERENCE])
    mask = real_array(mask, "mask", (2,))
    image = _image(paint(mask.astype(bool), colors))
    alt = f"{mask.mean():.1%} of {mask.shape[1]} × {mask.shape[0]} px are marked"
    return _framed(go.Figure(image), mask.shape, title, height, alt=alt)


def css(color: Iterable[int]) -> str:
    """Return an RGB color as a CSS value.

    Examples
    --------
    >>> css([255, 0, 9])
    'rgb(255,0,9)'

    """
    return f"rgb({','.join(map(str, color))})"


def legend_entry(name: str, color: Iterable[int], outline: str | None = None) -> go.Scatter:
    """Return an empty trace that adds a colored square with a name to the legend."""
    marker = {"symbol": "square", "size": 12, "color": css(color)}
    if outline:
        marker["line"] = {"color": outline, "width": 1}
    return go.Scatter(x=[None], y=[None], mode="markers", marker=marker, name=name)


def _framed(
    figure: go.Figure,
    shape: tuple[int, ...],
    title: str,
    height: int,
    below: int = MARGIN,
    **layout: Any,
) -> go.Figure:
    # By default, plotly adds a margin around the invisible squares of a heatmap.
    return squares(figure, title, shape, height, below=below, fixed=True, **layout)


def _class_indices(data: LabelMap, colors: ByteArray | None) -> LabelMap:
    return label_plane(data, MAX_LABEL + 1 if colors is None else len(colors), "data")


def _names(given: Sequence[str], highest: int) -> Sequence[str]:
    if not given:
        return [str(index) for index in range(highest + 1)]
    if highest >= len(given):
        msg = f"data holds class {highest}, but labels_names ends with class {len(given) - 1}"
        raise ValueError(msg)
    return given


def _image(pixels: RGBImage) -> go.Image:
    """Return an image of at most `MAX_IMAGE_SIDE` px a side, in the coordinates of `pixels`."""
    step = math.ceil(max(pixels.shape[:2]) / MAX_IMAGE_SIDE)
    # The middle of each block represents it best.
    thinned = np.ascontiguousarray(pixels[step // 2 :: step, step // 2 :: step])
    source = data_url("image/png", encode_png(thinned))
    return go.Image(source=source, hoverinfo="skip", **block_centers(step))


def _hover(data: LabelMap, names: Sequence[str]) -> go.Heatmap:
    """Return an invisible heatmap with the name of the class at the middle of each block."""
    step = thinning_step(data.shape, MAX_HOVER_POINTS)
    middle = step // 2
    thinned = data[middle::step, middle::step]
    return go.Heatmap(
        z=np.zeros(thinned.shape, np.uint8),
        text=np.array(names, object)[thinned],
        x0=middle,
        dx=step,
        y0=middle,
        dy=step,
        colorscale=[[0, "rgba(0,0,0,0)"], [1, "rgba(0,0,0,0)"]],
        showscale=False,
        hovertemplate="%{text}<br>row %{y}, column %{x}<extra></extra>",
    )
