"""Legal pictures that few programs write, against their pixels computed here."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image
from support.crafted_pictures import corners, file_of, png, png_chunk, small_png, text_chunk
from support.failures import error_of

from fcnlib.errors import PictureError
from fcnlib.images import decode
from fcnlib.images.decoding import MAX_CHUNKS, is_dark

SIDE = 16
RNG = np.random.default_rng(0)


def packed(samples, bits):
    """Return the rows of a PNG, each after the number of its filter: 0 for none."""
    rows = []
    for row in samples.reshape(len(samples), -1):
        if bits == 16:
            data = row.astype(">u2").tobytes()
        elif bits == 8:
            data = row.astype(np.uint8).tobytes()
        else:
            binary = (row[:, None] >> np.arange(bits - 1, -1, -1)) & 1
            data = np.packbits(binary.ravel().astype(np.uint8)).tobytes()
        rows.append(b"\0" + data)
    return b"".join(rows)


def eight_bits(samples, bits):
    """Return samples as a viewer shows them: the upper 8 bits, or scaled to 255."""
    return samples >> 8 if bits == 16 else samples * 255 // (2**bits - 1)


@pytest.mark.parametrize("bits", [1, 2, 4, 8, 16])
def test_one_gray_of_a_png_can_be_transparent(bits):
    samples = RNG.integers(0, 2**bits, (SIDE, SIDE))
    transparent = int(samples[3, 5])
    extra = png_chunk(b"tRNS", struct.pack(">H", transparent))
    image = decode(png(SIDE, SIDE, packed(samples, bits), bits=bits, extra=extra))
    expected = eight_bits(samples, bits)
    expected[samples == transparent] = 255
    np.testing.assert_array_equal(image, np.repeat(expected[..., None], 3, axis=-1))


@pytest.mark.parametrize("bits", [8, 16])
def test_one_color_of_a_png_can_be_transparent(bits):
    samples = RNG.integers(0, 2**bits, (SIDE, SIDE, 3))
    samples[4:8] = samples[3, 5]
    extra = png_chunk(b"tRNS", struct.pack(">3H", *map(int, samples[3, 5])))
    image = decode(png(SIDE, SIDE, packed(samples, bits), bits=bits, color=2, extra=extra))
    expected = eight_bits(samples, bits)
    expected[(samples == samples[3, 5]).all(axis=-1)] = 255
    np.testing.assert_array_equal(image, expected)


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("channels", [1, 3])
def test_alpha_is_blended_with_white(bits, channels):
    samples = RNG.integers(0, 2**bits, (SIDE, SIDE, channels + 1))
    color = {1: 4, 3: 6}[channels]
    image = decode(png(SIDE, SIDE, packed(samples, bits), bits=bits, color=color))
    eight = eight_bits(samples, bits).astype(float)
    alpha = eight[..., -1:] / 255
    expected = np.broadcast_to(eight[..., :-1] * alpha + 255 * (1 - alpha), (SIDE, SIDE, 3))
    np.testing.assert_allclose(image, expected, rtol=0, atol=1)


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_colors_of_a_palette_can_be_transparent(bits):
    colors = 2**bits
    palette = RNG.integers(0, 256, (colors, 3)).astype(np.uint8)
    alpha = RNG.integers(0, 256, colors).astype(np.uint8)
    samples = RNG.integers(0, colors, (SIDE, SIDE))
    extra = png_chunk(b"PLTE", palette.tobytes()) + png_chunk(b"tRNS", alpha.tobytes())
    image = decode(png(SIDE, SIDE, packed(samples, bits), bits=bits, color=3, extra=extra))
    share = alpha[samples][..., None] / 255
    expected = palette[samples] * share + 255 * (1 - share)
    np.testing.assert_allclose(image, expected, rtol=0, atol=1)


@pytest.mark.parametrize("transparent", [None, 7])
@pytest.mark.parametrize("frame", [(0, 0, 20, 18), (3, 4, 13, 12), (19, 0, 20, 18)])
def test_a_gif_is_white_outside_of_its_first_frame(frame, transparent):
    """Left, top, right, bottom of the frame; the palette's entry 0 is red."""
    left, top, right, bottom = frame
    palette = RNG.integers(0, 256, (256, 3)).astype(np.uint8)
    palette[0] = 255, 0, 0
    samples = RNG.integers(0, 256, (bottom - top, right - left)).astype(np.uint8)
    samples[0, 0] = 7
    part = Image.fromarray(samples).convert("L")
    part = part.copy()
    part.putpalette(palette.tobytes())
    options = {} if transparent is None else {"transparency": transparent}
    data = bytearray(file_of(part, "GIF", optimize=False, **options))
    data[6:10] = struct.pack("<2H", 20, 18)  # the canvas
    start = data.index(b"\x2c" + struct.pack("<4H", 0, 0, right - left, bottom - top))
    data[start + 1 : start + 5] = struct.pack("<2H", left, top)
    expected = np.full((18, 20, 3), 255, np.uint8)
    shown = palette[samples]
    if transparent is not None:
        shown[samples == transparent] = 255
    expected[top:bottom, left:right] = shown
    np.testing.assert_array_equal(decode(bytes(data)), expected)


