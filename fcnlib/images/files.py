"""Reading picture files, sample pictures, and encoding arrays as PNG and JPEG.

An image is an array of shape (H, W, 3) and type uint8 with values in [0, 255]. Rows run from the
top down and channels are red, green, blue.
"""

import hashlib
import io
from functools import cache
from importlib.resources import files
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fcnlib.checks import label_plane, unmasked
from fcnlib.errors import PictureError
from fcnlib.images.decoding import MAX_BYTES, check_length, decode
from fcnlib.paths import named, shown, why
from fcnlib.typing import LabelMap, RGBImage

# Titles and file names. These files are part of scikit-image's wheel; its other pictures would
# have to be downloaded.
_SAMPLES = {
    "astronaut": ("Astronaut", "astronaut.png"),
    "cat": ("Cat", "chelsea.png"),
    "coffee": ("Cup of coffee", "coffee.png"),
    "motorcycle": ("Motorcycle", "motorcycle_left.png"),
    "rocket": ("Rocket on its pad", "rocket.jpg"),
}
MAX_LABELS = 256
"""Largest number of colors in the palette of a PNG file."""

SAMPLES = {name: title for name, (title, _) in _SAMPLES.items()}


def read(path: str | PathLike[str]) -> bytes:
    """Return the bytes of a picture file on this machine.

    Parameters
    ----------
    path : str or path-like
        A regular file of at most 10 MiB.

    Returns
    -------
    data : bytes
        Input for `fcnlib.images.decode`.

    Raises
    ------
    PictureError
        With code ``bad_path``, ``not_found``, ``unreadable``, ``empty`` or ``too_large``.

    """
    path = named(path, "The picture", error=PictureError)
    if not path.is_file():
        what = "is not a file" if path.exists() else "does not exist"
        msg = f"{shown(path)} {what}. Enter the path of a picture."
        raise PictureError("not_found", msg)
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        msg = f"The file {shown(path)} cannot be read: {why(error)}. Check its permissions."
        raise PictureError("unreadable", msg) from error
    check_length(len(data))
    return data


@cache
def sample(name: str) -> RGBImage:
    """Return a picture that comes with scikit-image, without downloading anything.

    Parameters
    ----------
    name : str
        A key of `SAMPLES`.

    Returns
    -------
    image : ndarray of shape (H, W, 3)
        Read-only, because every caller gets the same array.

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
    image = decode((files("skimage") / "data" / _SAMPLES[name][1]).read_bytes())
    image.flags.writeable = False
    return image


def digest(data: bytes) -> str:
    """Return the SHA-256 of `data` in hexadecimal, which is used as a cache key.

    Examples
    --------
    >>> digest(b"abc")[:16]
    'ba7816bf8f01cfea'

    """
    return hashlib.sha256(data).hexdigest()


def encode_png(image: NDArray[np.uint8]) -> bytes:
    """Encode an array as a PNG file that contains the pixels and no metadata.

    Parameters
    ----------
    image : ndarray of shape (H, W), (H, W, 3) or (H, W, 4)
        Gray or RGB, of type uint8.

    Returns
    -------
    data : bytes
        A PNG file. `fcnlib.images.decode` returns the same pixels.

    Raises
    ------
    ValueError
        If `image` has another shape or type.

    Examples
    --------
    >>> encode_png(np.zeros((2, 3), np.uint8))[1:4]
    b'PNG'

    """
    return _encoded(image, (3, 4), format="PNG")


def encode_labels(labels: LabelMap, colors: RGBImage) -> bytes:
    """Encode labels as a PNG file whose pixels are the labels, shown in their colors.

    Without colors, labels such as 0 and 1 would be shown as black.

    Parameters
    ----------
    labels : ndarray of int, shape (H, W)
        Row numbers of `colors`.
    colors : ndarray of shape (C, 3), uint8
        RGB of each label, at most `MAX_LABELS` of them.

    Returns
    -------
    data : bytes
        A PNG file with a palette. Pillow reads the labels from it if it is not converted to RGB.

    Raises
    ------
    ValueError
        If there are too many colors, or a label has none.

    Examples
    --------
    >>> data = encode_labels(np.array([[0, 1]]), np.array([[0, 0, 0], [255, 0, 0]], np.uint8))
    >>> np.array(Image.open(io.BytesIO(data))).tolist()
    [[0, 1]]

    """
    if len(colors) > MAX_LABELS:
        msg = f"a PNG file holds at most {MAX_LABELS} colors, got {len(colors)}"
        raise ValueError(msg)
    image = Image.fromarray(label_plane(labels, len(colors)).astype(np.uint8))
    image.putpalette(colors.tobytes())
    file = io.BytesIO()
    image.save(file, format="PNG")
    return file.getvalue()


def encode_jpeg(image: NDArray[np.uint8], quality: int = 88) -> bytes:
    """Encode an array as a JPEG file that contains approximate pixels and no metadata.

    Parameters
    ----------
    image : ndarray of shape (H, W) or (H, W, 3)
        Gray or RGB, of type uint8.
    quality : int, optional
        JPEG quality from 1 to 95, as Pillow defines it.

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
    return _encoded(image, (3,), format="JPEG", quality=quality)


def _encoded(image: NDArray[np.uint8], channels: tuple[int, ...], **options: Any) -> bytes:
    image = unmasked(image, "image")
    allowed = [(), *((number,) for number in channels)]
    wrong_shape = image.ndim < 2 or image.shape[2:] not in allowed or not image.size
    if image.dtype != np.uint8 or wrong_shape:
        shapes = " or ".join(["(H, W)", *(f"(H, W, {number})" for number in channels)])
        msg = f"image must be uint8 of shape {shapes}, got {image.dtype} of shape {image.shape}"
        raise ValueError(msg)
    file = io.BytesIO()
    Image.fromarray(image).save(file, **options)
    return file.getvalue()
