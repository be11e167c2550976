"""Separable enlargement: the pixels are those of scikit-image, SciPy and Pillow."""

import re

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage
from skimage.transform import AffineTransform, rescale, warp

from fcnlib.kernels import KERNELS, normalized
from fcnlib.kernels.separable import axis_weights, resize_separable, zone_plate

PICTURE = np.random.default_rng(0).random((14, 17))
FACTORS = [1, 2, 3, 5, 8]


@pytest.mark.parametrize("factor", FACTORS)
def test_box_repeats_pixels(factor):
    repeated = PICTURE.repeat(factor, axis=0).repeat(factor, axis=1)
    np.testing.assert_array_equal(resize_separable(KERNELS["box"], PICTURE, factor), repeated)


@pytest.mark.parametrize("factor", FACTORS)
def test_triangle_matches_scikit_image_order_1(factor):
    expected = rescale(PICTURE, factor, order=1, mode="edge", anti_aliasing=False, clip=False)
    np.testing.assert_allclose(
        resize_separable(KERNELS["triangle"], PICTURE, factor), expected, atol=1e-14
    )


@pytest.mark.parametrize("factor", FACTORS)
def test_catmull_rom_matches_scikit_image_bicubic_warp(factor):
    """`rescale` does not match: its order 3 is a B-spline with a prefilter."""
    shift = (1 / factor - 1) / 2
    back = AffineTransform(scale=(1 / factor, 1 / factor), translation=(shift, shift))
    shape = tuple(factor * side for side in PICTURE.shape)
    expected = warp(PICTURE, back, output_shape=shape, order=3, mode="edge", clip=False)
    np.testing.assert_allclose(
        resize_separable(KERNELS["catmull_rom"], PICTURE, factor), expected, atol=1e-14
    )


@pytest.mark.parametrize("factor", FACTORS)
def test_b_spline_matches_scipy_without_its_prefilter(factor):
    options = {"order": 3, "prefilter": False, "grid_mode": True, "mode": "nearest"}
    expected = ndimage.zoom(PICTURE, factor, **options)
    np.testing.assert_allclose(
        resize_separable(KERNELS["b_spline"], PICTURE, factor), expected, atol=1e-14
    )


@pytest.mark.parametrize("factor", FACTORS[1:])
@pytest.mark.parametrize(
    ("kernel", "method"),
    [
        (KERNELS["catmull_rom"], Image.Resampling.BICUBIC),
        (normalized(KERNELS["lanczos3"]), Image.Resampling.LANCZOS),
    ],
    ids=["catmull_rom", "lanczos3"],
)
def test_kernels_match_pillow_away_from_the_border(kernel, method, factor):
    shape = tuple(factor * side for side in PICTURE.shape)
    expected = Image.fromarray(PICTURE.astype(np.float32)).resize(shape[::-1], method)
    inner = (slice(4 * factor, -4 * factor),) * 2
    enlarged = resize_separable(kernel, PICTURE, factor)
    np.testing.assert_allclose(enlarged[inner], np.asarray(expected)[inner], atol=1e-6)


def test_raw_lanczos_does_not_match_pillow():
    expected = Image.fromarray(PICTURE.astype(np.float32)).resize(
        (34, 28), Image.Resampling.LANCZOS
    )
    enlarged = resize_separable(KERNELS["lanczos3"], PICTURE, 2)
    assert np.abs(enlarged - np.asarray(expected))[8:-8, 8:-8].max() > 1e-3


def test_channels_do_not_mix():
    color = np.stack([PICTURE, PICTURE**2, 1 - PICTURE], axis=-1)
    enlarged = resize_separable(KERNELS["mitchell"], color, 3)
    assert enlarged.shape == (42, 51, 3)
    for channel in range(3):
        alone = resize_separable(KERNELS["mitchell"], color[..., channel], 3)
        np.testing.assert_allclose(enlarged[..., channel], alone, atol=1e-14)


@pytest.mark.parametrize("name", [*KERNELS])
def test_normalized_kernels_keep_a_constant_image_constant(name):
    kernel = normalized(KERNELS[name]) if name.startswith("lanczos") else KERNELS[name]
    np.testing.assert_allclose(axis_weights(kernel, 5, 3).sum(axis=1), 1, atol=1e-7)


def test_rings_reach_nyquist_at_the_side_of_the_image():
    rings = zone_plate(64)
    assert rings.min() >= 0
    assert rings.max() <= 1
    np.testing.assert_array_equal(rings, rings.T)
    # The phase pi r**2 / 64 changes by pi r / 32 per pixel: half a period at r = 32.
    near_side = rings[32, 56:]
    assert np.count_nonzero(np.diff(np.sign(near_side - 0.5))) >= 6


@pytest.mark.parametrize("shape", [(3,), (2, 2, 2, 2), (0, 3)])
def test_other_shapes_raise(shape):
    with pytest.raises(ValueError, match=rf"^image.*{re.escape(str(shape))}"):
        resize_separable(KERNELS["box"], np.zeros(shape), 2)


@pytest.mark.parametrize(("factor", "error"), [(0, ValueError), (1.5, TypeError)])
def test_factor_must_be_a_positive_integer(factor, error):
    with pytest.raises(error, match=r"^factor"):
        resize_separable(KERNELS["box"], PICTURE, factor)
