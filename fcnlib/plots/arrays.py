"""Figures of arrays as squares: kernels with their weights, images, and differences.

No figure interpolates between values, since interpolation would hide the effects that these
figures show. To keep figures small, images are sent as PNG, and only every n-th row and column of
large arrays is drawn.
"""

import math

import numpy as np
import plotly.graph_objects as go

from fcnlib.checks import real_array
from fcnlib.images import encode_png
from fcnlib.plots import descriptions, theme
from fcnlib.plots.frames import block_centers, data_url, squares, thinning_step
from fcnlib.typing import AnyArray, ByteArray, Float64Array, FloatArray

MAX_IMAGE_POINTS = 300_000  # a PNG takes from less than one byte to three bytes per pixel
MAX_DIFFERENCE_POINTS = 100_000  # float32 in base64 takes more than five bytes per value
MAX_KERNEL_NUMBERS = 17  # rows; kernels for factors 2 to 9 have up to 17
MAX_IMAGE_NUMBERS = 10  # rows and columns
MAX_LEADING_ZERO = 6  # rows and columns of an image on which 0.25 is not shortened to .25

_KERNEL_SCALE = ("#fdf3e3", theme.KERNEL)
_DIFFERENCE_SCALE = ("#f6e1ec", theme.DIFFERENCE, "#5a1a40")
_MIDDLE = 0.46  # gray on which black and white text have the same contrast
_COLOR_BAR = {"orientation": "h", "thickness": 12, "y": 0, "yanchor": "top"}


