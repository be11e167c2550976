"""Figure of the pixels at which two networks agree, marked on the picture."""

import numpy as np
import plotly.graph_objects as go

from fcnlib.checks import real_array
from fcnlib.images.colors import from_hex
from fcnlib.images.values import as_rgb8
from fcnlib.plots import theme
from fcnlib.plots.class_maps import photograph_figure
from fcnlib.segmentation.agreement import DIFFERENT, SAME
from fcnlib.typing import ByteArray, RGBImage

_PICTURE = 0.45  # Opacity of the image on white.
_MARK = 0.7
COLORS = {SAME: theme.OUTPUT, DIFFERENT: theme.DIFFERENCE}


def agreement_figure(
    picture: RGBImage, compared: ByteArray, title: str = "", *, height: int = 480
) -> go.Figure:
    """Draw where two networks give the same class and where they give different ones.

    Parameters
    ----------
    picture : ndarray of shape (H, W, 3), uint8
        RGB.
    compared : ndarray of shape (H, W), uint8
        From `fcnlib.segmentation.agreement.agreement_map`. Unmatched pixels show the faded picture.
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
        If image and map differ in size, or as from `images.as_rgb8`.

    """
    picture, compared = as_rgb8(picture), real_array(compared, "compared", (2,))
    if picture.shape[:2] != compared.shape:
        msg = f"picture and map must have one size, got {picture.shape[:2]} and {compared.shape}"
        raise ValueError(msg)
    marked = 255 - _PICTURE * (255 - picture.astype(np.float32))
    for value, color in COLORS.items():
        here = compared == value
        marked[here] = (1 - _MARK) * marked[here] + _MARK * from_hex([color])[0]
    alt = (
        f"Same class at {np.mean(compared == SAME):.1%} of the pixels, "
        f"different classes at {np.mean(compared == DIFFERENT):.1%}"
    )
    return photograph_figure(marked.round().astype(np.uint8), title, height=height, alt=alt)