@pytest.mark.parametrize(("low", "high"), [(0, 20), (100, 655), (7, 8), (0, 65535)])
def test_small_values_can_be_stretched(low, high):
    samples = RNG.integers(low, high + 1, (SIDE, SIDE))
    samples[0, :2] = low, high
    data = png(SIDE, SIDE, packed(samples, 16), bits=16)
    assert is_dark(decode(data)) == (high < 3 * 256)  # 1.2 % of the range
    stretched = decode(data, stretch=True)
    expected = np.rint((samples - low) * 255 / (high - low))
    np.testing.assert_array_equal(stretched, np.repeat(expected[..., None], 3, axis=-1))


@pytest.mark.parametrize("kind", ["PNG", "GIF", "BMP"])
def test_labels_of_eight_bits_can_be_stretched(kind):
    samples = RNG.integers(0, 3, (SIDE, SIDE)).astype(np.uint8)
    data = file_of(samples, kind)
    assert is_dark(decode(data))
    stretched = decode(data, stretch=True)
    np.testing.assert_array_equal(stretched[..., 0], np.array([0, 128, 255])[samples])


def test_one_value_everywhere_stays_dark():
    for value in (0, 1, 200, 65535):
        data = png(SIDE, SIDE, packed(np.full((SIDE, SIDE), value), 16), bits=16)
        assert not decode(data, stretch=True).any()


BLACK = np.zeros((100, 100, 3), np.uint8)


@pytest.mark.parametrize(
    "extra",
    [
        text_chunk(b"zTXt", b"a", 200 * 10**6),
        text_chunk(b"iCCP", b"a", 200 * 10**6),
        png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + b"not compressed"),
        png_chunk(b"zTXt", b"a\0\0not compressed"),
        png_chunk(b"tEXt", b"a\0" + b"b" * (1 << 22)),
        png_chunk(b"iCCP", b"")[:-1] + b"\xff",  # a wrong checksum
        png_chunk(b"eXIf", b"II*\0" + b"\xff" * 5000),
        png_chunk(b"caBX", bytes(100_000)),
    ],
    ids=lambda extra: f"{extra[4:8].decode()}-{len(extra)}",
)
def test_d5_texts_and_profiles_of_a_png_do_not_matter(extra):
    np.testing.assert_array_equal(decode(small_png(extra)), BLACK)
    np.testing.assert_array_equal(decode(small_png(extra * 2)), BLACK)


def damaged(chunk):
    """Return a chunk of a PNG with a wrong checksum."""
    return chunk[:-1] + bytes([chunk[-1] ^ 1])


TURNED = b"MM\0*\0\0\0\x08\0\1\x01\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0"  # EXIF, orientation 6


