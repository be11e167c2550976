"""Legal pictures that few programs write, against their pixels computed here."""

import io
import struct

import numpy as np
import pytest
from PIL import Image
from support.crafted_pictures import file_of, png, png_chunk, small_png, text_chunk
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
    assert is_dark(decode(data)) == (high < 3 * 256)
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
def test_texts_and_profiles_of_a_png_do_not_matter(extra):
    np.testing.assert_array_equal(decode(small_png(extra)), BLACK)
    np.testing.assert_array_equal(decode(small_png(extra * 2)), BLACK)


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
