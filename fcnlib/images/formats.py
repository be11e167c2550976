"""File formats, recognized by the first bytes of a file and not by its name."""

import re

# Pillow decoders that may be used, each with the bytes that select it.
DECODERS = {
    rb"\xff\xd8\xff": "JPEG",
    rb"\x89PNG\r\n\x1a\n": "PNG",
    rb"RIFF....WEBP": "WEBP",
    rb"GIF8[79]a": "GIF",
    # The last four bytes are the size of a header that exists. "BM" alone also begins texts.
    rb"BM............[\x0c\x10\x28\x34\x38\x40\x6c\x7c]\0\0\0": "BMP",
}

_LFS_POINTER = b"version https://git-lfs.github.com/spec/"

# Other formats that people choose by mistake, in words that follow "The file is".
# No pattern contains a repeat, so matching reads no more bytes than the pattern has.
OTHERS = {
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
    _LFS_POINTER: "a Git LFS pointer, a short text in the place of a file",
}

UNKNOWN = "not a picture"
START = 1024  # bytes that are examined
_SVG_START = 516  # bytes that must contain "<svg", after XML declarations and comments
# Some of the tags by which browsers recognize a page (WHATWG, MIME Sniffing Standard, 7.1).
_HTML_TAG = re.compile(rb"<(?:!doctype html|html|head|body|title|meta|script|style|div|h1|p)\b")


def decoder_of(data: bytes | bytearray) -> str | None:
    """Return Pillow's name of the decoder for `data`, or None if no decoder may be used.

    Examples
    --------
    >>> decoder_of(b"GIF89a"), decoder_of(b"%PDF-1.7")
    ('GIF', None)

    """
    return _first_match(DECODERS, data)


def describe(data: bytes) -> str:
    """Return a description of the format of `data`, for files that cannot be decoded.

    Examples
    --------
    >>> describe(b"%PDF-1.7"), describe(b"Dear all,")
    ('a PDF document', 'not a picture')

    """
    if is_web_page(data):
        return "a web page"
    if b"<svg" in data[:_SVG_START].lower():
        return "an SVG drawing"
    return _first_match(OTHERS, data) or UNKNOWN


def is_web_page(data: bytes) -> bool:
    """Return whether `data` starts like HTML.

    Examples
    --------
    >>> is_web_page(b"<!DOCTYPE html><title>A cat</title>")
    True

    """
    # Each pass removes the bytes it has read, so the time is linear in their number. A regular
    # expression with the same repeats would take twice as long for each additional "<??>".
    rest = data[:START].lower().removeprefix(b"\xef\xbb\xbf").lstrip()
    while rest.startswith((b"<?", b"<!--")):
        rest = rest.partition(b"?>" if rest.startswith(b"<?") else b"-->")[2].lstrip()
    return _HTML_TAG.match(rest) is not None


def is_recognized(data: bytes) -> bool:
    """Return whether the start of `data` tells its format, accepted or not.

    Examples
    --------
    >>> is_recognized(b"%PDF-1.7"), is_recognized(b"Dear all,")
    (True, False)

    """
    return decoder_of(data) is not None or describe(data) != UNKNOWN


def is_lfs_pointer(data: bytes) -> bool:
    """Return whether `data` is the text that Git LFS puts in the place of a large file.

    Examples
    --------
    >>> is_lfs_pointer(b"version https://git-lfs.github.com/spec/v1")
    True

    """
    return data.startswith(_LFS_POINTER)


def _first_match(formats: dict[bytes, str], data: bytes | bytearray) -> str | None:
    start = data[:START]
    matches = (name for magic, name in formats.items() if re.match(magic, start, re.DOTALL))
    return next(matches, None)
