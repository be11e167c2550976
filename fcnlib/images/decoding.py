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
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Literal, TypeVar

import numpy as np
from PIL import Image, ImageFile

from fcnlib.errors import PictureError
from fcnlib.images.formats import decoder_of, describe
from fcnlib.images.values import as_rgb8
from fcnlib.typing import AnyArray, ByteArray, RGBImage

T = TypeVar("T")

MAX_BYTES = 10 * 2**20
MAX_PIXELS = 25_000_000
MIN_SIDE = 16
MAX_ASPECT = 20  # long side over short side
MAX_SCANS = 100  # of a progressive JPEG; published files have up to 53
MAX_SEGMENTS = 2000  # of a JPEG; a color profile and a preview of 10 MiB together need 160
MAX_CHUNKS = 20_000  # of a PNG; a file of 10 MiB in pieces of 4 KiB has 2,560
BIT_DEPTH = 24  # position in a PNG of the number of bits per channel
_COLOR_TYPE = 25
DARK = 2  # largest value, of 255, in a picture that looks black
MAX_FILL = 4096  # bytes of a JPEG between two segments, which Pillow reads one at a time

# Operations that undo EXIF's orientation. 1 is upright, and numbers above 8 are undefined.
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION = 0x0112  # the EXIF tag's number
_NUMBER_SIZES = {1: 1, 3: 2, 4: 4}  # EXIF's types of whole numbers, and their bytes
_BYTE_ORDERS: dict[bytes, Literal["little", "big"]] = {b"II*\0": "little", b"MM\0*": "big"}

# Lengths that a tRNS chunk may have for the color types of a PNG: gray, RGB and palette.
_TRANSPARENCY_LENGTHS = {0: (2,), 2: (6,), 3: range(1, 257)}

# The byte of a WebP's first chunk that says whether it is animated and whether it has alpha.
_WEBP_FLAGS = 20
_ANIMATED = 0x02
_WITH_ALPHA = 0x10

# JPEG markers, except those that may occur inside the coded data of a scan.
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_START_OF_SCAN = 0xDA
_END_OF_IMAGE = 0xD9
_WITHOUT_LENGTH = {0x01, 0xD8}
_OPTIONAL = {*range(0xE0, 0xF0), 0xFE}  # parts for applications, and comments
# Of these, what changes the pixels, by its first bytes and its shortest length: the two that tell
# how colors are stored, and EXIF for the orientation.
_NEEDED = {0xE0: (b"JFIF\0", 14), 0xE1: (b"Exif\0\0", 6), 0xEE: (b"Adobe", 12)}
_FRAMES = {*range(0xC0, 0xD0), 0xF7} - {0xC4, 0xC8, 0xCC}  # of all kinds of JPEG
_KNOWN_FRAMES = {0xC0, 0xC1, 0xC2, 0xC9, 0xCA}  # that the decoder knows, with 8 bits

# By default, Pillow only warns about a picture of one to two times its limit.
warnings.simplefilter("error", Image.DecompressionBombWarning)


def decode(data: bytes, stretch: bool = False) -> RGBImage:
    """Decode a picture file to an upright RGB array.

    Parameters
    ----------
    data : bytes
        A complete JPEG (or MPO, as phones write it), PNG, WebP, GIF or BMP file of at most 10 MiB.
    stretch : bool, optional
        Whether the smallest value becomes 0 and the largest one 255. Maps of labels or depths
        often have 16 bits and small values, which are black otherwise, see `is_dark`.

    Returns
    -------
    image : ndarray of shape (H, W, 3)
        Values of type uint8 in [0, 255]. The first frame of an animation is used, transparent
        parts are blended with white, 16-bit values are reduced to their upper 8 bits, and the EXIF
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
    return guarded(data, partial(_decode, stretch=stretch))


def is_dark(image: RGBImage) -> bool:
    """Return whether no value is above 2 of 255, about 1 % of the range: the picture looks black.

    The picture may have any type and range that `images.as_rgb8` accepts.

    Examples
    --------
    >>> is_dark(np.full((2, 2, 3), 2, np.uint8)), is_dark(np.full((2, 2, 3), 3, np.uint8))
    (True, False)

    """
    return bool(as_rgb8(image, "image").max() <= DARK)


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


def guarded(data: bytes, read: Callable[[bytes, str], T]) -> T:
    """Return ``read(data, decoder)``, after checking size and format of the file.

    Raises
    ------
    PictureError
        If the file is no picture that may be decoded, or if `read` raises anything.

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
        return read(data, decoder)
    except PictureError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except Exception as error:  # Decoders raise a dozen types for hostile bytes.
        raise _damaged(decoder, "cannot be decoded") from error


