"""Ripples, overlap counts and polyphase sums, and why divisibility does not decide."""

import numpy as np
import pytest
from scipy.signal import convolve2d

from fcnlib.errors import FcnlibError
from fcnlib.kernels.bilinear import upsample_filt
from fcnlib.transposed_convolution.checkerboard import (
    apply_normalized,
    overlap_counts,
    polyphase_sums,
    ripple,
    ripples,
)
from fcnlib.transposed_convolution.checkerboard_kernels import (
    KERNELS,
    kernel_from_text,
    ones_kernel,
    random_kernel,
)

RNG = np.random.default_rng(3)


@pytest.mark.parametrize(
    ("size", "stride", "expected"),
    [
        (2, 2, 1),
        (3, 2, 4),
        (4, 2, 1),
        (5, 2, 2.25),
        (3, 3, 1),
        (4, 3, 4),
        (5, 3, 4),
        (6, 3, 1),
        (5, 4, 4),
        (8, 4, 1),
    ],
)
def test_ripple_of_ones(size, stride, expected):
    assert ripple(ones_kernel(size), stride) == expected


@pytest.mark.parametrize(("size", "stride"), [(5, 3), (9, 5), (13, 7)])
def test_bilinear_is_flat_though_not_divisible(size, stride):
    assert size % stride
    assert abs(ripple(upsample_filt(size), stride) - 1) < 2.3e-16
    assert np.ptp(polyphase_sums(upsample_filt(size), stride)) < 2.3e-16


@pytest.mark.parametrize("seed", range(20))
def test_random_ripples_though_divisible(seed):
    assert ripple(random_kernel(4, seed), 2) > 1.02


def test_bilinear_ripples_at_a_stride_other_than_its_factor():
    """A size of 9 belongs to factor 5; at stride 3 the phases sum to 8/5, 9/5 and 8/5."""
    assert ripple(upsample_filt(9), 3) == pytest.approx((9 / 8) ** 2)


@pytest.mark.parametrize("stride", [1, 2, 3, 5, 7])
def test_ripple_matches_scipy_on_a_wide_image_of_ones(stride):
    """Compare with SciPy's convolution of 30 × 30 ones with zeros between, in the middle."""
    kernel = RNG.random((4, 5)) + 0.1
    wide = np.zeros((30 * stride, 30 * stride))
    wide[::stride, ::stride] = 1
    middle = convolve2d(wide, kernel)[10 * stride : 12 * stride, 10 * stride : 12 * stride]
    expected = middle.max() / middle.min() if middle.min() else np.inf
    assert ripple(kernel, stride) == pytest.approx(expected)
    sums = polyphase_sums(kernel, stride)
    np.testing.assert_allclose(middle[:stride, :stride], sums, atol=1e-12)


@pytest.mark.parametrize(
    ("kernel", "stride", "expected"),
    [
        ([[1, -1], [1, 1]], 2, np.inf),
        ([[1, 0], [1, 1]], 2, np.inf),
        ([[1]], 2, np.inf),
        ([[-1, -2], [-4, -1]], 2, 4),
        ([[1, -1], [-1, 1]], 1, 1),
        ([[0.1, 0.2], [-0.1, -0.2]], 1, 1),
        ([[0, 0], [0, 0]], 2, 1),
        ([[1, 2, 3]], 1, 1),
    ],
)
def test_ripple_of_sums_at_or_around_zero(kernel, stride, expected):
    assert ripple(np.array(kernel), stride) == expected


def test_a_sum_that_is_zero_up_to_rounding_counts_as_zero():
    kernel = np.ones((3, 3))
    kernel[::2, ::2] = [[0.1, 0.2], [-0.3, 0]]
    assert 0 < polyphase_sums(kernel, 2)[0, 0] < 1e-15
    assert ripple(kernel, 2) == np.inf


def test_overlaps_by_hand():
    np.testing.assert_array_equal(overlap_counts((1, 3), (1, 3), (1, 2)), [[1, 1, 2, 1, 2, 1, 1]])
    np.testing.assert_array_equal(overlap_counts((1, 3), (1, 3), (1, 2), (0, 2)), [[2, 1, 2]])
    counts = overlap_counts(2, 3, 2)
    np.testing.assert_array_equal(counts[2], [2, 2, 4, 2, 2])
    assert counts.sum() == 2 * 2 * 3 * 3
    assert counts.dtype == np.int64


def test_polyphase_sums_by_hand():
    kernel = np.arange(1, 10).reshape(3, 3)
    np.testing.assert_array_equal(polyphase_sums(kernel, 2), [[1 + 3 + 7 + 9, 2 + 8], [4 + 6, 5]])
    np.testing.assert_array_equal(polyphase_sums(kernel, (1, 3)), [[12, 15, 18]])
    np.testing.assert_array_equal(polyphase_sums(np.ones((1, 1)), 2), [[1, 0], [0, 0]])


