"""From the bytes of a picture to red, green and blue, whatever the bytes are.

`decode` is the only door: uploads, addresses and local files all pass it, so a rule added
here, or a child process put around `_decode`, holds for every one of them. What the file
calls itself does not count. Its first bytes choose one of five decoders, its header is
judged before a pixel is decoded, and any fault ends in a `PictureError` with one of the
codes ``empty``, ``too_large``, ``not_an_image``, ``too_many_pixels``, ``bad_shape`` and
``bad_image``.
"""

import io
import re
import warnings

import numpy as np
from PIL import Image

from fcnlib.errors import PictureError
from fcnlib.images.formats import decoder_of, describe
from fcnlib.typing import RGBImage

MAX_BYTES = 10 * 2**20
MAX_PIXELS = 25_000_000
MIN_SIDE = 16
MAX_ASPECT = 20  # long side over short side
MAX_SCANS = 100  # of a progressive JPEG; those found in the wild have up to 53
MAX_SEGMENTS = 2000  # of a JPEG; a profile and a preview of 10 MiB together take 160
MAX_FILL = 4096  # bytes of a JPEG between two segments, which Pillow reads one by one

# How EXIF's orientation is undone. 1 is upright, and numbers above 8 mean nothing.
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION = 0x0112  # the EXIF tag's number

# JPEG's markers, but for those that occur inside the coded data of a scan.
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_START_OF_SCAN = 0xDA
_END_OF_IMAGE = 0xD9
_WITHOUT_LENGTH = {0x01, 0xD8}

# Pillow itself only warns of a picture between one and two times its limit.
warnings.simplefilter("error", Image.DecompressionBombWarning)


def decode(data: bytes) -> RGBImage:
    """Return the picture that `data` holds, upright and in red, green and blue.

    Parameters
    ----------
    data : bytes
        A whole file: JPEG (also a phone's MPO), PNG, WebP, GIF or BMP of at most 10 MiB.

    Returns
    -------
    image : ndarray of shape (H, W, 3)
        Values of type uint8 in [0, 255]. An animation gives its first frame, transparent
        parts lie over white, 16-bit gray keeps its upper 8 bits, and the EXIF orientation
        has been applied. Both sides have at least 16 pixels, the longer one at most 20
        times the shorter; there are at most 25 million pixels.

    Raises
    ------
    PictureError
        If `data` is anything else; its `code` tells which rule was broken.

    Examples
    --------
    >>> file = io.BytesIO()
    >>> Image.new("L", (20, 16), color=200).save(file, format="PNG")
    >>> image = decode(file.getvalue())
    >>> image.shape, image[0, 0]
    ((16, 20, 3), array([200, 200, 200], dtype=uint8))

    """
    check_length(len(data))
    decoder = _decoder(data)
    try:
        return _decode(data, decoder)
    except PictureError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except Exception as error:  # Decoders raise a dozen types for hostile bytes.
        msg = (
            f"The file is damaged or incomplete: it starts as a {decoder} picture and cannot "
            "be decoded. Save it again, or choose another one."
        )
        raise PictureError("bad_image", msg) from error


def check_length(length: int) -> None:
    """Raise `PictureError` unless a file of `length` bytes may be a picture.

    Examples
    --------
    >>> check_length(10 * 2**20)

    """
    if length == 0:
        msg = "The file is empty. Choose another picture."
        raise PictureError("empty", msg)
    if length > MAX_BYTES:
        msg = (
            f"The picture is larger than {MAX_BYTES // 2**20} MiB, the most that is taken. "
            "Make it smaller and try again."
        )
        raise PictureError("too_large", msg)


def _decoder(data: bytes) -> str:
    """Return Pillow's name for the format, or raise naming what came instead."""
    decoder = decoder_of(data)
    if decoder is None:
        msg = (
            f"The file is {describe(data)}. Pictures may be JPEG, PNG, WebP, GIF or BMP "
            "files: choose one, or save yours as one of them."
        )
        raise PictureError("not_an_image", msg)
    return decoder


def _decode(data: bytes, decoder: str) -> RGBImage:
    if decoder == "JPEG":
        _check_segments(data)
    with Image.open(io.BytesIO(data), formats=[decoder]) as image:
        _check_size(*image.size)
        image.load()
        turn = _turn(image)
        rgb = _to_rgb(image)
    return np.array(rgb if turn is None else rgb.transpose(turn))


def _check_segments(data: bytes) -> None:
    """Raise if a JPEG has so many segments or scans that decoding takes many seconds."""
    segments, scans, position = 0, 0, 2
    while marker := _MARKER.search(data, position):
        # Between the scans lies the coded picture; before the first one, only fill bytes do.
        if not scans and marker.start() - position > MAX_FILL:
            break
        position = marker.end()
        code = data[position - 1]
        if code == _END_OF_IMAGE:
            return
        if code not in _WITHOUT_LENGTH:
            position += int.from_bytes(data[position : position + 2])
        segments += 1
        scans += code == _START_OF_SCAN
        if segments > MAX_SEGMENTS or scans > MAX_SCANS:
            msg = (
                f"This JPEG has more than {MAX_SCANS} scans or {MAX_SEGMENTS} segments, as "
                "no camera or editor writes. Save it again as an ordinary JPEG."
            )
            raise PictureError("bad_image", msg)
    if not scans:
        msg = (
            "The file is damaged or incomplete: it starts as a JPEG picture and no picture "
            "follows. Save it again, or choose another one."
        )
        raise PictureError("bad_image", msg)


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise _too_many_pixels()
    short, long = sorted((width, height))
    if short < MIN_SIDE or long > MAX_ASPECT * short:
        msg = (
            f"The picture has {width} × {height} pixels. Its sides must be at least "
            f"{MIN_SIDE} pixels, and the long one at most {MAX_ASPECT} times the short one: "
            "crop or enlarge it, or choose another one."
        )
        raise PictureError("bad_shape", msg)


def _too_many_pixels() -> PictureError:
    msg = (
        f"The picture has more than {MAX_PIXELS // 10**6} million pixels, the most that is "
        "taken. Make it smaller and try again."
    )
    return PictureError("too_many_pixels", msg)


def _turn(image: Image.Image) -> Image.Transpose | None:
    """Return how to set the picture upright; None if it stands, or does not tell."""
    try:
        return _UPRIGHT.get(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # A picture with broken EXIF is still a picture.
        return None


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # 16-bit gray, which convert("RGB") would clip to white
        gray = np.asarray(image) >> 8
        return Image.fromarray(gray.astype(np.uint8)).convert("RGB")
    if image.has_transparency_data:
        rgba = image.convert("RGBA")
        rgb = Image.new("RGB", image.size, "white")
        rgb.paste(rgba, mask=rgba)
        return rgb
    return image.convert("RGB")