def _decode(data: bytes, decoder: str, *, stretch: bool) -> RGBImage:
    if decoder == "WEBP" and data[12:16] == b"VP8X" and data[_WEBP_FLAGS] & _ANIMATED:
        # Otherwise the canvas outside of a small first frame would be black.
        flags = bytes([data[_WEBP_FLAGS] | _WITH_ALPHA])
        data = data[:_WEBP_FLAGS] + flags + data[_WEBP_FLAGS + 1 :]
    with opened(data, decoder) as image:
        frame = image.tile[0][1] if decoder == "GIF" and image.tile else None
        image.load()
        operation = UPRIGHT.get(orientation(image.info.get("exif", b"")))
        if decoder == "PNG":
            _scale_transparency(image, bits=data[BIT_DEPTH])
        rgb = _to_rgb(image, stretch=stretch)
        if frame is not None:
            rgb = _on_white(rgb, frame)
    return np.array(rgb if operation is None else rgb.transpose(operation))


@contextmanager
def opened(data: bytes, decoder: str) -> Iterator[ImageFile.ImageFile]:
    """Give a picture whose size has been checked; its pixels are not decoded yet."""
    if decoder == "JPEG":
        data = _needed_segments(data)
    if decoder == "PNG":
        data = _needed_chunks(data)
    with Image.open(io.BytesIO(data), formats=[decoder]) as image:
        _check_size(*image.size)
        yield image


def _needed_segments(data: bytes) -> bytes:
    """Return a JPEG without the segments that do not change its pixels, such as profiles.

    Browsers show a picture whose profiles are damaged, and Pillow refuses it. Raise if there are so
    many segments or scans that decoding would take many seconds.
    """
    segments, scans, position = 0, 0, 2
    kept, copied = [], 0
    # Coded pixels lie between scans; only fill bytes, and not many, may lie before the first scan.
    while marker := _MARKER.search(
        data,
        position,
        len(data) if scans else position + MAX_FILL + 2,  # a marker has two bytes
    ):
        position = marker.end()
        code = data[position - 1]
        if code == _END_OF_IMAGE:
            break
        if code in _FRAMES and not (
            code in _KNOWN_FRAMES and data[position + 2 : position + 3] == b"\x08"
        ):
            msg = (
                "This JPEG is of a kind that browsers do not show either, such as lossless or with "
                "12 bits per channel. Save it again as an ordinary JPEG."
            )
            raise PictureError("bad_image", msg)
        if code not in _WITHOUT_LENGTH:
            position += int.from_bytes(data[position : position + 2])
        if not scans and code in _OPTIONAL and not _is_needed_segment(code, data, marker.end()):
            kept.append(data[copied : marker.start()])
            copied = position
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
    return b"".join([*kept, data[copied:]])


def _is_needed_segment(code: int, data: bytes, start: int) -> bool:
    """Return whether an optional segment of a JPEG changes its pixels; its length is at `start`."""
    name, shortest = _NEEDED.get(code, (b"", 1 << 16))
    length = int.from_bytes(data[start : start + 2]) - 2
    return length >= shortest and data.startswith(name, start + 2)


