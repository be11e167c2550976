"""Preprocessing of images for a network: scaling, padding and subtraction of the mean.

An image is an array of shape (H, W, 3). Rows run from the top down and channels are red, green,
blue.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from fcnlib.checks import positive_int, unmasked
from fcnlib.images.values import as_bytes, as_rgb8
from fcnlib.typing import Float32Array, RGBImage

# Mean color of ImageNet's training pictures, which was subtracted when VGG-16 was trained.
MEAN_RGB = (123.68, 116.78, 103.94)


def subtract_mean(image: NDArray[Any]) -> Float32Array:
    """Return `image` minus the mean color, without scaling, as VGG-16 expects it.

    Parameters
    ----------
    image : ndarray of shape (..., 3)
        Red, green, blue, in a type and range that `images.values.as_bytes` accepts.

    Returns
    -------
    centered : ndarray of shape (..., 3)
        Type float32. Red lies in [-123.68, 131.32], green in [-116.78, 138.22] and blue in
        [-103.94, 151.06].

    Raises
    ------
    ValueError
        If the last axis does not have length 3, or as from `as_bytes`.

    Examples
    --------
    >>> subtract_mean(np.zeros((1, 1, 3), np.uint8))
    array([[[-123.68, -116.78, -103.94]]], dtype=float32)

    """
    _check_channels(image)
    return as_bytes(image, "image").astype(np.float32) - np.array(MEAN_RGB, np.float32)


def pad_to_multiple(image: NDArray[Any], multiple: int = 32) -> NDArray[Any]:
    """Pad the sides of `image` to a multiple by repeating its last row and last column.

    Parameters
    ----------
    image : ndarray of shape (H, W, ...)
        An array of any type.
    multiple : int, optional
        Number that divides both sides of the result.

    Returns
    -------
    padded : ndarray of shape (H + bottom, W + right, ...)
        With ``0 <= bottom, right < multiple``. The input is ``padded[:H, :W]``. Crop full-size
        results computed from `padded` in the same way.

    Raises
    ------
    TypeError
        If `multiple` is not an integer.
    ValueError
        If `multiple` is less than 1, or if `image` has fewer than two axes, no pixels or masked
        values.

    Notes
    -----
    Only the bottom and the right side are padded. Pixel (0, 0) and all cells of a coarse map
    therefore keep their positions. Repeating the edge adds no contour to the picture, unlike
    padding with black or another fixed color. The mean may be subtracted before or after.

    Examples
    --------
    >>> pad_to_multiple(np.array([[1, 2, 3], [4, 5, 6]]), multiple=4)
    array([[1, 2, 3, 3],
           [4, 5, 6, 6],
           [4, 5, 6, 6],
           [4, 5, 6, 6]])

    """
    positive_int(multiple, "multiple")
    image = unmasked(image, "image")
    if image.ndim < 2 or not image.size:
        msg = f"image must have shape (H, W, ...) with no side of 0, got {image.shape}"
        raise ValueError(msg)
    bottom, right = (-side % multiple for side in image.shape[:2])
    widths = [(0, bottom), (0, right), *[(0, 0)] * (image.ndim - 2)]
    return np.pad(image, widths, mode="edge")


def fit_long_side(image: RGBImage, side: int) -> RGBImage:
    """Scale `image` down so that its longer side has at most `side` pixels.

    Parameters
    ----------
    image : ndarray of shape (H, W, 3)
        An RGB image, in a type and range that `images.as_rgb8` accepts.
    side : int
        Largest number of pixels of the longer side. A smaller image is returned unchanged.

    Returns
    -------
    scaled : ndarray of shape (h, w, 3), uint8
        With ``max(h, w) <= side`` and the same aspect ratio, up to half a pixel. The Lanczos
        kernel is widened by the scale factor, so fine detail is averaged and not aliased.

    Raises
    ------
    TypeError
        If `side` is not an integer.
    ValueError
        If `side` is less than 1, or `image` does not have three channels, or as from `as_rgb8`.

    Examples
    --------
    >>> fit_long_side(np.zeros((300, 451, 3), np.uint8), 100).shape
    (67, 100, 3)

    """
    _check_channels(image)
    positive_int(side, "side")
    image = as_rgb8(image, "image")
    height, width = image.shape[:2]
    ratio = side / max(height, width)
    if ratio >= 1:
        return image
    size = max(1, round(width * ratio)), max(1, round(height * ratio))
    return np.array(Image.fromarray(image).resize(size, Image.Resampling.LANCZOS))


def cover(image: RGBImage, height: int, width: int) -> RGBImage:
    """Scale and crop `image` so that it fills a size.

    Parameters
    ----------
    image : ndarray of shape (H, W, 3)
        An RGB image, in a type and range that `images.as_rgb8` accepts.
    height, width : int
        Sides of the result in pixels.

    Returns
    -------
    filled : ndarray of shape (height, width, 3), uint8
        The largest part of `image` with these proportions, around its middle.

    Raises
    ------
    TypeError, ValueError
        If a side is not a positive integer, or as from `fit_long_side`.

    Examples
    --------
    >>> cover(np.zeros((300, 451, 3), np.uint8), 768, 1024).shape
    (768, 1024, 3)

    """
    _check_channels(image)
    size = positive_int(width, "width"), positive_int(height, "height")
    picture = Image.fromarray(as_rgb8(image, "image"))
    return np.array(ImageOps.fit(picture, size, Image.Resampling.LANCZOS))


def _check_channels(image: NDArray[Any]) -> None:
    if np.shape(image)[-1:] != (3,):
        msg = f"image must have shape (H, W, 3), got {np.shape(image)}"
        raise ValueError(msg)
