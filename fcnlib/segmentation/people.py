"""Uses of a mask of people: cutting people out, and blurring the background."""

import numpy as np
from PIL import Image, ImageFilter

from fcnlib.segmentation.pipeline import Segmentation
from fcnlib.typing import ByteArray, RGBImage

PERSON = 1
"""Index of the class in the network's names."""


def cut_out(result: Segmentation) -> ByteArray:
    """Return the picture with everything but people transparent.

    Parameters
    ----------
    result : Segmentation
        Of the network ``people``.

    Returns
    -------
    image : ndarray of shape (H, W, 4), uint8
        RGB and opacity: 255 where the label is a person, else 0.

    """
    opacity = np.where(result.label_map == PERSON, 255, 0).astype(np.uint8)
    return np.dstack([result.picture, opacity])


def blurred_background(result: Segmentation, radius: float | None = None) -> RGBImage:
    """Return the picture with everything but people blurred.

    Parameters
    ----------
    result : Segmentation
        Of the network ``people``.
    radius : float, optional
        Standard deviation of the Gaussian blur in pixels; by default 2 % of the longer side.

    Returns
    -------
    image : ndarray of shape (H, W, 3), uint8
        RGB.

    """
    if radius is None:
        radius = 0.02 * max(result.picture.shape[:2])
    blurred = Image.fromarray(result.picture).filter(ImageFilter.GaussianBlur(radius))
    person = (result.label_map == PERSON)[..., np.newaxis]
    return np.where(person, result.picture, np.array(blurred))
