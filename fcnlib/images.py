"""Pictures as the networks take them: read, shown, scaled, padded, freed of their mean.

An image is an array of shape (H, W, 3), rows from the top, channels red, green, blue,
values of type uint8 in [0, 255].
"""

import hashlib
import io
from functools import cache
from importlib.resources import files
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fcnlib.decoding import MAX_BYTES, MAX_PIXELS, check_bytes, decode
from fcnlib.errors import PictureError
from fcnlib.typing import Float32Array, RGBImage

__all__ = [
    "MAX_BYTES",
    "MAX_PIXELS",
    "MEAN_RGB",
    "SAMPLES",
    "decode",
    "digest",
    "encode_png",
    "fit_long_side",
    "pad_to_multiple",
    "read",
    "sample",
    "subtract_mean",
]

# The mean colour of ImageNet's training pictures, which VGG-16 was trained without.
MEAN_RGB = (123.68, 116.78, 103.94)

SAMPLES = {
    "astronaut": "Astronaut",
    "cat": "Cat",
    "coffee": "Cup of coffee",
    "motorcycle": "Motorcycle",
    "rocket": "Rocket on its pad",
}

# All lie inside scikit-image's wheel; others of its pictures would be downloaded.
_SAMPLE_FILES = {
    "astronaut": "astronaut.png",
    "cat": "chelsea.png",
    "coffee": "coffee.png",
    "motorcycle": "motorcycle_left.png",
    "rocket": "rocket.jpg",
}


def read(path: str | PathLike[str]) -> bytes:
    """Return the bytes of a picture file on this machine.

    Parameters
    ----------
    path : str or path-like
        An ordinary file of at most 10 MiB.

    Returns
    -------
    data : bytes
        What `decode` takes.

    Raises
    ------
    PictureError
        With code ``not_found``, ``unreadable``, ``empty`` or ``too_large``.

    """
    path = Path(path)
    if not path.is_file():
        msg = f"There is no file {str(path)!r}. Give the path of a picture."
        raise PictureError("not_found", msg)
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        msg = f"The file {str(path)!r} cannot be read: {error.strerror}. Check its permissions."
        raise PictureError("unreadable", msg) from error
    check_bytes(data)
    return data


@cache
def _sample(name: str) -> RGBImage:
    image = decode((files("skimage") / "data" / _SAMPLE_FILES[name]).read_bytes())
    image.flags.writeable = False
    return image


def sample(name: str) -> RGBImage:
    """Return a picture that comes with scikit-image; nothing is downloaded.

    Parameters
    ----------
    name : str
        A key of `SAMPLES`.

    Returns
    -------
    image : ndarray of shape (H, W, 3)
        Read-only, since every caller gets the same array.

    Raises
    ------
    ValueError
        If there is no such sample.

    Examples
    --------
    >>> sample("cat").shape
    (300, 451, 3)

    """
    if name not in SAMPLES:
        msg = f"name must be one of {', '.join(SAMPLES)}, got {name!r}"
        raise ValueError(msg)
    return _sample(name)


def digest(data: bytes) -> str:
    """Return the SHA-256 of `data` in hexadecimal, the name results are cached under.

    Examples
    --------
    >>> digest(b"abc")[:16]
    'ba7816bf8f01cfea'

    """
    return hashlib.sha256(data).hexdigest()


def encode_png(image: NDArray[np.uint8]) -> bytes:
    """Return an array as the bytes of a PNG file, which holds the pixels and no more.

    Parameters
    ----------
    image : ndarray of shape (H, W) or (H, W, 3)
        Grey or red, green and blue; type uint8.

    Returns
    -------
    data : bytes
        A PNG file. `decode` gives the same pixels back.

    Raises
    ------
    ValueError
        If `image` has another shape or type.

    Examples
    --------
    >>> encode_png(np.zeros((2, 3), np.uint8))[1:4]
    b'PNG'

    """
    if image.dtype != np.uint8 or image.shape[2:] not in ((), (3,)) or image.ndim < 2:
        msg = (
            "image must be uint8 of shape (H, W) or (H, W, 3), "
            f"got {image.dtype} of shape {image.shape}"
        )
        raise ValueError(msg)
    file = io.BytesIO()
    Image.fromarray(image).save(file, format="PNG")
    return file.getvalue()


def subtract_mean(image: NDArray[Any]) -> Float32Array:
    """Return `image` less the mean colour, not scaled: what VGG-16 was trained on.

    Parameters
    ----------
    image : ndarray of shape (..., 3)
        Red, green, blue in [0, 255].

    Returns
    -------
    centred : ndarray of shape (..., 3)
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
    into the picture, as black or any other fixed colour would, and it makes no difference
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
    >>> fit_long_side(sample("cat"), 100).shape
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
