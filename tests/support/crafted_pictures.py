"""Ordinary, unusual and hostile picture files, written byte by byte or by Pillow."""

import io
import re
import struct
import zlib

import numpy as np
from PIL import Image

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)
ORIENTATION = 0x0112
LOSSLESS = {"WEBP": {"lossless": True}}


def file_of(image, kind="PNG", **options):
    """Return the file that Pillow writes for an image or an array."""
    image = image if isinstance(image, Image.Image) else Image.fromarray(image)
    file = io.BytesIO()
    image.save(file, format=kind, **options)
    return file.getvalue()


def corners(width=64, height=48):
    """Return an image that is red at the upper left, green at the upper right, blue below."""
    image = np.full((height, width, 3), BLUE, np.uint8)
    image[: height // 2, : width // 2] = RED
    image[: height // 2, width // 2 :] = GREEN
    return image


def oriented(orientation, kind, image):
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    return file_of(image, kind, exif=exif, **LOSSLESS.get(kind, {}))


def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, raw=b"", *, bits=8, color=0, extra=b""):
    """Return a PNG with the given header and raw rows, and `extra` chunks before the rows."""
    header = struct.pack(">IIBBBBB", width, height, bits, color, 0, 0, 0)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            png_chunk(b"IHDR", header),
            extra,
            png_chunk(b"IDAT", zlib.compress(raw, 9)),
            png_chunk(b"IEND", b""),
        ]
    )


def small_png(extra):
    """Return a black PNG of 100 × 100 pixels with `extra` chunks."""
    return png(100, 100, bytes(101 * 100), extra=extra)


def text_chunk(kind, keyword, length):
    """Return a compressed chunk that decompresses to `length` zeros."""
    return png_chunk(kind, keyword + b"\0\0" + zlib.compress(bytes(length), 1))


def bmp_header(width, height):
    info = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + info


def webp_header(width, height):
    """Return the header of an animation without frames on a canvas of the given size."""
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    chunks = b"VP8X" + struct.pack("<I", 10) + b"\x02\0\0\0" + size
    chunks += b"ANIM" + struct.pack("<I", 6) + bytes(6)
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WEBP" + chunks


def gif_with_wide_frame(screen, frame):
    """Return a GIF whose frame is larger than the screen size in its header."""
    pixels = b"\x02\x02\x44\x01\x00;"
    return b"".join(
        [
            b"GIF89a" + struct.pack("<HH", *screen) + b"\x80\0\0" + bytes(6),
            b"," + struct.pack("<HHHH", 0, 0, *frame) + b"\0" + pixels,
        ]
    )


def scan_flood(side, scans, length=0):
    """Return a progressive JPEG whose last scan is repeated, at least up to `length` bytes."""
    plain = file_of(np.full((side, side), 120, np.uint8), "JPEG", progressive=True)
    last = [match.start() for match in re.finditer(b"\xff\xda", plain)][-1]
    body, scan = plain[:-2], plain[last:-2]
    scans = max(scans, (length - len(body) - 2) // len(scan))
    return body + scan * scans + b"\xff\xd9"


def segment_flood(segments):
    return b"\xff\xd8" + b"\xff\xe5\0\2" * segments + file_of(corners(), "JPEG")[2:]
