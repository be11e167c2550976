"""Class maps: one color per class, the names in a legend and under the pointer."""

import base64
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fcnlib.images import encode_jpeg, encode_png
from fcnlib.images.colors import colors_by_share, from_hex, paint
from fcnlib.plots import theme
from fcnlib.plots.frames import check_array, squares
from fcnlib.typing import BoolArray, LabelMap, RGBImage

if TYPE_CHECKING:
    import plotly.graph_objects as go

# In px, below the map: nothing, one row of the legend with so many names, the slider.
MARGIN = 8
LEGEND_ROW, LEGEND_COLUMNS = 20, 4
SLIDER = 64

MAX_IMAGE_SIDE = 1536
"""Pixels of an image's longer side; more weigh much, and no page shows them."""

MAX_HOVER_POINTS = 12_288
"""Points that know their class's name; more would weigh more than the map itself."""


def discrete_matshow(
    data: LabelMap,
    labels_names: Sequence[str] = (),
    title: str = "",
    *,
    colors: NDArray[np.uint8] | None = None,
    legend: int = 12,
    height: int = 480,
) -> "go.Figure":
    """Draw a class map with one color per class.

    Parameters
    ----------
    data : ndarray of int, shape (H, W)
        Class indices.
    labels_names : sequence of str, optional
        Name of each class index; without them the indices stand for themselves.
    title : str, optional
        What stands above the figure.
    colors : ndarray of shape (C, 3), uint8, optional
        RGB of each class index, so that several maps can agree. By default the palette's
        first colors go to the classes of largest area.
    legend : int, optional
        Most classes that the legend names, largest area first.
    height : int, optional
        In px, for a square map; a wider one gets less.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        The map as an image, an invisible layer that names the class under the pointer, at
        most `MAX_HOVER_POINTS` points of it, and an empty trace per legend entry.

    Raises
    ------
    ValueError
        If `data` is not two-dimensional or empty, or an index has no name.

    """
    import plotly.graph_objects as go

    check_array(data, "data", (2,))
    by_area = np.bincount(data.ravel()).argsort(kind="stable")[::-1]
    by_area = by_area[np.isin(by_area, data)]
    names = _names(labels_names, int(data.max()))
    if colors is None:
        colors = colors_by_share(by_area.tolist(), len(names))
    figure = go.Figure([_image(paint(data, colors), _png), _hover(data, names)])
    for index in by_area[:legend]:
        figure.add_trace(_legend_entry(names[index], colors[index]))
    below = MARGIN + LEGEND_ROW * math.ceil(min(legend, len(by_area)) / LEGEND_COLUMNS)
    _framed(figure, data.shape, title, height, below)
    return figure.update_layout(legend={"y": -0.02, "itemclick": False, "itemdoubleclick": False})


def overlay_figure(
    picture: RGBImage,
    data: LabelMap,
    labels_names: Sequence[str],
    title: str = "",
    *,
    colors: NDArray[np.uint8],
    opacity: float = 0.6,
    height: int = 480,
) -> "go.Figure":
    """Draw a class map over its picture, with a slider for the opacity in the figure.

    The slider acts in the browser, without asking the server.

    Parameters
    ----------
    picture : ndarray of shape (H, W, 3), uint8
        RGB.
    data : ndarray of int, shape (H, W)
        Class indices.
    labels_names : sequence of str
        Name of each class index.
    title : str, optional
        What stands above the figure.
    colors : ndarray of shape (C, 3), uint8
        RGB of each class index.
    opacity : float, optional
        The map's opacity to begin with: a multiple of 0.1 from 0 to 1.
    height : int, optional
        In px, for a square map; a wider one gets less.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        Picture, map and the invisible layer with the names.

    Raises
    ------
    ValueError
        If picture and map differ in size, or an index has no name.

    """
    import plotly.graph_objects as go

    check_array(data, "data", (2,))
    if picture.shape[:2] != data.shape:
        msg = f"picture and map must have one size, got {picture.shape[:2]} and {data.shape}"
        raise ValueError(msg)
    names = _names(labels_names, int(data.max()))
    painted = _image(paint(data, colors), _png)
    painted.opacity = opacity
    figure = go.Figure([_image(picture, _jpeg), painted, _hover(data, names)])
    _framed(figure, data.shape, title, height, below=SLIDER)
    return figure.update_layout(sliders=[_opacity_slider(opacity)])


