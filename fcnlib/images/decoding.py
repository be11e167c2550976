"""Decoding of untrusted picture files to RGB arrays.

Uploads, addresses and local files are all decoded by `decode`, so a limit that is added here
applies to each of them. The file's name is ignored. The first bytes select one of five decoders,
and the header is checked before any pixel is decoded. Every fault raises a `PictureError` with
code ``empty``, ``too_large``, ``not_an_image``, ``too_many_pixels``, ``bad_shape`` or
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
MAX_SCANS = 100  # of a progressive JPEG; published files have up to 53
MAX_SEGMENTS = 2000  # of a JPEG; a color profile and a preview of 10 MiB together need 160
MAX_FILL = 4096  # bytes of a JPEG between two segments, which Pillow reads one at a time

# Operations that undo EXIF's orientation. 1 is upright, and numbers above 8 are undefined.
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

# JPEG markers, except those that may occur inside the coded data of a scan.
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_START_OF_SCAN = 0xDA
_END_OF_IMAGE = 0xD9
_WITHOUT_LENGTH = {0x01, 0xD8}

# By default, Pillow only warns about a picture of one to two times its limit.
warnings.simplefilter("error", Image.DecompressionBombWarning)


def decode(data: bytes) -> RGBImage:
    """Decode a picture file to an upright RGB array.

    Parameters
    ----------
    data : bytes
        A complete JPEG (or MPO, as phones write it), PNG, WebP, GIF or BMP file of at most 10 MiB.

    Returns
    -------
    image : ndarray of shape (H, W, 3)
        Values of type uint8 in [0, 255]. The first frame of an animation is used, transparent
        parts are blended with white, 16-bit gray is reduced to its upper 8 bits, and the EXIF
        orientation is applied. Both sides have at least 16 pixels, the longer side at most 20
        times as many as the shorter, and the picture at most 25 million.

    Raises
    ------
    PictureError
        If `data` is anything else. Its `code` says which rule was broken.

    Examples
    --------
    >>> file = io.BytesIO()
    >>> Image.new("L", (20, 16), color=200).save(file, format="PNG")
    >>> image = decode(file.getvalue())
    >>> image.shape, image[0, 0]
    ((16, 20, 3), array([200, 200, 200], dtype=uint8))

    """
    check_length(len(data))
    decoder = decoder_of(data)
    if decoder is None:
        msg = (
            f"The file is {describe(data)}. Only JPEG, PNG, WebP, GIF and BMP pictures are "
            "accepted. Choose one of these, or convert your file."
        )
        raise PictureError("not_an_image", msg)
    try:
        return _decode(data, decoder)
    except PictureError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except Exception as error:  # Decoders raise a dozen types for hostile bytes.
        raise _damaged(decoder, "cannot be decoded") from error


def check_length(length: int) -> None:
    """Raise `PictureError` if a file of `length` bytes is empty or too large.

    Examples
    --------
    >>> check_length(10 * 2**20)

    """
    if length == 0:
        msg = "The file is empty. Choose another picture."
        raise PictureError("empty", msg)
    if length > MAX_BYTES:
        msg = (
            f"The picture is larger than {MAX_BYTES // 2**20} MiB, the largest size accepted. "
            "Make it smaller and try again."
        )
        raise PictureError("too_large", msg)


def _decode(data: bytes, decoder: str) -> RGBImage:
    if decoder == "JPEG":
        _check_segments(data)
    with Image.open(io.BytesIO(data), formats=[decoder]) as image:
        _check_size(*image.size)
        image.load()
        operation = _upright_operation(image)
        rgb = _to_rgb(image)
    return np.array(rgb if operation is None else rgb.transpose(operation))


def _check_segments(data: bytes) -> None:
    """Raise if a JPEG has so many segments or scans that decoding would take many seconds."""
    segments, scans, position = 0, 0, 2
    while marker := _MARKER.search(data, position):
        # Coded pixels lie between scans; only fill bytes may lie before the first scan.
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
                f"This JPEG has more than {MAX_SCANS} scans or {MAX_SEGMENTS} segments, far more "
                "than cameras and editors write. Save it again as an ordinary JPEG."
            )
            raise PictureError("bad_image", msg)
    if not scans:
        raise _damaged("JPEG", "contains no image data")


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise _too_many_pixels()
    short, long = sorted((width, height))
    if short < MIN_SIDE or long > MAX_ASPECT * short:
        msg = (
            f"The picture has {width} × {height} pixels. Each side must have at least {MIN_SIDE} "
            f"pixels, and the longer side at most {MAX_ASPECT} times as many as the shorter. "
            "Crop or resize it, or choose another picture."
        )
        raise PictureError("bad_shape", msg)


def _too_many_pixels() -> PictureError:
    msg = (
        f"The picture has more than {MAX_PIXELS // 10**6} million pixels, the largest number "
        "accepted. Make it smaller and try again."
    )
    return PictureError("too_many_pixels", msg)


def _damaged(decoder: str, problem: str) -> PictureError:
    msg = (
        f"The file is damaged or incomplete: it starts like a {decoder} picture but {problem}. "
        "Save it again, or choose another picture."
    )
    return PictureError("bad_image", msg)


def _upright_operation(image: Image.Image) -> Image.Transpose | None:
    """Return the operation that turns the picture upright, or None if none is needed or known."""
    try:
        return _UPRIGHT.get(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # A picture whose EXIF data is damaged can still be shown.
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
