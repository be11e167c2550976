import random
import struct
import time
import zipfile
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from support import memory
from support.crafted_pictures import (
    bmp_header,
    corners,
    file_of,
    gif_with_wide_frame,
    png,
    scan_flood,
    segment_flood,
    small_png,
    text_chunk,
    webp_header,
)
from support.failures import picture_error

from fcnlib.errors import PictureError
from fcnlib.images import encode_png
from fcnlib.images.decoding import MAX_BYTES, check_length, decode

CODES = {"empty", "too_large", "not_an_image", "too_many_pixels", "bad_shape", "bad_image"}
RANDOM = np.random.default_rng(0).integers(0, 256, (24, 32, 3), np.uint8)


def refuse(data, code, *words):
    with picture_error(code, *words):
        decode(data)


def test_empty_and_too_large():
    refuse(b"", "empty")
    refuse(bytes(MAX_BYTES + 1), "too_large", "10 MiB")
    check_length(MAX_BYTES)
    with picture_error("too_large"):
        check_length(MAX_BYTES + 1)


@pytest.mark.parametrize(
    "data",
    [
        png(65535, 65535, bits=1),
        png(50000, 50000, bytes(6251) * 500, bits=1),
        bmp_header(65536, 65536),
        webp_header(16383, 16383),
        gif_with_wide_frame((20, 20), (60000, 60000)),
        png(5001, 5000),
    ],
    ids=["header only", "1 bit", "bmp", "webp", "gif", "just too many"],
)
def test_d3_pixel_bombs_are_refused_before_they_are_decoded(data):
    start = time.process_time()
    with memory.at_most(10):
        refuse(data, "too_many_pixels", "25 million")
    assert time.process_time() - start < 0.2


def test_25_million_pixels_are_decoded():
    assert decode(png(5000, 5000, bytes(626 * 5000), bits=1)).shape == (5000, 5000, 3)


@pytest.mark.parametrize(
    "data",
    [
        scan_flood(2000, 101),
        scan_flood(2000, 200),
        scan_flood(2000, 5000),
        scan_flood(2000, 0, length=MAX_BYTES),
        segment_flood(2100),
        segment_flood(2_500_000),
    ],
    ids=["101", "200", "5000", "10 MiB", "segments", "10 MiB of segments"],
)
def test_d4_floods_of_scans_or_segments_are_refused_before_they_are_decoded(data):
    start = time.process_time()
    refuse(data, "bad_image", "100 scans", "2000 segments")
    assert time.process_time() - start < 0.2


def test_only_real_scans_are_counted():
    preview = b"\xff\xe1" + struct.pack(">H", 2 + 300) + b"\xff\xda\0" * 100
    plain = file_of(corners(), "JPEG")
    trailing = bytes(2) + b"\xff\xda\0\2" * 200
    np.testing.assert_array_equal(decode(plain[:2] + preview + plain[2:] + trailing), decode(plain))
    assert decode(scan_flood(64, 80)).shape == (64, 64, 3)
    assert decode(segment_flood(1900)).shape == (48, 64, 3)


def test_d5_compressed_text_in_a_png_is_not_inflated():
    for kind in (b"zTXt", b"iCCP"):
        bomb = small_png(text_chunk(kind, b"a", 200 * 10**6))
        with memory.at_most(80):
            assert decode(bomb).shape == (100, 100, 3)
    texts = [text_chunk(b"zTXt", b"a%d" % number, 2**20 - 64) for number in range(63)]
    acceptable = small_png(b"".join(texts))
    with memory.at_most(80):
        assert decode(acceptable).shape == (100, 100, 3)


@pytest.mark.parametrize(
    ("width", "height"), [(1, 1), (15, 400), (400, 15), (1, 5000), (5000, 16), (16, 321)]
)
def test_d9_pictures_that_are_small_or_narrow_are_refused(width, height):
    data = png(width, height, bytes((width + 1) * height))
    refuse(data, "bad_shape", f"{width} × {height}", "16", "20 times")


@pytest.mark.parametrize(("width", "height"), [(16, 16), (16, 320), (320, 16)])
def test_d9_the_smallest_and_the_narrowest_pictures_are_accepted(width, height):
    assert decode(png(width, height, bytes((width + 1) * height))).shape == (height, width, 3)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "a PostScript document"),
        (b'<?xml version="1.0"?>\n<svg xmlns="x"/>', "an SVG drawing"),
        (b"<!doctype html><body><svg>", "a web page"),
        (file_of(RANDOM, "TIFF"), "a TIFF picture"),
        (b"MM\0*\0\0\0\x08", "a TIFF picture"),
        (b"\0\0\0\x1cftypavif\0\0\0\0", "an AVIF picture"),
        (b"\0\0\0\x1cftypheic\0\0\0\0", "a HEIC picture"),
        (b"\0\0\0\x1cftypmp42\0\0\0\0", "a video"),
        (b"\xff\x0a\0\0", "a JPEG XL picture"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "a JPEG 2000 picture"),
        (b"8BPS\0\1", "a Photoshop picture"),
        (b"%PDF-1.7", "a PDF document"),
        (b"\0\0\x01\0\x01\0", "an icon"),
        (b"PK\x03\x04", "a ZIP archive"),
        (b"Dear all,", "not a picture"),
        (bytes(100), "not a picture"),
    ],
)
def test_d10_the_message_names_other_formats(data, name):
    refuse(data, "not_an_image", f" {name}.", "JPEG, PNG, WebP, GIF")


def test_only_the_decoder_that_the_first_bytes_select_is_used(monkeypatch):
    tried = []

    def spy(_file, formats):
        tried.extend(formats)
        raise OSError

    monkeypatch.setattr(Image, "open", spy)
    for kind in ("JPEG", "MPO", "PNG", "WEBP", "GIF", "BMP"):
        refuse(file_of(RANDOM, kind), "bad_image")
    assert tried == ["JPEG", "JPEG", "PNG", "WEBP", "GIF", "BMP"]


def test_d10_postscript_starts_no_program(monkeypatch):
    monkeypatch.setattr("subprocess.Popen", None)
    monkeypatch.setattr("os.posix_spawn", None)
    eps = file_of(RANDOM, "EPS")
    refuse(eps, "not_an_image")
    refuse(b"\xff\xd8\xff" + eps, "bad_image")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF"])
def test_d11_half_a_file_is_damaged(kind):
    data = file_of(RANDOM, kind)
    refuse(data[: len(data) // 2], "bad_image", kind)


def test_d13_metadata_and_appended_data_do_not_reach_the_browser():
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("evil.class", b"secret")
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    for kind, options in (("GIF", {}), ("JPEG", {"exif": exif}), ("PNG", {"exif": exif})):
        image = decode(file_of(corners(), kind, **options) + archive.getvalue())
        sent = encode_png(image)
        assert b"secret" not in sent
        assert b"PK" not in sent
        np.testing.assert_array_equal(decode(sent), image)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "MPO"])
def test_d1_damaged_files_give_a_picture_or_a_picture_error(kind):
    generator = random.Random(kind)
    good = file_of(corners(), kind)
    for _ in range(150):
        data = bytearray(good)
        for _ in range(generator.randrange(1, 8)):
            data[generator.randrange(len(data))] = generator.randrange(256)
        damaged = bytes(data[: generator.choice([None, generator.randrange(len(data))])])
        try:
            image = decode(damaged)
        except PictureError as error:
            assert error.code in CODES  # noqa: PT017 - either outcome is right
        else:
            assert (image.dtype, image.ndim, image.shape[2]) == (np.uint8, 3, 3)
