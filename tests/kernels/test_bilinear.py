"""Bilinear kernels: weights computed by hand, sums, and separate classes."""

import numpy as np
import pytest

from fcnlib.checks import positive_int
from fcnlib.kernels import bilinear_upsample_weights, get_kernel_size, triangle, upsample_filt

FACTORS = [1, 2, 3, 4, 5, 8, 9, 16, 32]


@pytest.mark.parametrize("factor", FACTORS)
def test_kernel_size(factor):
    assert get_kernel_size(factor) == 2 * factor - factor % 2


def test_factor_two_by_hand():
    expected = [[1, 3, 3, 1], [3, 9, 9, 3], [3, 9, 9, 3], [1, 3, 3, 1]]
    np.testing.assert_array_equal(upsample_filt(4) * 16, expected)


def test_factor_three_by_hand():
    weights = np.array([1, 2, 3, 2, 1])
    np.testing.assert_allclose(upsample_filt(5) * 9, np.outer(weights, weights), rtol=1e-15)


@pytest.mark.parametrize("factor", FACTORS)
def test_weights_sum_to_the_squared_factor_and_each_phase_to_one(factor):
    kernel = upsample_filt(get_kernel_size(factor))
    assert kernel.dtype == np.float64
    assert kernel.sum() == pytest.approx(factor**2)
    phases = [kernel[p::factor, q::factor].sum() for p in range(factor) for q in range(factor)]
    np.testing.assert_allclose(phases, 1)


@pytest.mark.parametrize("factor", FACTORS)
def test_kernel_is_the_sampled_triangle(factor):
    size = get_kernel_size(factor)
    weights = triangle((np.arange(size) - (size - 1) / 2) / factor)
    np.testing.assert_allclose(upsample_filt(size), np.outer(weights, weights), atol=1e-15)


@pytest.mark.parametrize("factor", [2, 3, 8])
def test_kernel_is_symmetric(factor):
    kernel = upsample_filt(get_kernel_size(factor))
    np.testing.assert_array_equal(kernel, kernel.T)
    np.testing.assert_allclose(kernel, kernel[::-1, ::-1])


@pytest.mark.parametrize(("factor", "classes"), [(2, 1), (3, 4), (4, 21)])
def test_only_the_weights_from_a_class_to_itself_are_nonzero(factor, classes):
    size = get_kernel_size(factor)
    weights = bilinear_upsample_weights(factor, classes)
    assert weights.shape == (size, size, classes, classes)
    assert weights.dtype == np.float32
    expected = np.einsum("hw,oi->hwoi", upsample_filt(size), np.eye(classes))
    np.testing.assert_array_equal(weights, expected.astype(np.float32))


@pytest.mark.parametrize("factor", [2.0, "2", None])
def test_factor_of_the_wrong_type(factor):
    with pytest.raises(TypeError, match="factor"):
        get_kernel_size(factor)


@pytest.mark.parametrize("function", [get_kernel_size, positive_int])
def test_factor_below_one(function):
    with pytest.raises(ValueError, match=r"factor.* 0"):
        function(0)


def test_error_messages_name_the_argument_and_the_value():
    with pytest.raises(ValueError, match=r"^size.* -1"):
        upsample_filt(-1)
    with pytest.raises(ValueError, match=r"^number_of_classes.* 0"):
        bilinear_upsample_weights(2, 0)