def kernel_heatmap_figure(
    kernel: FloatArray, title: str = "Kernel", *, height: int = 320
) -> go.Figure:
    """Draw a kernel as squares, with its weights as numbers if there is room.

    Parameters
    ----------
    kernel : ndarray of shape (K, L)
        Finite weights. If all are integer multiples of the smallest positive one, the numbers
        are these multiples and the title names the factor, such as "× 16".
    title : str, optional
        Title of the figure.
    height : int, optional
        Height in px for a square array.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        Heatmap with row 0 at the top. Numbers are shown up to `MAX_KERNEL_NUMBERS` rows and
        columns.

    Raises
    ------
    ValueError
        If `kernel` is not two-dimensional, is empty, or is not finite.

    Examples
    --------
    >>> kernel_heatmap_figure(np.array([[0.25, 0.5, 0.25]])).layout.title.text
    'Kernel × 4'

    """
    kernel = real_array(kernel, "kernel", (2,))
    numbers, factor = _integer_multiples(kernel)
    size = max(kernel.shape)
    shows_numbers = size <= MAX_KERNEL_NUMBERS
    heatmap = go.Heatmap(
        z=kernel.astype(np.float32),
        zmin=min(0, float(kernel.min())),
        zmax=float(kernel.max()),
        text=numbers if shows_numbers else None,
        texttemplate="%{text}",
        textfont={"size": min(14, max(11, 190 // size))},
        colorscale=_KERNEL_SCALE,
        showscale=False,
        xgap=int(shows_numbers),
        ygap=int(shows_numbers),
        hovertemplate="row %{y}, column %{x}<br>weight %{z:.5~g}<extra></extra>",
    )
    return squares(go.Figure(heatmap), title + factor, kernel.shape, height)


def image_figure(image: FloatArray | ByteArray, title: str, *, height: int = 320) -> go.Figure:
    """Draw an image pixel by pixel, with its gray values as numbers if there is room.

    Parameters
    ----------
    image : ndarray of shape (H, W) or (H, W, 3)
        Gray or RGB image: uint8, or finite floats where 0 is black and 1 is white. Floats
        outside [0, 1] are clipped.
    title : str
        Title of the figure.
    height : int, optional
        Height in px for a square array.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        Image. If it has more than `MAX_IMAGE_POINTS` pixels, only every n-th row and column
        is shown. If it has at most `MAX_IMAGE_NUMBERS` rows and columns and is gray (one
        channel or three equal ones), each pixel shows its value.

    Raises
    ------
    ValueError
        If `image` has another shape, is empty, or is not finite.

    """
    image = real_array(image, "image", (2, 3))
    if image.ndim == 3 and image.shape[-1] != 3:
        msg = f"image must have 1 or 3 channels, got shape {image.shape}. Select channels first."
        raise ValueError(msg)
    if image.dtype != np.uint8 and image.dtype.kind != "f":
        msg = f"image must be uint8 or floats from 0 to 1, got {image.dtype}. Convert it first."
        raise ValueError(msg)
    step = thinning_step(image.shape, MAX_IMAGE_POINTS)
    figure = go.Figure()
    figure.add_image(
        source=data_url("image/png", _png(image[::step, ::step])),
        **block_centers(step),
        hovertemplate="row %{y}, column %{x}<extra></extra>",
    )
    gray = image if image.ndim == 2 else image[..., 0]
    if max(gray.shape) <= MAX_IMAGE_NUMBERS and (image.T == gray.T).all():
        _add_numbers(figure, gray)
    # Without fixed axes, plotly adds a margin for the numbers.
    return squares(figure, title, gray.shape, height, fixed=True, alt=_alt(image, gray))


def _alt(image: FloatArray | ByteArray, gray: FloatArray | ByteArray) -> str:
    size = f"Picture of {gray.shape[1]} × {gray.shape[0]} px"
    if gray.size <= MAX_IMAGE_NUMBERS**2 and (image.T == gray.T).all():
        rows = "; ".join(" ".join(map(descriptions.number, row)) for row in gray)
        return f"{size} with the values {rows}"
    number = descriptions.number
    return f"{size}, values from {number(image.min())} to {number(image.max())}"


def difference_figure(
    first: FloatArray, second: FloatArray, title: str = "Difference", *, height: int = 392
) -> go.Figure:
    """Draw ``|first - second|`` on a logarithmic scale, with a separate color for exact equality.

    Parameters
    ----------
    first, second : ndarray of shape (H, W) or (H, W, C)
        Finite arrays of the same shape. The largest difference of all channels is drawn.
    title : str, optional
        Title of the figure.
    height : int, optional
        Height in px for a square array.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        Heatmap of the logarithms to base 10. It has gaps where the arrays are equal, and a
        square in `theme.NEUTRAL` behind it shows through them. Beyond
        `MAX_DIFFERENCE_POINTS` pixels, the largest difference of each block of n × n is
        drawn, so that no difference is lost.

    Raises
    ------
    ValueError
        If the shapes differ, or an array has another shape, is empty, or is not finite.

    """
    first, second = real_array(first, "first", (2, 3)), real_array(second, "second", (2, 3))
    if first.shape != second.shape:
        msg = f"first has shape {first.shape}, second {second.shape}. Pass arrays of one shape."
        raise ValueError(msg)
    difference = np.abs(np.subtract(first, second, dtype=np.float64))
    difference = difference.reshape(*difference.shape[:2], -1).max(axis=-1)
    step = thinning_step(difference.shape, MAX_DIFFERENCE_POINTS)
    blocks = _block_max(difference, step)
    figure = go.Figure()
    if (blocks == 0).any():
        _add_equal_square(figure, difference.shape)
    if (blocks > 0).any():
        _add_logarithms(figure, blocks, step)
    legend = {"yref": "container", "y": 0, "yanchor": "bottom", "itemclick": False}
    alt = (
        f"Largest difference {descriptions.number(difference.max())}, "
        f"exactly equal at {np.mean(difference == 0):.1%} of the pixels"
    )
    return squares(figure, title, difference.shape, height, below=80, legend=legend, alt=alt)


def _add_numbers(figure: go.Figure, gray: FloatArray | ByteArray) -> None:
    """Write the values on the pixels, dark on light pixels and light on dark ones."""
    rows, columns = np.indices(gray.shape)
    values = gray.ravel()
    white = 255 if gray.dtype == np.uint8 else 1
    figure.add_scatter(
        x=columns.ravel(),
        y=rows.ravel(),
        text=[_short(float(value), fits=max(gray.shape) <= MAX_LEADING_ZERO) for value in values],
        mode="text",
        textfont_size=max(11, 48 // max(gray.shape)),
        textfont_color=np.where(values > _MIDDLE * white, "#000", "#fff"),
        hoverinfo="skip",
        showlegend=False,
    )


def _short(value: float, *, fits: bool) -> str:
    """Format a gray value with two decimals; without the leading zero if it does not fit."""
    text = f"{round(value, 2):g}"
    return text if fits else text.replace("0.", ".", 1)


def _add_equal_square(figure: go.Figure, shape: tuple[int, ...]) -> None:
    """Draw one square of `theme.NEUTRAL` that covers the whole array."""
    height, width = shape
    figure.add_heatmap(
        z=[[0]],
        **{"x0": (width - 1) / 2, "dx": width, "y0": (height - 1) / 2, "dy": height},
        colorscale=(theme.NEUTRAL, theme.NEUTRAL),
        showscale=False,
        showlegend=True,
        name="exactly equal",
        hovertemplate="exactly equal<extra></extra>",
    )


def _add_logarithms(figure: go.Figure, blocks: Float64Array, step: int) -> None:
    """Draw log10 of the blocks, with a gap where a block is zero."""
    logarithms = np.log10(blocks, where=blocks > 0, out=np.full_like(blocks, np.nan))
    low = math.floor(np.nanmin(logarithms))
    high = max(math.ceil(np.nanmax(logarithms)), low + 1)
    # More than six labels do not fit below a small figure without being rotated.
    ticks = list(range(low, high + 1, math.ceil((high - low) / 5)))
    labels = [f"10<sup>{tick}</sup>".replace("-", "−") for tick in ticks]
    figure.add_heatmap(
        z=logarithms.astype(np.float32),
        zmin=low,
        zmax=high,
        **block_centers(step),
        colorscale=_DIFFERENCE_SCALE,
        colorbar={**_COLOR_BAR, "tickvals": ticks, "ticktext": labels, "tickangle": 0},
        hoverongaps=False,
        hovertemplate="row %{y}, column %{x}<br>10<sup>%{z:.1f}</sup><extra></extra>",
    )


def _integer_multiples(kernel: FloatArray) -> tuple[AnyArray, str]:
    """Return the numbers to write on the squares, and for the title what they are multiplied by."""
    positive = kernel[kernel > 0]
    denominator = round(1 / float(positive.min())) if positive.size else 1
    multiples = kernel.astype(np.float64) * denominator
    integers = np.rint(multiples)
    # Beyond 2**53, float64 does not hold every integer.
    exact = denominator >= 1 and np.abs(multiples).max() <= 2**53
    if not exact or not np.allclose(multiples, integers, rtol=1e-5):
        return np.round(kernel, 2), ""
    return integers.astype(int), f" × {denominator}" if denominator > 1 else ""


def _png(image: FloatArray | ByteArray) -> bytes:
    if image.dtype != np.uint8:
        image = np.rint(np.clip(image, 0, 1) * 255).astype(np.uint8)
    return encode_png(np.ascontiguousarray(image))


def _block_max(values: Float64Array, step: int) -> Float64Array:
    """Return the largest value of each block of `step` × `step`; blocks at the edge are cut off."""
    rows = np.maximum.reduceat(values, range(0, values.shape[0], step), axis=0)
    return np.maximum.reduceat(rows, range(0, values.shape[1], step), axis=1)
