"""Arrays as crisp squares: a kernel with its numbers, a picture, a difference.

Nothing is smoothed, since smoothing would fake the very effect these figures show. A
picture travels as a PNG, and big arrays are thinned, so that a figure stays light.
"""

import base64
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fcnlib.images import encode_png
from fcnlib.plots import theme
from fcnlib.plots.differences import difference_figure
from fcnlib.plots.frames import block_centers, check_array, squares, thinning_step
from fcnlib.typing import FloatArray

if TYPE_CHECKING:
    import plotly.graph_objects as go

__all__ = ["difference_figure", "image_figure", "kernel_heatmap_figure"]

MAX_IMAGE_POINTS = 300_000  # as a PNG, a fraction of a byte to three bytes each
MAX_KERNEL_NUMBERS = 17  # rows; the post's factors 2 to 9 have kernels of up to 17
MAX_IMAGE_NUMBERS = 10  # rows and columns

_KERNEL_SCALE = ("#fdf3e3", theme.KERNEL)


def kernel_heatmap_figure(
    kernel: FloatArray, title: str = "Kernel", *, height: int = 320
) -> "go.Figure":
    """Draw a kernel as squares, with the number in each where there is room.

    Parameters
    ----------
    kernel : ndarray of shape (K, L)
        Weights, finite. Where all are whole multiples of the smallest one, the numbers
        are these multiples and the title says of what, such as "in 1/16".
    title : str, optional
        What stands above the figure.
    height : int, optional
        In px, for a square array.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        One heatmap, rows downwards. Numbers are shown up to `MAX_KERNEL_NUMBERS` rows.

    Raises
    ------
    ValueError
        If `kernel` is not two-dimensional, is empty or not finite.

    Examples
    --------
    >>> kernel_heatmap_figure(np.array([[0.25, 0.5, 0.25]])).layout.title.text
    'Kernel, in 1/4'

    """
    import plotly.graph_objects as go

    check_array(kernel, "kernel", (2,))
    numbers, unit = _whole_numbers(kernel)
    size = max(kernel.shape)
    few = size <= MAX_KERNEL_NUMBERS
    heatmap = go.Heatmap(
        z=kernel.astype(np.float32),
        zmin=min(0, float(kernel.min())),
        zmax=float(kernel.max()),
        text=numbers if few else None,
        texttemplate="%{text}",
        textfont={"size": min(14, max(11, 190 // size))},
        colorscale=_KERNEL_SCALE,
        showscale=False,
        xgap=int(few),
        ygap=int(few),
        hovertemplate="row %{y}, column %{x}<br>weight %{z:.5~g}<extra></extra>",
    )
    return squares(go.Figure(heatmap), title + unit, kernel.shape, height)


def image_figure(
    image: FloatArray | NDArray[np.uint8], title: str, *, height: int = 320
) -> "go.Figure":
    """Draw a picture pixel by pixel, with the gray values where there is room.

    Parameters
    ----------
    image : ndarray of shape (H, W) or (H, W, 3)
        Gray or RGB: uint8, or finite floats, where 0 is black and 1 is white. What lies
        beyond is drawn black or white.
    title : str
        What stands above the figure.
    height : int, optional
        In px, for a square array.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        One image. Of a picture of more than `MAX_IMAGE_POINTS` pixels only every n-th row
        and column is sent. A gray one of at most `MAX_IMAGE_NUMBERS` rows and columns,
        whether of one channel or three equal ones, bears its values.

    Raises
    ------
    ValueError
        If `image` has another shape, is empty or not finite.

    """
    import plotly.graph_objects as go

    check_array(image, "image", (2, 3))
    if image.ndim == 3 and image.shape[-1] != 3:
        msg = f"image must have 1 or 3 channels, got shape {image.shape}. Pick some first."
        raise ValueError(msg)
    step = thinning_step(image.shape, MAX_IMAGE_POINTS)
    source = "data:image/png;base64," + base64.b64encode(_png(image[::step, ::step])).decode()
    picture = go.Image(
        source=source,
        **block_centers(step),
        hovertemplate="row %{y}, column %{x}<extra></extra>",
    )
    gray = image if image.ndim == 2 else image[..., 0]
    figure = go.Figure(picture)
    if max(gray.shape) <= MAX_IMAGE_NUMBERS and (image.T == gray.T).all():
        figure.add_trace(_numbers_on(gray))
    return squares(figure, title, gray.shape, height)


def _numbers_on(gray: FloatArray | NDArray[np.uint8]) -> "go.Scatter":
    """Return the values as text, dark on light cells and light on dark ones."""
    import plotly.graph_objects as go

    rows, cols = np.indices(gray.shape)
    white = 255 if gray.dtype == np.uint8 else 1
    return go.Scatter(
        x=cols.ravel(),
        y=rows.ravel(),
        text=[f"{round(float(value), 2):g}" for value in gray.ravel()],
        mode="text",
        textfont={
            "size": max(11, 48 // max(gray.shape)),
            "color": np.where(gray.ravel() > white / 2, "#222", "#eee"),
        },
        hoverinfo="skip",
        showlegend=False,
    )


def _whole_numbers(kernel: FloatArray) -> tuple[NDArray[Any], str]:
    """Return what to write into the cells, and in what unit."""
    positive = kernel[kernel > 0]
    denominator = round(1 / float(positive.min())) if positive.size else 1
    multiples = kernel * denominator
    whole = np.rint(multiples).astype(int)
    if denominator < 1 or not np.allclose(multiples, whole, rtol=1e-5):
        return np.round(kernel, 2), ""
    return whole, f", in 1/{denominator}" if denominator > 1 else ""


def _png(image: FloatArray | NDArray[np.uint8]) -> bytes:
    if image.dtype != np.uint8:
        image = np.rint(np.clip(image, 0, 1) * 255).astype(np.uint8)
    return encode_png(np.ascontiguousarray(image))
