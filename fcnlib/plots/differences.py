"""How far two arrays differ, by powers of ten."""

import math
from typing import TYPE_CHECKING

import numpy as np

from fcnlib.plots import theme
from fcnlib.plots.frames import block_centers, check_array, squares, thinning_step
from fcnlib.typing import Float64Array, FloatArray

if TYPE_CHECKING:
    import plotly.graph_objects as go

MAX_DIFFERENCE_POINTS = 100_000  # as float32 in base64, more than five bytes each

_SCALE = ("#f6e1ec", theme.DIFFERENCE, "#5a1a40")


def difference_figure(
    first: FloatArray, second: FloatArray, title: str = "Difference", *, height: int = 392
) -> "go.Figure":
    """Draw ``|first - second|`` by powers of ten; what is exactly equal has its own color.

    Parameters
    ----------
    first, second : ndarray of shape (H, W) or (H, W, C)
        Of the same shape, finite. Of the channels the largest difference is drawn.
    title : str, optional
        What stands above the figure.
    height : int, optional
        In px, for a square array.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        A heatmap of the logarithms, over one square in `theme.NEUTRAL` that shows where
        they have a gap. Beyond `MAX_DIFFERENCE_POINTS` pixels, the largest difference of
        each block of n × n is drawn, so none is lost.

    Raises
    ------
    ValueError
        If the shapes differ, or an array has another shape, is empty or not finite.

    """
    import plotly.graph_objects as go

    for array, name in ((first, "first"), (second, "second")):
        check_array(array, name, (2, 3))
    if first.shape != second.shape:
        msg = f"first and second must have the same shape, got {first.shape} and {second.shape}"
        raise ValueError(msg)
    difference = np.abs(np.subtract(first, second, dtype=np.float64))
    difference = difference.reshape(*difference.shape[:2], -1).max(axis=-1)
    step = thinning_step(difference.shape, MAX_DIFFERENCE_POINTS)
    blocks = _block_max(difference, step)
    figure = go.Figure()
    if (blocks == 0).any():
        figure.add_trace(_equal_square(difference.shape))
    if (blocks > 0).any():
        figure.add_trace(_logarithms(blocks, step))
    squares(figure, title, difference.shape, height, below=80)
    legend = {"yref": "container", "y": 0, "yanchor": "bottom", "itemclick": False}
    return figure.update_layout(legend=legend)


def _equal_square(shape: tuple[int, ...]) -> "go.Heatmap":
    """Return one square of `theme.NEUTRAL` as large as the whole picture."""
    import plotly.graph_objects as go

    height, width = shape
    return go.Heatmap(
        z=[[0]],
        x0=(width - 1) / 2,
        dx=width,
        y0=(height - 1) / 2,
        dy=height,
        colorscale=(theme.NEUTRAL, theme.NEUTRAL),
        showscale=False,
        showlegend=True,
        name="exactly equal",
        hovertemplate="exactly equal<extra></extra>",
    )


def _logarithms(blocks: Float64Array, step: int) -> "go.Heatmap":
    """Return the heatmap of log10, with a gap where a block is zero."""
    import plotly.graph_objects as go

    logarithms = np.log10(blocks, where=blocks > 0, out=np.full_like(blocks, np.nan))
    low = math.floor(np.nanmin(logarithms))
    high = max(math.ceil(np.nanmax(logarithms)), low + 1)
    ticks = list(range(low, high + 1, max(1, (high - low) // 6)))
    return go.Heatmap(
        z=logarithms.astype(np.float32),
        zmin=low,
        zmax=high,
        **block_centers(step),
        colorscale=_SCALE,
        colorbar={
            "orientation": "h",
            "thickness": 12,
            "y": 0,
            "yanchor": "top",
            "tickvals": ticks,
            "ticktext": [f"10<sup>{tick}</sup>".replace("-", "−") for tick in ticks],
        },
        hoverongaps=False,
        hovertemplate="row %{y}, column %{x}<br>10<sup>%{z:.1f}</sup><extra></extra>",
    )


def _block_max(values: Float64Array, step: int) -> Float64Array:
    """Return the largest value of each block; those at the edge may be cut short."""
    rows = np.maximum.reduceat(values, range(0, values.shape[0], step), axis=0)
    return np.maximum.reduceat(rows, range(0, values.shape[1], step), axis=1)
