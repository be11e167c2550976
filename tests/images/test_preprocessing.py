import numpy as np
import pytest
from skimage.transform import resize

from fcnlib.images import sample
from fcnlib.images.preprocessing import (
    MEAN_RGB,
    cover,
    fit_long_side,
    pad_to_multiple,
    subtract_mean,
)


def test_the_mean_is_subtracted_from_each_channel():
    image = np.array([[[0, 0, 0], [124, 117, 104], [255, 255, 255]]], np.uint8)
    centered = subtract_mean(image)
    expected = [[-123.68, -116.78, -103.94], [0.32, 0.22, 0.06], [131.32, 138.22, 151.06]]
    assert centered.dtype == np.float32
    np.testing.assert_allclose(centered[0], expected, atol=1e-5)
    assert MEAN_RGB == (123.68, 116.78, 103.94)


@pytest.mark.parametrize(
    ("shape", "padded"),
    [((32, 64, 3), (32, 64, 3)), ((33, 1, 3), (64, 32, 3)), ((1, 31), (32, 32))],
)
def test_padding_reaches_the_next_multiple(shape, padded):
    image = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    result = pad_to_multiple(image)
    assert result.shape == padded
    assert result.dtype == image.dtype
    np.testing.assert_array_equal(result[: shape[0], : shape[1]], image)


def test_padding_repeats_the_edge():
    image = np.array([[1, 2], [3, 4]])
    expected = [[1, 2, 2], [3, 4, 4], [3, 4, 4]]
    assert pad_to_multiple(image, 3).tolist() == expected


def test_padding_before_or_after_the_mean_gives_the_same():
    image = sample("cat")
    np.testing.assert_array_equal(
        pad_to_multiple(subtract_mean(image)), subtract_mean(pad_to_multiple(image))
    )


def test_padding_needs_a_positive_multiple():
    with pytest.raises(ValueError, match=r"multiple .* 0"):
        pad_to_multiple(np.zeros((2, 2)), 0)


@pytest.mark.parametrize(
    ("shape", "side", "fitted"),
    [
        ((300, 451, 3), 451, (300, 451, 3)),
        ((300, 451, 3), 500, (300, 451, 3)),
        ((300, 451, 3), 100, (67, 100, 3)),
        ((451, 300, 3), 100, (100, 67, 3)),
        ((1, 1000, 3), 10, (1, 10, 3)),
        ((300, 451, 3), 1, (1, 1, 3)),
        ((7, 1, 3), 1, (1, 1, 3)),
        ((1, 1, 3), 1, (1, 1, 3)),
    ],
)
def test_the_longer_side_is_limited(shape, side, fitted):
    image = np.full(shape, 77, np.uint8)
    result = fit_long_side(image, side)
    assert result.shape == fitted
    assert set(np.unique(result)) == {77}
    assert (result is image) == (fitted == shape)


def test_detail_that_is_too_fine_is_averaged():
    rows, columns = np.indices((120, 160))
    checkers = np.repeat(((rows + columns) % 2 * 255)[..., None], 3, axis=2).astype(np.uint8)
    inside = fit_long_side(checkers, 40)[2:-2, 2:-2]
    np.testing.assert_allclose(inside, 127.5, atol=4)


def test_scaling_down_agrees_with_scikit_image():
    image = sample("astronaut")
    independent = resize(image, (128, 128), order=1, anti_aliasing=True, preserve_range=True)
    difference = np.abs(fit_long_side(image, 128) - independent)
    assert difference.mean() < 4


def test_scaling_needs_a_positive_side():
    with pytest.raises(ValueError, match=r"side .* 0"):
        fit_long_side(np.zeros((2, 2, 3), np.uint8), 0)


@pytest.mark.parametrize("function", [subtract_mean, lambda image: fit_long_side(image, 9)])
def test_images_must_have_three_channels(function):
    with pytest.raises(ValueError, match=r"\(4, 5\)"):
        function(np.zeros((4, 5), np.uint8))


def test_cover_crops_around_the_middle():
    image = np.zeros((40, 100, 3), np.uint8)
    image[:, 30:70] = 200
    filled = cover(image, 80, 80)
    assert filled.shape == (80, 80, 3)
    # Only the middle 40 columns remain.
    assert (filled[:, 8:-8] == 200).all()


def test_cover_keeps_a_picture_of_the_same_size():
    image = np.random.default_rng(0).integers(0, 256, (24, 32, 3), np.uint8)
    np.testing.assert_array_equal(cover(image, 24, 32), image)


def test_cover_rejects_empty_sizes():
    with pytest.raises(ValueError, match="height"):
        cover(np.zeros((2, 2, 3), np.uint8), 0, 4)