@pytest.mark.parametrize(
    ("color", "extra"),
    [
        *[(0, png_chunk(b"tRNS", bytes(length))) for length in (0, 1, 3, 300)],
        *[(2, png_chunk(b"tRNS", bytes(length))) for length in (0, 2, 7)],
        (3, png_chunk(b"tRNS", bytes(257))),
        (0, damaged(png_chunk(b"tRNS", b"\0\7"))),
        (2, damaged(png_chunk(b"tRNS", bytes(6)))),
        (0, damaged(png_chunk(b"eXIf", TURNED))),
    ],
)
def test_damaged_optional_chunks_of_a_png_do_not_matter(color, extra):
    """Viewers ignore them, as the PNG specification allows."""
    samples = RNG.integers(0, 256, (SIDE, SIDE, 3) if color == 2 else (SIDE, SIDE))
    palette = RNG.integers(0, 256, (256, 3)).astype(np.uint8)
    extra = (png_chunk(b"PLTE", palette.tobytes()) if color == 3 else b"") + extra
    expected = {0: np.dstack([samples] * 3), 2: samples, 3: palette[samples % 256]}[color]
    data = png(SIDE, SIDE, packed(samples, 8), color=color, extra=extra)
    np.testing.assert_array_equal(decode(data), expected)


@pytest.mark.parametrize("place", [2, 20])  # before and after the segment JFIF
@pytest.mark.parametrize(
    ("code", "body"),
    [
        (0xE0, b"JFIF\0\1"),
        (0xE0, b"JFXX\0\x10"),
        (0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta"),
        (0xE2, b"ICC_PROFILE\0"),
        (0xE2, b"ICC_PROFILE\0\2\1" + b"a" * 50),
        (0xE2, b"MPF\0MM\0*\0\0\0\x08\xff\xff"),
        (0xED, b"Photoshop 3.0\x008BIM\3"),
        (0xED, b"Photoshop 3.0\x008BIM\3\xed\0\0\xff\xff\xff\xff"),
        (0xEE, b"Adobe"),
        (0xEE, b"Adobe\0\x64\0\0"),
        (0xFE, b"\xff\xd9" * 20),
        (0xEF, b""),
    ],
)
def test_damaged_optional_segments_of_a_jpeg_do_not_matter(code, body, place):
    """Browsers ignore them, and a comment may hold any bytes."""
    data = file_of(corners(64, 48), "JPEG")
    segment = bytes([0xFF, code]) + struct.pack(">H", 2 + len(body)) + body
    found = decode(data[:place] + segment + data[place:])
    np.testing.assert_array_equal(found, decode(data))


def test_the_segments_that_tell_the_colors_of_a_jpeg_are_kept():
    """Adobe's transform 0 says that the channels are red, green and blue themselves."""
    data = file_of(Image.new("RGB", (32, 32), (200, 30, 90)), "JPEG", quality=100)
    adobe = b"\xff\xee" + struct.pack(">H", 14) + b"Adobe\0\x64\0\0\0\0\0"
    luma, blue, red = Image.new("RGB", (1, 1), (200, 30, 90)).convert("YCbCr").getpixel((0, 0))
    without_jfif = data[:2] + adobe + data[20:]
    np.testing.assert_allclose(decode(without_jfif)[9, 9], (luma, blue, red), atol=2)
    np.testing.assert_allclose(decode(data)[9, 9], (200, 30, 90), atol=2)


@pytest.mark.parametrize("end", [b"", b"\0\0\0\0IE", png_chunk(b"tEXt", b"a\0" + b"b" * 90)[:50]])
def test_a_png_that_ends_after_its_pixels_is_whole(end):
    data = small_png(b"")
    np.testing.assert_array_equal(decode(data[: data.index(b"IEND") - 4] + end), BLACK)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("more", [b"", bytes(30_000), bytes(200_000)])
def test_only_exif_states_the_orientation(kind, more):
    picture, options = corners(64, 48), {"WEBP": {"lossless": True}, "JPEG": {"quality": 95}}
    if kind == "JPEG":
        more = more[:30_000]  # the largest segment has 64 KiB
    turned = decode(
        file_of(picture, kind, exif=b"Exif\0\0" + TURNED + more, **options.get(kind, {}))
    )
    np.testing.assert_allclose(
        turned[3:-3:8, 3:-3:8], np.rot90(picture, -1)[3:-3:8, 3:-3:8], atol=6
    )
    if kind != "PNG":
        xmp = b'<rdf:Description tiff:Orientation="6"/>' + more
        assert decode(file_of(picture, kind, xmp=xmp, **options[kind])).shape == picture.shape


@pytest.mark.parametrize(
    ("kind", "value", "number"),
    [(1, b"\x06\0\0\0", 6), (3, b"\0\x06\0\0", 6), (4, b"\0\0\0\x06", 6), (2, b"\x06\0\0\0", 1)],
)
def test_the_orientation_may_be_any_whole_number(kind, value, number):
    exif = TURNED[:12] + struct.pack(">HI", kind, 1) + value
    upright = decode(file_of(corners(64, 48), exif=b"Exif\0\0" + exif))
    assert upright.shape == ((64, 48, 3) if number == 6 else (48, 64, 3))


def riff(*chunks):
    body = b"".join(
        name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
        for name, data in chunks
    )
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


@pytest.mark.parametrize("alpha", [0, 0x10])
@pytest.mark.parametrize("background", [bytes(4), b"\0\0\xff\xff"])
@pytest.mark.parametrize("corner", [(0, 0), (4, 6), (20, 14)])
def test_a_webp_is_white_outside_of_its_first_frame(alpha, background, corner):
    left, top = corner
    frame = RNG.integers(0, 256, (16, 20, 3)).astype(np.uint8)
    pixels = file_of(frame, "WEBP", lossless=True)[12:]
    numbers = (left // 2, top // 2, 19, 15, 100)
    place = b"".join(number.to_bytes(3, "little") for number in numbers) + b"\0"
    size = (39).to_bytes(3, "little") + (29).to_bytes(3, "little")
    data = riff(
        (b"VP8X", bytes([2 | alpha, 0, 0, 0]) + size),
        (b"ANIM", background + b"\0\0"),
        (b"ANMF", place + pixels),
    )
    expected = np.full((30, 40, 3), 255, np.uint8)
    expected[top : top + 16, left : left + 20] = frame
    np.testing.assert_array_equal(decode(data), expected)


@pytest.mark.parametrize(
    ("marker", "bits"), [(0xC0, 12), (0xC1, 12), (0xC3, 8), (0xC3, 16), (0xF7, 8)]
)
def test_kinds_of_jpeg_that_cannot_be_decoded_are_not_called_damaged(marker, bits):
    data = bytearray(file_of(corners(), "JPEG"))
    start = data.index(b"\xff\xc0")
    data[start + 1], data[start + 4] = marker, bits
    with error_of(PictureError, "bad_image", "12 bits"):
        decode(bytes(data))


@pytest.mark.parametrize("text", [b"BMW, Audi and other cars", b"BM", b"BMI: 21.3, " * 100])
def test_texts_that_start_like_a_bmp_are_not_pictures(text):
    with error_of(PictureError, "not_an_image", "not a picture"):
        decode(text)


@pytest.mark.parametrize("kind", [b"zTXt", b"IDAT"])
def test_the_number_of_a_pngs_parts_is_limited(kind):
    few, many = (png_chunk(kind, b"") * count for count in (1000, MAX_CHUNKS))
    np.testing.assert_array_equal(decode(small_png(few)), BLACK)
    with error_of(PictureError, "bad_image", str(MAX_CHUNKS)):
        decode(small_png(many))


@pytest.mark.parametrize("cut", [9, 20, 40, 60, -30])
def test_a_cut_png_is_damaged_wherever_it_ends(cut):
    data = small_png(png_chunk(b"tEXt", b"a\0b"))[:cut]
    with error_of(PictureError, "bad_image"):
        decode(data)


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        *[(mode, "PNG") for mode in ("1", "L", "LA", "P", "RGB", "RGBA")],
        *[(mode, "JPEG") for mode in ("L", "RGB", "CMYK")],
        *[(mode, "GIF") for mode in ("1", "L", "P")],
        *[(mode, "BMP") for mode in ("1", "L", "P", "RGB")],
        *[(mode, "WEBP") for mode in ("RGB", "RGBA")],
    ],
)
def test_every_mode_gives_the_colors_that_it_was_made_of(mode, kind):
    color = {"1": 1, "L": 200, "LA": (200, 255), "P": 1, "CMYK": (0, 100, 200, 50)}.get(
        mode, (10, 200, 90, 255)[: len(mode)]
    )
    image = Image.new(mode, (40, 30), color)
    if mode == "P":
        image.putpalette([0, 0, 0, 10, 200, 90])
    options = {"WEBP": {"lossless": True}, "JPEG": {"quality": 100}}.get(kind, {})
    data = io.BytesIO()
    image.save(data, kind, **options)
    expected = {
        "1": (255,) * 3,
        "L": (200,) * 3,
        "LA": (200,) * 3,
        "CMYK": tuple(round((255 - c) * (255 - 50) / 255) for c in (0, 100, 200)),
    }.get(mode, (10, 200, 90))
    np.testing.assert_allclose(decode(data.getvalue())[15, 20], expected, rtol=0, atol=3)


