"""TensorFlow's layer against scikit-image, the dense kernel, and values computed by hand."""

import itertools

import numpy as np
import pytest
from skimage.transform import rescale

from fcnlib.kernels.bilinear import get_kernel_size
from fcnlib.upsampling import (
    ATOL,
    DENSE_LIMIT,
    RTOL,
    compare,
    corner_gain,
    dense_kernel_nbytes,
    ramp,
    upsample_skimage,
    upsample_tf,
    upsample_tf_dense,
)

FACTORS = [2, 3, 4, 5, 6, 7, 8, 9, 16, 32]
METHODS = [upsample_skimage, upsample_tf, upsample_tf_dense]
RNG = np.random.default_rng(2016)
PICTURES = {
    "ramp": ramp(),
    "gray": RNG.normal(size=(6, 7)),
    "in [0.5, 1]": RNG.uniform(0.5, 1, size=(7, 9, 3)),
    "normal, 21 channels": RNG.normal(size=(8, 6, 21)),
    "one pixel": RNG.normal(size=(1, 1)),
    "one row": RNG.normal(size=(1, 9, 1)),
}


def summed(factor, image):
    """Apply the definition: sum one kernel per pixel, `factor` apart, and cut off the rim."""
    size = get_kernel_size(factor)
    tent = [1 - abs(i - (size - 1) / 2) / factor for i in range(size)]
    height, width = image.shape
    canvas = np.zeros((factor * (height - 1) + size, factor * (width - 1) + size))
    for row, col in np.ndindex(height, width):
        for i, j in itertools.product(range(size), repeat=2):
            canvas[factor * row + i, factor * col + j] += image[row, col] * tent[i] * tent[j]
    rim = (size - factor) // 2
    return canvas[rim : rim + factor * height, rim : rim + factor * width]


@pytest.mark.parametrize("upsample", METHODS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(2, 5), (2, 5, 1), (2, 5, 4)])
def test_shape_and_type(upsample, dtype, shape):
    upsampled = upsample(3, np.ones(shape, dtype))
    assert upsampled.shape == (6, 15, *shape[2:])
    assert upsampled.dtype == dtype


@pytest.mark.parametrize("upsample", METHODS)
def test_values_by_hand(upsample):
    # Along one axis (1, 0) becomes (3/4, 3/4, 1/4, 0).
    row = np.array([0.75, 0.75, 0.25, 0])
    np.testing.assert_allclose(
        upsample(2, np.array([[1.0, 0], [0, 0]])), np.outer(row, row), atol=1e-15
    )


@pytest.mark.parametrize("upsample", METHODS)
@pytest.mark.parametrize("factor", [1, 2, 3])
def test_equals_the_definition(upsample, factor):
    image = PICTURES["gray"]
    np.testing.assert_allclose(upsample(factor, image), summed(factor, image), atol=1e-6)


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize(("dtype", "bound"), [(np.float32, 1e-6), (np.float64, 1e-14)])
def test_tensorflow_equals_skimage(name, dtype, bound):
    image = PICTURES[name].astype(dtype)
    for factor in FACTORS:
        agreement = compare(upsample_tf(factor, image), upsample_skimage(factor, image))
        assert agreement.verdict, factor
        assert agreement.max_difference < bound, factor


@pytest.mark.parametrize("name", PICTURES)
def test_equals_the_dense_method(name):
    image = PICTURES[name].astype(np.float32)
    for factor in FACTORS:
        dense = upsample_tf_dense(factor, image)
        np.testing.assert_allclose(upsample_tf(factor, image), dense, rtol=RTOL, atol=ATOL)


def test_channels_do_not_mix():
    image = np.zeros((3, 3, 4), np.float32)
    image[1, 1, 2] = 1
    assert np.flatnonzero(upsample_tf(2, image).any(axis=(0, 1))) == [2]


@pytest.mark.parametrize(("factor", "stated"), [(2, 0.21), (3, 0.27), (8, 0.34), (32, 0.36)])
def test_clipping_changes_the_rim(factor, stated):
    image = PICTURES["in [0.5, 1]"]
    clipped = rescale(image, factor, order=1, mode="constant", channel_axis=-1)
    ours = upsample_skimage(factor, image)
    assert np.abs(clipped - ours).max() == pytest.approx(stated, abs=0.03)
    rim = factor // 2
    inside = (slice(rim, -rim), slice(rim, -rim))
    np.testing.assert_allclose(clipped[inside], ours[inside], atol=1e-14)


def test_clipping_changes_nothing_on_the_ramp():
    clipped = rescale(ramp(), 3, order=1, mode="constant", channel_axis=-1)
    np.testing.assert_allclose(clipped, upsample_skimage(3, ramp()), atol=1e-15)


def test_without_channel_axis_the_channels_grow_too():
    assert rescale(ramp(), 3, order=1, mode="constant").shape == (9, 9, 9)
    assert upsample_skimage(3, ramp()).shape == (9, 9, 3)


