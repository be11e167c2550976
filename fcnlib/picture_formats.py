"""Telling by its first bytes what a file is, whatever its name or its sender says."""

import re

# Pillow's decoders that pictures may go through, each with the bytes that choose it.
DECODERS = {
    rb"\xff\xd8\xff": "JPEG",
    rb"\x89PNG\r\n\x1a\n": "PNG",
    rb"RIFF....WEBP": "WEBP",
    rb"GIF8[79]a": "GIF",
    rb"BM": "BMP",
}

# What else people choose by mistake, in words that fit behind "The file is".
OTHERS = {
    rb"(?:\xef\xbb\xbf)?(?i:(?:\s|<\?.*?\?>|<!--.*?-->)*<(?:!doctype html|html|head|body)\b)": (
        "a web page"
    ),
    rb"(?i:.{0,512}?<svg\b)": "an SVG drawing",
    rb"II[*+]\0|MM\0[*+]": "a TIFF picture",
    rb"....ftypavi[fs]": "an AVIF picture",
    rb"....ftyp(?:he|mif|msf)": "a HEIC picture",
    rb"....ftyp|\x1aE\xdf\xa3|RIFF....AVI ": "a video",
    rb"\xff\x0a|\0\0\0\x0cJXL ": "a JPEG XL picture",
    rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51": "a JPEG 2000 picture",
    rb"8BPS": "a Photoshop picture",
    rb"%!PS|\xc5\xd0\xd3\xc6": "a PostScript document",
    rb"%PDF": "a PDF document",
    rb"\0\0\x01\0": "an icon",
    rb"PK\x03\x04": "a ZIP archive",
}

_START = 1024  # bytes looked at


def decoder_of(data: bytes) -> str | None:
    """Return Pillow's name of the decoder that `data` is for; None if it is for none.

    Examples
    --------
    >>> decoder_of(b"GIF89a"), decoder_of(b"%PDF-1.7")
    ('GIF', None)

    """
    return _first_match(DECODERS, data)


def describe(data: bytes) -> str:
    """Return what `data` is if it is no picture that can be decoded, in words.

    Examples
    --------
    >>> describe(b"%PDF-1.7"), describe(b"Dear all,")
    ('a PDF document', 'not a picture')

    """
    return _first_match(OTHERS, data) or "not a picture"


def is_web_page(data: bytes) -> bool:
    """Tell whether `data` begins like HTML.

    Examples
    --------
    >>> is_web_page(b"<!DOCTYPE html><title>A cat</title>")
    True

    """
    return describe(data) == "a web page"


def _first_match(formats: dict[bytes, str], data: bytes) -> str | None:
    start = data[:_START]
    matches = (name for magic, name in formats.items() if re.match(magic, start, re.DOTALL))
    return next(matches, None)