def test_divisibility_decides_for_ones_but_not_for_other_kernels():
    sizes, strides = range(2, 14), range(2, 8)
    ones, bilinear, random = (ripples(KERNELS[name], sizes, strides) for name in KERNELS)
    np.testing.assert_array_equal(ones.flat, ones.divisible)
    assert ones.divisible.sum() == 18
    assert (bilinear.flat & ~bilinear.divisible).sum() == 9
    assert (~bilinear.flat & bilinear.divisible).sum() == 7
    assert not random.flat.any()
    assert bilinear.ripple[sizes.index(9), strides.index(3)] == pytest.approx((9 / 8) ** 2)


def test_a_constant_image_keeps_its_mean_brightness():
    picture = np.full((6, 6), 0.5)
    flat = apply_normalized(picture, ones_kernel(4), 2)
    assert flat.shape == (12, 12)
    np.testing.assert_allclose(flat[1:-1, 1:-1], 0.5)
    rippled = apply_normalized(picture, ones_kernel(3), 2)
    assert rippled.shape == (13, 13)
    np.testing.assert_allclose(rippled[2:4, 2:4].mean(), 0.5)


def test_a_kernel_with_sum_zero_is_not_normalized():
    output = apply_normalized(np.ones((3, 3)), np.array([[1.0, -1.0]]), 1)
    np.testing.assert_array_equal(output, [[1, 0, 0, -1]] * 3)


def test_a_stride_larger_than_the_kernel_leaves_gaps():
    output = apply_normalized(np.ones((2, 2)), np.ones((1, 1)), 3)
    outer = [9, 0, 0, 9]
    np.testing.assert_allclose(output, [outer, [0] * 4, [0] * 4, outer])


@pytest.mark.parametrize("function", [polyphase_sums, ripple])
@pytest.mark.parametrize(
    ("kernel", "stride", "error", "match"),
    [
        (np.ones(3), 2, ValueError, r"^kernel .*\(k_h, k_w\), .* \(3,\)"),
        (np.ones((0, 3)), 2, ValueError, r"^kernel .*side 0, .* \(0, 3\)"),
        (np.array([[np.nan]]), 2, ValueError, "^kernel .*finite"),
        (np.ones((2, 2)), 0, ValueError, "^stride .*got 0"),
        (np.ones((2, 2)), 1.5, TypeError, "^stride .*got 1.5"),
    ],
)
def test_arguments_are_checked(function, kernel, stride, error, match):
    with pytest.raises(error, match=match):
        function(kernel, stride)


@pytest.mark.parametrize("name", KERNELS)
def test_kernels_are_square_and_their_size_is_checked(name):
    assert KERNELS[name](5).shape == (5, 5)
    with pytest.raises(ValueError, match=r"^size .*got 0"):
        KERNELS[name](0)


def test_random_kernels_depend_only_on_seed_and_size():
    assert (random_kernel(4, 1) == random_kernel(4, 1)).all()
    assert (random_kernel(4, 1) != random_kernel(4, 2)).all()
    assert (random_kernel(4, 1) != random_kernel(5, 1)[:4, :4]).all()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 2", [[1, 2], [2, 4]]),
        (" 1, 2 ;\n3;-4.5\n\n", [[1, 2], [3, -4.5]]),
        ("1/4 1/2\r\n1e2 0", [[0.25, 0.5], [100, 0]]),
        ("3", [[9]]),
        ("\u22121 2\n1E1 \u20130.5", [[-1, 2], [10, -0.5]]),
        ("\u20141 2\n\u207b.5 1e\u27961", [[-1, 2], [-0.5, 0.1]]),
        ("1\u20444 1\u22152\n1e\u22121 \uff0d1", [[0.25, 0.5], [0.1, -1]]),
    ],
)
def test_typed_kernels(text, expected):
    np.testing.assert_array_equal(kernel_from_text(text), expected)


@pytest.mark.parametrize(
    ("text", "code", "match"),
    [
        ("", "not_a_number", "“” "),
        ("1 two 3", "not_a_number", "“two” .*−1,000,000 to 1,000,000"),
        ("1 nan", "not_a_number", "“nan” "),
        ("1 1e7", "not_a_number", "“1e7” "),
        ("1/0", "not_a_number", "“1/0” "),
        ("x" * 500, "not_a_number", "“x{20}” "),
        ("1 2\n3", "not_square", "2 lines need 2 .* 1\\."),
        ("1\n2\n3", "not_square", "3 lines need 3 .* 1\\."),
        ("1 " * 14, "too_large", "13"),
        ("1\n" * 14, "too_large", "13"),
    ],
)
def test_invalid_text_raises_an_error_with_a_code(text, code, match):
    with pytest.raises(FcnlibError, match=match) as caught:
        kernel_from_text(text)
    assert caught.value.code == code


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
def test_a_picture_with_values_that_are_not_finite_is_refused(value):
    picture = np.full((3, 4), 300.0)
    picture[1, 2] = value
    with pytest.raises(ValueError, match="finite"):
        apply_normalized(picture, np.ones((2, 2)), 2)