def test_default_allclose_is_too_strict_for_float32():
    image = PICTURES["normal, 21 channels"].astype(np.float32)
    verdicts = [np.allclose(upsample_tf(f, image), upsample_skimage(f, image)) for f in FACTORS]
    assert verdicts.count(False) > len(FACTORS) / 2


@pytest.mark.parametrize(
    ("factor", "stated"), [(1, 1), (2, 0.5625), (3, 0.4444), (8, 0.3164), (32, 0.2659)]
)
def test_corner_gain(factor, stated):
    assert corner_gain(factor) == pytest.approx(stated, abs=5e-5)
    upsampled = upsample_tf(factor, np.ones((4, 4)))
    assert upsampled[0, 0] == pytest.approx(corner_gain(factor))
    rim = factor // 2
    np.testing.assert_allclose(upsampled[rim : 4 * factor - rim, 2 * factor], 1)
    assert (upsampled[:rim] < 1).all()


def test_ramp_runs_from_black_to_white():
    image = ramp(5)
    assert image.shape == (5, 5, 3)
    assert (image[0, 0] == 0).all()
    assert (image[-1, -1] == 1).all()
    assert (np.ptp(image, axis=-1) == 0).all()
    np.testing.assert_allclose(image[1:, :-1], image[:-1, 1:])
    np.testing.assert_allclose(np.diff(image, axis=0), 1 / 8)


def test_ramp_needs_two_ends():
    with pytest.raises(ValueError, match=r"size must be at least 2, got 1"):
        ramp(1)


def test_compare_counts_what_lies_outside():
    b = np.array([0.0, 0.0, 1.0, 1.0, 100.0])
    agreement = compare(b + np.array([2e-6, 3e-6, 5e-6, 2e-5, 5e-4]), b)
    assert agreement.max_difference == pytest.approx(5e-4)
    assert (agreement.rtol, agreement.atol) == (1e-5, 1e-6)
    assert agreement.share_outside == pytest.approx(3 / 5)
    assert agreement.verdict is False
    assert compare(b, b).verdict is True


@pytest.mark.parametrize("scale", [1e-9, 1e-7, 1e-5, 1e-3])
def test_compare_answers_as_allclose(scale):
    b = RNG.normal(size=50)
    a = b + scale * RNG.normal(size=50)
    assert compare(a, b).verdict == np.allclose(a, b, RTOL, ATOL)
    assert compare(a, b, rtol=0, atol=1e-4).verdict == np.allclose(a, b, 0, 1e-4)


def test_nan_agrees_with_nothing():
    nan = np.array([np.nan, 1.0])
    assert compare(nan, nan).share_outside == 0.5


@pytest.mark.parametrize("shapes", [((2, 3), (3, 2)), ((2, 1), (2, 3)), ((0, 3), (0, 3))])
def test_compare_refuses_other_shapes(shapes):
    with pytest.raises(ValueError, match=r"same shape .* at least one value, got shapes \("):
        compare(*map(np.zeros, shapes))


@pytest.mark.parametrize("upsample", METHODS)
@pytest.mark.parametrize(
    ("image", "error", "match"),
    [
        (np.zeros((2, 2), np.uint8), TypeError, r"float32 or float64, got uint8\. Convert"),
        (np.zeros((2, 2), np.float16), TypeError, "got float16"),
        (np.zeros(4), ValueError, r"shape \(H, W\) or \(H, W, C\) .* got \(4,\)"),
        (np.zeros((1, 2, 2, 3)), ValueError, "one image at a time"),
        (np.zeros((0, 2, 3)), ValueError, r"no side of 0, got \(0, 2, 3\)"),
        (np.zeros((2, 2, 0)), ValueError, r"no side of 0, got \(2, 2, 0\)"),
        (np.array([[1, np.nan]]), ValueError, "must be finite, got NaN or infinity"),
        (np.array([[1, np.inf]]), ValueError, "must be finite"),
    ],
)
def test_input_is_checked(upsample, image, error, match):
    with pytest.raises(error, match=match):
        upsample(2, image)


@pytest.mark.parametrize("upsample", METHODS)
@pytest.mark.parametrize(("factor", "error"), [(0, ValueError), (1.5, TypeError)])
def test_factor_is_checked(upsample, factor, error):
    with pytest.raises(error, match="factor must be"):
        upsample(factor, np.ones((2, 2)))


@pytest.mark.parametrize(("factor", "mib"), [(8, 976.5625), (16, 3906.25), (32, 15625)])
def test_bytes_of_the_dense_kernel(factor, mib):
    assert dense_kernel_nbytes(factor, 1000) == mib * 2**20


def test_dense_method_refuses_a_huge_kernel():
    image = np.zeros((1, 1, 1000), np.float32)
    assert dense_kernel_nbytes(32, 1000) > DENSE_LIMIT
    with pytest.raises(ValueError, match=r"16,384,000,000 bytes; 268,435,456 .* Use upsample_tf"):
        upsample_tf_dense(32, image)
    assert upsample_tf(32, image).shape == (32, 32, 1000)
