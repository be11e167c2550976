"""Figure of the pixels whose class changes with the order of the steps, marked on the image."""

import numpy as np
import plotly.graph_objects as go

from fcnlib.checks import real_array
from fcnlib.images.colors import from_hex
from fcnlib.images.values import as_rgb8
from fcnlib.plots import theme
from fcnlib.plots.class_maps import photograph_figure
from fcnlib.typing import BoolArray, RGBImage

_PICTURE = 0.45  # Opacity of the image on white.
_MASK = 0.85


def disagreement_figure(
    picture: RGBImage, mask: BoolArray, title: str = "", *, height: int = 480
) -> go.Figure:
    """Draw where two maps differ, in the color of differences on a faded image.

    Parameters
    ----------
    picture : ndarray of shape (H, W, 3), uint8
        RGB.
    mask : ndarray of bool, shape (H, W)
        Where the maps differ.
    title : str, optional
        Title above the figure.
    height : int, optional
        In px, for a square image. A wider image gets a lower figure.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        One image.

    Raises
    ------
    ValueError
        If image and mask differ in size, or as from `images.as_rgb8`.

    """
    picture, mask = as_rgb8(picture), real_array(mask, "mask", (2,)).astype(bool)
    if picture.shape[:2] != mask.shape:
        msg = f"picture and mask must have one size, got {picture.shape[:2]} and {mask.shape}"
        raise ValueError(msg)
    faded = 255 - _PICTURE * (255 - picture.astype(np.float32))
    color = from_hex([theme.DIFFERENCE])[0]
    marked = np.where(mask[..., None], (1 - _MASK) * faded + _MASK * color, faded)
    alt = f"The maps differ at {mask.mean():.2%} of {mask.shape[1]} × {mask.shape[0]} px"
    return photograph_figure(marked.round().astype(np.uint8), title, height=height, alt=alt)
