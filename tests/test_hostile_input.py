"""Functions that parse input from outside take at most 0.2 s for the largest allowed input.

The tests measure processor time, so other work on the machine does not count.
"""

import contextlib
import signal
import struct
import time

import pytest
from support.crafted_pictures import png, png_chunk

from fcnlib.checkpoints import downloads
from fcnlib.checkpoints import formats as weights_formats
from fcnlib.cli import segmenting
from fcnlib.errors import FcnlibError
from fcnlib.images import decoding, formats, urls
from fcnlib.transposed_convolution import checkerboard_kernels
from fcnlib.transposed_convolution.views import values

LIMIT = 0.2  # seconds of processor time
STUCK = 60  # seconds; far more than all of a test takes on a slow machine

# Short pieces that patterns could match in more than one way, repeated up to the largest size.
BYTES = [b"<??>", b"<?", b"<!---->", b"<!--", b"<!-->", b" \t\n", b"<svg", b"<html", b"RIFF"]
BYTES += [b"\xff", b"\xff\0", b"\xff\xd8\xff", b"\xff\xda\0\2", b"\xff\xe1\0\2"]
TEXTS = [
    "1",
    ".",
    "1.",
    "-",
    "e",
    "1e",
    "1e9",
    "a.",
    "0x",
    ",",
    " ",
    "\n",
    "/",
    "[",
    "[:",
    "@",
    "%",
]
TEXTS += ["ß", "xn--", "1/", "../", "?a=", "bytes 1-1/"]


def fill(piece, size):
    return (piece * (size // len(piece) + 1))[:size]


@pytest.fixture(autouse=True)
def interrupted():
    """Let a test fail that would never end. Matching a regular expression looks for signals."""
    if hasattr(signal, "SIGALRM"):
        handler = signal.signal(signal.SIGALRM, signal.default_int_handler)
        signal.alarm(STUCK)
    yield
    if hasattr(signal, "SIGALRM"):
        signal.alarm(0)
        signal.signal(signal.SIGALRM, handler)


def ends_in_time(function, *arguments):
    start = time.thread_time()
    with contextlib.suppress(FcnlibError):
        try:
            function(*arguments)
        except KeyboardInterrupt:
            pytest.fail(f"still running after {STUCK} s")
    assert time.thread_time() - start < LIMIT


@pytest.mark.parametrize("piece", BYTES)
@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"\xff\xd8\xff", b"<?xml?>"])
@pytest.mark.parametrize("function", [formats.describe, formats.decoder_of, decoding.decode])
def test_files(function, before, piece):
    ends_in_time(function, fill(before + piece, decoding.MAX_BYTES))
    ends_in_time(function, before + fill(piece, decoding.MAX_BYTES - len(before)))


@pytest.mark.parametrize("kind", [b"IDAT", b"zTXt", b"tRNS", b"eXIf"])
@pytest.mark.parametrize("count", [1000, decoding.MAX_CHUNKS - 3, decoding.MAX_CHUNKS + 1])
def test_chunks_of_a_png(kind, count):
    """As many parts as are allowed, in a file of the largest size."""
    size = decoding.MAX_BYTES // count - 12
    data = png(100, 100, bytes(101 * 100), extra=png_chunk(kind, bytes(size)) * count)
    data = data[: decoding.MAX_BYTES]
    start = time.thread_time()
    with contextlib.suppress(FcnlibError):
        decoding._needed_chunks(data)
    assert time.thread_time() - start < LIMIT


def test_frames_of_a_jpeg():
    frame = b"\xff\xc0\0\x08\x08" + bytes(5)
    data = b"\xff\xd8" + frame * (decoding.MAX_SEGMENTS - 1)
    ends_in_time(decoding.decode, data.ljust(decoding.MAX_BYTES, b"\0"))


@pytest.mark.parametrize("count", [0, 1000, 65535])
def test_entries_of_exif(count):
    exif = b"II*\0" + struct.pack("<IH", 8, count)
    ends_in_time(decoding.orientation, exif.ljust(decoding.MAX_BYTES, b"\1"))


@pytest.mark.parametrize("piece", [*TEXTS, "http", "data", ":", ".index", ".data-00000-of-", "é"])
def test_arguments_of_the_command_line(piece):
    """Linux passes on arguments of up to 128 KiB."""
    text = fill(piece, 131_071)
    for pattern in (segmenting._ADDRESS, segmenting._DATA):
        ends_in_time(pattern.match, text)
    ends_in_time(weights_formats._PART.fullmatch, text)


def test_nested_processing_instructions():
    data = b"<??>" * 255 + b"<??\xff"
    ends_in_time(formats.is_web_page, data)
    assert not formats.is_web_page(data)


@pytest.mark.parametrize("piece", TEXTS)
@pytest.mark.parametrize("before", ["http://", "https://a.test/", "http://[", ""])
def test_addresses(before, piece):
    text = before + fill(piece, urls.MAX_LENGTH - len(before))
    ends_in_time(urls.parse, text)
    ends_in_time(urls.parse, text[:-1] + "@")  # where a host that matched so far ends wrongly
    ends_in_time(urls.parse("https://img.test/a/b").join, text)


@pytest.mark.parametrize("piece", TEXTS)
@pytest.mark.parametrize("size", [4000, 65536])
def test_typed_numbers(piece, size):
    ends_in_time(checkerboard_kernels.kernel_from_text, fill(piece, size))
    ends_in_time(values.typed, fill(piece, size), (4, 4))


@pytest.mark.parametrize("piece", TEXTS)
def test_headers_of_a_download(piece):
    """`http.client` takes lines of up to 65,536 bytes."""
    for name, status in (("Content-Length", 200), ("Content-Range", 206)):
        ends_in_time(downloads._stated_range, status, {name: fill(piece, 65536)})