# Left, top and steps of the seven passes of an interlaced PNG (PNG specification, section 8.2).
PASSES = [
    *[(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4)],
    *[(0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)],
]


@pytest.mark.parametrize("bits", [1, 2, 4, 8, 16])
def test_an_interlaced_png_has_the_same_pixels(bits):
    samples = RNG.integers(0, 2**bits, (19, 23))
    rows = b"".join(packed(samples[y::dy, x::dx], bits) for x, y, dx, dy in PASSES)
    transparent = png_chunk(b"tRNS", struct.pack(">H", int(samples[3, 5])))
    data = bytearray(png(23, 19, rows, bits=bits, extra=transparent))
    data[28] = 1
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    expected = eight_bits(samples, bits)
    expected[samples == samples[3, 5]] = 255
    np.testing.assert_array_equal(decode(bytes(data)), np.dstack([expected] * 3))


def bmp(bits, kind, pixels, *, height=SIDE, more=b"", after=b""):
    """Return a BMP of 16 pixels per row; `more` extends its header."""
    size, start = 40 + len(more), 54 + len(more) + len(after)
    header = struct.pack(
        *("<IiiHHIIiiII", size, SIDE, height, 1, bits, kind, len(pixels), 0, 0), len(after) // 4, 0
    )
    return (
        b"BM"
        + struct.pack("<IHHI", start + len(pixels), 0, 0, start)
        + b"".join([header, more, after, pixels])
    )


