"""Picture files as they are stored: labels without conversion to RGB, and headers."""

from typing import NamedTuple

import numpy as np
from PIL import Image

from fcnlib.images.decoding import BIT_DEPTH, UPRIGHT, guarded, opened, orientation
from fcnlib.typing import AnyArray, ByteArray

_DIRECT = {"1", "L", "P", "RGB", "RGBA"}
SIDEWAYS = {5, 6, 7, 8}
"""EXIF orientations that exchange height and width."""


class Stored(NamedTuple):
    """Values of a picture file that holds labels.

    Attributes
    ----------
    values : ndarray of shape (H, W), (H, W, 3) or (H, W, 4)
        Numbers of type uint8, or wider if the file has 16 bits, or colors without or with alpha.
    palette : ndarray of shape (n, 3), uint8, or None
        Colors of the numbers, if the file has a palette.
    kind : str
        Pillow's name of the format, such as ``"PNG"``.

    """

    values: AnyArray
    palette: ByteArray | None
    kind: str


class Header(NamedTuple):
    """What a picture file says of itself before its pixels.

    Attributes
    ----------
    size : tuple of int
        Height and width after EXIF's orientation is applied.
    orientation : int
        1 to 8, as EXIF defines it; 1 is upright.
    deep : bool
        Whether a value has 16 bits.

    """

    size: tuple[int, int]
    orientation: int
    deep: bool


def decode_stored(data: bytes) -> Stored:
    """Decode a file without converting its values to RGB.

    The limits and errors are those of `fcnlib.images.decode`. EXIF's orientation is applied.

    Examples
    --------
    >>> import io
    >>> file = io.BytesIO()
    >>> Image.new("L", (20, 16), color=7).save(file, format="PNG")
    >>> stored = decode_stored(file.getvalue())
    >>> stored.values[0, 0], stored.kind
    (np.uint8(7), 'PNG')

    """
    return guarded(data, _decode)


def read_header(data: bytes) -> Header:
    """Return the header of a picture file; its pixels are not decoded.

    Raises
    ------
    PictureError
        As `fcnlib.images.decode`, as far as the header tells.

    """
    return guarded(data, _header)


def turned(array: AnyArray, orientation: int) -> AnyArray:
    """Turn an array of shape (H, W) upright that was stored with an EXIF orientation.

    Examples
    --------
    >>> turned(np.array([[1, 2]], np.uint8), 6).tolist()
    [[1], [2]]

    """
    operation = UPRIGHT.get(orientation)
    return array if operation is None else np.array(Image.fromarray(array).transpose(operation))


def _decode(data: bytes, decoder: str) -> Stored:
    with opened(data, decoder) as image:
        image.load()
        colors = image.getpalette("RGB") if image.mode == "P" else None
        direct = image.mode in _DIRECT or image.mode.startswith("I")
        converted = image if direct else image.convert("RGBA" if "A" in image.mode else "RGB")
        turn = UPRIGHT.get(orientation(image.info.get("exif", b"")))
        values = np.array(converted if turn is None else converted.transpose(turn))
        if decoder == "PNG" and image.mode == "L":
            # Pillow scales gray values of 2 and 4 bits to the range up to 255.
            values //= 255 // min(255, 2 ** data[BIT_DEPTH] - 1)
    palette = None if colors is None else np.array(colors, np.uint8).reshape(-1, 3)
    return Stored(values.astype(np.uint8) if values.dtype == bool else values, palette, decoder)


def _header(data: bytes, decoder: str) -> Header:
    with opened(data, decoder) as image:
        turn = orientation(image.info.get("exif", b""))
        width, height = image.size
        # Pillow reduces color of 16 bits to 8, so only the file tells.
        deep = decoder == "PNG" and data[BIT_DEPTH] == 16
    return Header((width, height) if turn in SIDEWAYS else (height, width), turn, deep)
