"""Pictures: from a file or a sample to an array, and back to a file.

What makes an array ready for a network is in `fcnlib.images.preprocessing`, what withstands
hostile files in `fcnlib.images.decoding`; both are offered here too. An image is an array of
shape (H, W, 3), rows from the top, channels red, green, blue, values of type uint8 in
[0, 255].
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

from fcnlib.errors import PictureError
from fcnlib.images.decoding import MAX_BYTES, MAX_PIXELS, check_length, decode
from fcnlib.images.preprocessing import MEAN_RGB, fit_long_side, pad_to_multiple, subtract_mean
from fcnlib.typing import RGBImage

__all__ = [
    "MAX_BYTES",
    "MAX_PIXELS",
    "MEAN_RGB",
    "SAMPLES",
    "decode",
    "digest",
    "encode_jpeg",
    "encode_png",
    "fit_long_side",
    "pad_to_multiple",
    "read",
    "sample",
    "subtract_mean",
]

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
    check_length(len(data))
    return data


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
    return _decoded_sample(name)


@cache
def _decoded_sample(name: str) -> RGBImage:
    image = decode((files("skimage") / "data" / _SAMPLE_FILES[name]).read_bytes())
    image.flags.writeable = False
    return image


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
        Gray or red, green and blue; type uint8.

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
    return _encoded(image, format="PNG")


def encode_jpeg(image: NDArray[np.uint8], quality: int = 88) -> bytes:
    """Return an array as the bytes of a JPEG file, which holds the pixels nearly, and no more.

    Parameters
    ----------
    image : ndarray of shape (H, W) or (H, W, 3)
        Gray or red, green and blue; type uint8.
    quality : int, optional
        As Pillow takes it, 1 to 95.

    Returns
    -------
    data : bytes
        A JPEG file.

    Raises
    ------
    ValueError
        If `image` has another shape or type.

    Examples
    --------
    >>> encode_jpeg(np.zeros((2, 3), np.uint8))[:3].hex()
    'ffd8ff'

    """
    return _encoded(image, format="JPEG", quality=quality)


def _encoded(image: NDArray[np.uint8], **options: Any) -> bytes:
    if image.dtype != np.uint8 or image.shape[2:] not in ((), (3,)) or image.ndim < 2:
        msg = (
            "image must be uint8 of shape (H, W) or (H, W, 3), "
            f"got {image.dtype} of shape {image.shape}"
        )
        raise ValueError(msg)
    file = io.BytesIO()
    Image.fromarray(image).save(file, **options)
    return file.getvalue()