def photograph_figure(picture: RGBImage, title: str = "", *, height: int = 480) -> "go.Figure":
    """Draw a photograph in the frame of a class map, compressed as JPEG.

    Parameters
    ----------
    picture : ndarray of shape (H, W, 3), uint8
        RGB.
    title : str, optional
        What stands above the figure.
    height : int, optional
        In px, for a square map; a wider one gets less.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        One image.

    """
    import plotly.graph_objects as go

    return _framed(go.Figure(_image(picture, _jpeg)), picture.shape, title, height)


def mask_figure(mask: BoolArray, title: str = "", *, height: int = 480) -> "go.Figure":
    """Draw where something holds, in the color of differences.

    Parameters
    ----------
    mask : ndarray of bool, shape (H, W)
        Where it holds.
    title : str, optional
        What stands above the figure.
    height : int, optional
        In px, for a square map; a wider one gets less.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        One image.

    """
    import plotly.graph_objects as go

    colors = from_hex([theme.FAINT, theme.DIFFERENCE])
    image = _image(paint(mask.astype(np.uint8), colors), _png)
    return _framed(go.Figure(image), mask.shape, title, height)


def _framed(
    figure: "go.Figure", shape: tuple[int, ...], title: str, height: int, below: int = MARGIN
) -> "go.Figure":
    squares(figure, title, shape, height, below=below)
    # Left to itself, plotly leaves a margin around a heatmap's invisible squares.
    figure.update_xaxes(range=[-0.5, shape[1] - 0.5])
    return figure.update_yaxes(range=[shape[0] - 0.5, -0.5], autorange=False)


def _opacity_slider(start: float) -> dict[str, Any]:
    steps = [
        {"method": "restyle", "label": f"{tenth / 10:g}", "args": [{"opacity": tenth / 10}, [1]]}
        for tenth in range(11)
    ]
    return {
        "active": round(start * 10),
        "steps": steps,
        "currentvalue": {
            "prefix": "Opacity of the map: ",
            "font": {"size": 13, "color": theme.NEUTRAL},
        },
        "ticklen": 0,
        "font": {"size": 1, "color": "rgba(0,0,0,0)"},
        "pad": {"t": 8, "b": 0},
    }


def _names(given: Sequence[str], highest: int) -> Sequence[str]:
    if not given:
        return [str(index) for index in range(highest + 1)]
    if highest >= len(given):
        msg = f"data holds class {highest}, but labels_names ends with class {len(given) - 1}"
        raise ValueError(msg)
    return given


def _image(pixels: RGBImage, encode: Callable[[RGBImage], str]) -> "go.Image":
    """Return an image of at most `MAX_IMAGE_SIDE` px a side, in the coordinates of `pixels`."""
    import plotly.graph_objects as go

    step = math.ceil(max(pixels.shape[:2]) / MAX_IMAGE_SIDE)
    middle = (step - 1) / 2
    thinned = np.ascontiguousarray(pixels[step // 2 :: step, step // 2 :: step])
    return go.Image(
        source=encode(thinned), x0=middle, dx=step, y0=middle, dy=step, hoverinfo="skip"
    )


def _hover(data: LabelMap, names: Sequence[str]) -> "go.Heatmap":
    """Return an invisible heatmap that names the class at the middle of each block."""
    import plotly.graph_objects as go

    step = int(np.ceil(np.sqrt(max(1, data.size / MAX_HOVER_POINTS))))
    thinned = data[step // 2 :: step, step // 2 :: step]
    return go.Heatmap(
        z=np.zeros(thinned.shape, np.uint8),
        text=np.array(names, object)[thinned],
        x0=step // 2,
        dx=step,
        y0=step // 2,
        dy=step,
        colorscale=[[0, "rgba(0,0,0,0)"], [1, "rgba(0,0,0,0)"]],
        showscale=False,
        hovertemplate="%{text}<br>row %{y}, column %{x}<extra></extra>",
    )


def _legend_entry(name: str, color: NDArray[np.uint8]) -> "go.Scatter":
    import plotly.graph_objects as go

    rgb = ",".join(str(value) for value in color)
    marker = {"symbol": "square", "size": 12, "color": f"rgb({rgb})"}
    return go.Scatter(x=[None], y=[None], mode="markers", marker=marker, name=name)


def _png(image: RGBImage) -> str:
    return "data:image/png;base64," + base64.b64encode(encode_png(image)).decode()


def _jpeg(image: RGBImage) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(encode_jpeg(image)).decode()