def _needed_chunks(data: bytes) -> bytes:
    """Return a PNG without the chunks that do not change its pixels, such as texts and profiles.

    Browsers show a picture whose compressed texts are large or damaged. Here nobody reads them, so
    they are not even inflated. What follows a damaged chunk is left for Pillow to judge.
    """
    kept, position, color = [data[:8]], 8, int.from_bytes(data[_COLOR_TYPE : _COLOR_TYPE + 1])
    for _ in range(MAX_CHUNKS):
        # Never `data[position:]`: it copies the rest of the file, once for each part.
        length = int.from_bytes(data[position : position + 4])
        kind = data[position + 4 : position + 8]
        end = position + 12 + length  # length, name and checksum take four bytes each
        if end > len(data) or kind == b"IEND":
            if not (kind[:1].islower() and kind.isalpha()):  # else a text that was cut off
                kept.append(data[position:])
            return b"".join(kept)
        if kind[:1].isupper() or _is_needed(kind, data[position:end], color):
            kept.append(data[position:end])
        position = end
    msg = (
        f"This PNG has more than {MAX_CHUNKS} parts, far more than programs write. Save it again "
        "as an ordinary PNG."
    )
    raise PictureError("bad_image", msg)


def _is_needed(kind: bytes, chunk: bytes, color: int) -> bool:
    """Return whether an optional chunk of a PNG changes its pixels and is undamaged.

    Viewers ignore a damaged optional chunk, but Pillow refuses the whole picture.
    """
    if kind == b"tRNS":
        needed = len(chunk) - 12 in _TRANSPARENCY_LENGTHS.get(color, ())
    else:
        needed = kind == b"eXIf"
    return needed and zlib.crc32(chunk[4:-4]) == int.from_bytes(chunk[-4:])


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


def orientation(exif: bytes) -> int:
    """Return the orientation that EXIF data states, or 1 if it is damaged or states none.

    Pillow would also use the orientation in XMP data, which browsers ignore.
    """
    exif = exif.removeprefix(b"Exif\0\0")
    order = _BYTE_ORDERS.get(exif[:4])
    if order is None:
        return 1
    start = int.from_bytes(exif[4:8], order)
    count = int.from_bytes(exif[start : start + 2], order)
    for position in range(start + 2, start + 2 + 12 * count, 12):
        tag, kind = (int.from_bytes(exif[at : at + 2], order) for at in (position, position + 2))
        if tag == _ORIENTATION and kind in _NUMBER_SIZES:
            return int.from_bytes(exif[position + 8 : position + 8 + _NUMBER_SIZES[kind]], order)
    return 1


def _scale_transparency(image: Image.Image, bits: int) -> None:
    """Scale the transparent value of a PNG as Pillow has scaled the pixels."""
    value = image.info.get("transparency")
    if image.mode == "RGB" and bits == 16 and isinstance(value, tuple):
        image.info["transparency"] = tuple(channel >> 8 for channel in value)
    elif image.mode == "L" and bits in {2, 4} and isinstance(value, int):
        image.info["transparency"] = value * 255 // (2**bits - 1)


def _on_white(rgb: Image.Image, frame: tuple[int, int, int, int]) -> Image.Image:
    """Return a GIF whose canvas is white outside of its first frame (left, top, right, bottom)."""
    canvas = Image.new("RGB", rgb.size, "white")
    canvas.paste(rgb.crop(frame), frame)
    return canvas


def _to_rgb(image: Image.Image, *, stretch: bool) -> Image.Image:
    if image.mode.startswith("I"):  # 16-bit gray, which convert("RGB") would clip to white
        values = np.asarray(image)
        gray = _stretched(values) if stretch else (values >> 8).astype(np.uint8)
        if "transparency" in image.info:
            gray[values == image.info["transparency"]] = 255
        return Image.fromarray(gray).convert("RGB")
    if image.has_transparency_data:
        rgba = image.convert("RGBA")
        rgb = Image.new("RGB", image.size, "white")
        rgb.paste(rgba, mask=rgba)
    else:
        rgb = image.convert("RGB")
    return Image.fromarray(_stretched(np.asarray(rgb))) if stretch else rgb


def _stretched(values: AnyArray) -> ByteArray:
    """Scale values so that they range from 0 to 255; one value everywhere becomes 0."""
    low, high = int(values.min()), int(values.max())
    return np.rint((values.astype(np.float64) - low) * (255 / max(high - low, 1))).astype(np.uint8)
