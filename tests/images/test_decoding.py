import numpy as np
import pytest
from PIL import Image
from support.crafted_pictures import BLUE, GREEN, LOSSLESS, RED, corners, file_of, oriented

from fcnlib.images.decoding import decode

GRAY_16 = np.arange(32 * 24, dtype=np.uint16).reshape(24, 32) * 80
RANDOM = np.random.default_rng(0).integers(0, 256, (24, 32, 3), np.uint8)


@pytest.mark.parametrize("kind", ["PNG", "BMP", "WEBP"])
def test_lossless_files_keep_all_pixels(kind):
    image = decode(file_of(RANDOM, kind, **LOSSLESS.get(kind, {})))
    np.testing.assert_array_equal(image, RANDOM)
    assert image.dtype == np.uint8


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"optimize": True}])
def test_jpeg_is_approximate(options):
    smooth = np.linspace(0, 255, 32)[None, :, None] * np.ones((24, 1, 3))
    image = decode(file_of(smooth.astype(np.uint8), "JPEG", quality=95, **options))
    np.testing.assert_allclose(image, smooth, atol=4)


@pytest.mark.parametrize(
    ("orientation", "upright"),
    [
        (0, lambda image: image),
        (1, lambda image: image),
        (2, lambda image: image[:, ::-1]),
        (3, lambda image: image[::-1, ::-1]),
        (4, lambda image: image[::-1]),
        (5, lambda image: image.swapaxes(0, 1)),
        (6, lambda image: np.rot90(image, -1)),
        (7, lambda image: image[::-1, ::-1].swapaxes(0, 1)),
        (8, np.rot90),
        (9, lambda image: image),
    ],
)
@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_d6_orientation_is_applied(orientation, upright, kind):
    image = decode(oriented(orientation, kind, RANDOM))
    np.testing.assert_array_equal(image, upright(RANDOM))


@pytest.mark.parametrize(
    ("orientations", "color"), [((0, 1, 5, 9), RED), ((2, 8), GREEN), ((3, 4, 6, 7), BLUE)]
)
def test_d6_orientation_of_jpeg_files(orientations, color):
    for orientation in orientations:
        image = decode(oriented(orientation, "JPEG", corners(64, 48)))
        np.testing.assert_allclose(image[10, 10], color, atol=3)
        assert image.shape == ((64, 48, 3) if 5 <= orientation <= 8 else (48, 64, 3))


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("exif", [b"", b"no EXIF at all", b"MM\0*\xff\xff\xff\xff"])
def test_a_picture_with_damaged_exif_is_not_rotated(kind, exif):
    data = file_of(corners(64, 48), kind, exif=b"Exif\0\0" + exif)
    assert decode(data).shape == (48, 64, 3)


def test_d7_16_bit_gray_keeps_its_upper_8_bits():
    gray8 = (GRAY_16 >> 8).astype(np.uint8)
    np.testing.assert_array_equal(decode(file_of(GRAY_16)), decode(file_of(gray8)))
    np.testing.assert_array_equal(decode(file_of(GRAY_16))[..., 1], gray8)


@pytest.mark.parametrize(
    ("mode", "shades"), [("L", [0, 100, 255]), ("P", [0, 100, 255]), ("1", [0, 0, 255])]
)
def test_d8_gray_and_black_and_white_are_equal_in_all_channels(mode, shades):
    stripes = np.repeat([0, 100, 255], 10) * np.ones((20, 1))
    gray = Image.fromarray(stripes.astype(np.uint8))
    image = decode(file_of(gray.convert(mode, dither=Image.Dither.NONE)))
    for channel in range(3):
        assert image[7, ::10, channel].tolist() == shades


def test_d8_transparency_is_blended_with_white():
    rgba = Image.new("RGBA", (20, 20), (255, 0, 0, 13))
    assert decode(file_of(rgba))[10, 10].tolist() == [255, 242, 242]
    assert decode(file_of(rgba, "WEBP", lossless=True))[10, 10].tolist() == [255, 242, 242]
    gray = Image.new("LA", (20, 20), (0, 128))
    assert decode(file_of(gray))[10, 10].tolist() == [127, 127, 127]
    clear = Image.new("RGBA", (20, 20), (1, 2, 3, 0))
    assert decode(file_of(clear))[10, 10].tolist() == [255, 255, 255]


@pytest.mark.parametrize("kind", ["PNG", "GIF"])
def test_d8_a_transparent_palette_color_becomes_white(kind):
    image = Image.fromarray(corners(20, 20)).quantize(4)
    red = image.getpixel((1, 1))
    decoded = decode(file_of(image, kind, transparency=red))
    assert decoded[1, 1].tolist() == [255, 255, 255]
    assert decoded[1, 15].tolist() == list(GREEN)


def test_a_transparent_color_without_palette_becomes_white():
    decoded = decode(file_of(corners(20, 20), transparency=RED))
    assert decoded[1, 1].tolist() == [255, 255, 255]
    assert decoded[15, 15].tolist() == list(BLUE)


def test_d8_cmyk_is_converted_to_rgb():
    cmyk = Image.fromarray(corners(64, 48)).convert("CMYK")
    np.testing.assert_allclose(decode(file_of(cmyk, "JPEG", quality=95)), corners(64, 48), atol=60)
    np.testing.assert_allclose(decode(file_of(cmyk, "JPEG"))[10, 10], RED, atol=5)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "MPO"])
def test_d8_the_first_of_several_frames_is_used(kind):
    frames = [Image.new("RGB", (20, 20), color) for color in (RED, GREEN, BLUE)]
    options = {"save_all": True, "append_images": frames[1:], **LOSSLESS.get(kind, {})}
    data = file_of(frames[0], kind, **options)
    np.testing.assert_allclose(decode(data), np.full((20, 20, 3), RED), atol=2)