def test_kinds_of_bmp():
    """Rows are stored from the bottom up, channels as blue, green, red."""
    rgb = RNG.integers(0, 256, (SIDE, SIDE, 3)).astype(np.uint8)
    bgr, alpha = rgb[..., ::-1], RNG.integers(0, 256, (SIDE, SIDE, 1)).astype(np.uint8)
    unused = np.dstack([bgr, alpha * 0])
    for data in (
        bmp(24, 0, bgr[::-1].tobytes()),
        bmp(24, 0, bgr.tobytes(), height=-SIDE),
        bmp(32, 0, unused[::-1].tobytes()),
        b"BM" + struct.pack("<IHHIIHHHH", 0, 0, 0, 26, 12, SIDE, SIDE, 1, 24) + bgr[::-1].tobytes(),
    ):
        np.testing.assert_array_equal(decode(data), rgb)
    masks = struct.pack("<4I", 0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    with_alpha = np.dstack([bgr, alpha])[::-1].tobytes()
    expected = 255 + (rgb - 255.0) * (alpha / 255)
    for rest in (52, 68):  # bytes of the headers of versions 4 and 5
        data = bmp(32, 3, with_alpha, more=masks + bytes(rest))
        np.testing.assert_allclose(decode(data), expected, rtol=0, atol=1)
    palette = RNG.integers(0, 256, (256, 4)).astype(np.uint8)
    labels = RNG.integers(0, 256, (SIDE, SIDE)).astype(np.uint8)
    runs = (
        b"".join(b"".join(b"\x01%c" % x for x in row) + b"\0\0" for row in labels[::-1]) + b"\0\1"
    )
    for kind, pixels in ((0, labels[::-1].tobytes()), (1, runs)):
        image = decode(bmp(8, kind, pixels, after=palette.tobytes()))
        np.testing.assert_array_equal(image, palette[labels][..., 2::-1])
