"""The ranges of pictures at their limits, and transparency worked out by hand."""

import warnings

import numpy as np
import pytest

from fcnlib.images.values import as_bytes, as_rgb8


@pytest.mark.parametrize(
    ("dtype", "largest", "read", "guessed"),
    [
        (np.uint8, 1, 1, False),
        (np.uint8, 255, 255, False),
        (bool, 1, 255, False),
        (np.uint16, 0, 0, False),
        (np.uint16, 1, 1, True),
        (np.uint16, 255, 255, True),
        (np.uint16, 256, 1, True),
        (np.uint16, 4095, 15, True),
        (np.uint16, 4096, 16, False),
        (np.uint16, 65535, 255, False),
        (np.float32, 0, 0, False),
        (np.float32, 0.5, 128, True),
        (np.float32, 1, 255, True),
        (np.float32, 2, 2, False),
        (np.float64, 254.6, 255, False),
    ],
)
def test_the_largest_value_decides_how_a_picture_is_read(dtype, largest, read, guessed):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert as_bytes(np.array([0, largest], dtype)).tolist() == [0, read]
    assert [warning.category for warning in caught] == [UserWarning] * guessed


@pytest.mark.parametrize(
    "values", [[-0.1, 1], [0, 1.01], [0, 1.99], [0, 255.1], [0, np.nan], [0, np.inf]]
)
def test_floats_of_no_clear_range_are_refused(values):
    with pytest.raises(ValueError, match="0 to 1 or from 0 to 255"):
        as_bytes(np.array(values))


@pytest.mark.parametrize("dtype", [np.int8, np.int64, np.uint32, complex, object])
def test_other_types_are_refused(dtype):
    with pytest.raises(ValueError, match=np.dtype(dtype).name):
        as_bytes(np.array([0, 1], dtype))


@pytest.mark.parametrize(
    ("rgba", "rgb"),
    [
        ((10, 20, 30, 255), (10, 20, 30)),
        ((10, 20, 30, 0), (255, 255, 255)),
        # A fifth of the color and four fifths of white.
        ((0, 100, 255, 51), (204, 224, 255)),
    ],
)
def test_transparent_pixels_are_blended_with_white(rgba, rgb):
    assert as_rgb8(np.array([[rgba]], np.uint8)).tolist() == [[list(rgb)]]
