"""An image made ready for a network: scaled, padded, freed of its mean.

An image is an array of shape (H, W, 3), rows from the top, channels red, green, blue.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fcnlib.typing import Float32Array, RGBImage

# The mean color of ImageNet's training pictures, which VGG-16 was trained without.
MEAN_RGB = (123.68, 116.78, 103.94)


def subtract_mean(image: NDArray[Any]) -> Float32Array:
    """Return `image` less the mean color, not scaled: what VGG-16 was trained on.

    Parameters
    ----------
    image : ndarray of shape (..., 3)
        Red, green, blue in [0, 255].

    Returns
    -------
    centered : ndarray of shape (..., 3)
        Of type float32; red lies in [-123.68, 131.32], the others likewise.

    Raises
    ------
    ValueError
        If the last axis is not three channels.

    Examples
    --------
    >>> subtract_mean(np.zeros((1, 1, 3), np.uint8))
    array([[[-123.68, -116.78, -103.94]]], dtype=float32)

    """
    _check_channels(image)
    return image.astype(np.float32) - np.array(MEAN_RGB, np.float32)


def pad_to_multiple(image: NDArray[Any], multiple: int = 32) -> NDArray[Any]:
    """Return `image` with its sides brought up to a multiple by repeating the last row and column.

    Parameters
    ----------
    image : ndarray of shape (H, W, ...)
        Of any type.
    multiple : int, optional
        What both sides of the result are divisible by.

    Returns
    -------
    padded : ndarray of shape (H + bottom, W + right, ...)
        With ``0 <= bottom, right < multiple``. The input is ``padded[:H, :W]``, and what
        is computed from `padded` at full size is cropped in the same way.

    Raises
    ------
    ValueError
        If `multiple` is less than 1.

    Notes
    -----
    Only the bottom and the right are padded, so pixel (0, 0), and with it the position of
    every cell of a coarse map, stays where it was. Repeating the edge draws no new contour
    into the picture, as black or any other fixed color would, and it makes no difference
    whether the mean is subtracted before or after.

    Examples
    --------
    >>> pad_to_multiple(np.array([[1, 2, 3], [4, 5, 6]]), multiple=4)
    array([[1, 2, 3, 3],
           [4, 5, 6, 6],
           [4, 5, 6, 6],
           [4, 5, 6, 6]])

    """
    if multiple < 1:
        msg = f"multiple must be at least 1, got {multiple}"
        raise ValueError(msg)
    bottom, right = (-side % multiple for side in image.shape[:2])
    widths = [(0, bottom), (0, right), *[(0, 0)] * (image.ndim - 2)]
    return np.pad(image, widths, mode="edge")


def fit_long_side(image: RGBImage, side: int) -> RGBImage:
    """Return `image` scaled down until its longer side has at most `side` pixels.

    Parameters
    ----------
    image : ndarray of shape (H, W, 3)
        Of type uint8.
    side : int
        The most that the longer side may have. A smaller image is returned as it is.

    Returns
    -------
    scaled : ndarray of shape (h, w, 3)
        With ``max(h, w) <= side`` and the same proportions, to half a pixel. Lanczos'
        kernel is widened with the step, so that fine detail is averaged, not aliased.

    Raises
    ------
    ValueError
        If `side` is less than 1, or `image` does not have three channels.

    Examples
    --------
    >>> fit_long_side(np.zeros((300, 451, 3), np.uint8), 100).shape
    (67, 100, 3)

    """
    _check_channels(image)
    if side < 1:
        msg = f"side must be at least 1, got {side}"
        raise ValueError(msg)
    height, width = image.shape[:2]
    ratio = side / max(height, width)
    if ratio >= 1:
        return image
    size = max(1, round(width * ratio)), max(1, round(height * ratio))
    return np.array(Image.fromarray(image).resize(size, Image.Resampling.LANCZOS))


def _check_channels(image: NDArray[Any]) -> None:
    if image.shape[-1:] != (3,):
        msg = f"image must have the shape (H, W, 3), got {image.shape}"
        raise ValueError(msg)
