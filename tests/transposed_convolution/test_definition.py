"""Four computations of a transposed convolution, each compared with TensorFlow."""

import itertools
from typing import NamedTuple

import numpy as np
import pytest
from scipy.signal import convolve2d, correlate2d

from fcnlib import runtime
from fcnlib.transposed_convolution import (
    convolution_matrix,
    gather,
    gradient_descent,
    input_sizes,
    insert_zeros,
    padding_range,
    transposed_convolution,
    transposed_shape,
)
from fcnlib.transposed_convolution.tensorflow_reference import (
    accepts,
    gradients_tf,
    transposed_convolution_tf,
)

WAYS = [transposed_convolution, gather]
ROW = np.array([1.0, 10.0, 100.0]).reshape(1, 3, 1)
KERNEL = np.array([1.0, 2.0, 3.0]).reshape(1, 3, 1, 1)


class Setting(NamedTuple):
    x: np.ndarray
    kernel: np.ndarray
    stride: tuple[int, int]
    padding: tuple[int, int]
    output_padding: tuple[int, int]


def settings(count, dtype=np.float64):
    """Yield random settings: sides, strides and channels differ, and no kernel is symmetric."""
    rng = np.random.default_rng(1603_07285)
    for _ in range(count):
        size, kernel_size, stride = (rng.integers(1, high, 2) for high in (6, 6, 5))
        c_in, c_out = rng.permutation(5)[:2] + 1
        x = rng.normal(size=(*size, c_in)).astype(dtype)
        kernel = rng.normal(size=(*kernel_size, c_out, c_in)).astype(dtype)
        axes = zip(size.tolist(), kernel_size.tolist(), stride.tolist(), strict=True)
        padding = tuple(int(rng.choice(padding_range(*axis))) for axis in axes)
        extra = tuple(int(rng.integers(limit)) for limit in stride)
        yield Setting(x, kernel, tuple(stride.tolist()), padding, extra)


def by_matrix(setting, shape):
    """Multiply by C^T for each pair of channels and sum over the input channels."""
    x, kernel, stride, padding, _ = setting
    c_out, c_in = kernel.shape[2:]
    y = np.zeros((*shape, c_out), x.dtype)
    for o, i in np.ndindex(c_out, c_in):
        matrix = convolution_matrix(shape, kernel[:, :, o, i], stride, padding)
        y[..., o] += (matrix.T @ x[..., i].ravel()).reshape(shape)
    return y


def by_gradient(setting, shape):
    """Return the input gradient of TensorFlow's convolution when its output gradient is `x`."""
    tf = runtime.load().tf
    (p_h, p_w), c_out = setting.padding, setting.kernel.shape[2]
    with tf.device("/CPU:0"), tf.GradientTape() as tape:
        image = tf.zeros((1, *shape, c_out), setting.x.dtype)
        tape.watch(image)
        convolved = tf.nn.conv2d(
            image,
            setting.kernel,
            strides=setting.stride,
            padding=((0, 0), (p_h, p_h), (p_w, p_w), (0, 0)),
        )
    assert convolved.shape[1:] == setting.x.shape
    return tape.gradient(convolved, image, setting.x[np.newaxis]).numpy()[0]


def test_all_computations_agree_on_500_settings():
    compared = 0
    for setting in settings(500):
        y = transposed_convolution(*setting)
        shape = transposed_shape(*setting)
        assert y.shape == (*shape, setting.kernel.shape[2])
        for other in (
            gather(*setting),
            by_matrix(setting, shape),
            transposed_convolution_tf(*setting),
            by_gradient(setting, shape),
        ):
            np.testing.assert_allclose(y, other, rtol=0, atol=2e-14, err_msg=str(setting[2:]))
        compared += y.size
    assert compared > 10_000


def test_the_500_settings_include_unusual_ones():
    drawn = list(settings(500))
    assert all(s.x.shape[2] != s.kernel.shape[2] for s in drawn)
    assert sum(s.stride[0] != s.stride[1] for s in drawn) > 200
    assert sum(s.output_padding[0] > s.padding[0] for s in drawn) > 20
    assert sum(s.stride[0] > s.kernel.shape[0] for s in drawn) > 50
    assert sum(s.padding[0] == s.kernel.shape[0] - 1 > 0 for s in drawn) > 50


def test_tensorflow_accepts_exactly_the_input_sizes():
    for size, kernel_size, stride in itertools.product((1, 2, 4), (1, 3, 4), (1, 2, 3)):
        for padding in padding_range(size, kernel_size, stride):
            setting = (size, kernel_size, stride, padding)
            sizes = input_sizes(*setting)
            candidates = range(max(1, sizes[0] - 2), sizes[-1] + 3)
            accepted = [n for n in candidates if accepts(size, n, kernel_size, stride, padding)]
            assert accepted == sizes, setting


@pytest.mark.parametrize("way", [*WAYS, transposed_convolution_tf])
def test_float32_input_gives_float32_output(way):
    for setting in settings(20, np.float32):
        y = way(*setting)
        assert y.dtype == np.float32
        exact = transposed_convolution(setting.x.astype(np.float64), *setting[1:])
        np.testing.assert_allclose(y, exact, rtol=0, atol=1e-5)


@pytest.mark.parametrize("way", WAYS)
def test_the_output_type_is_that_of_the_input_not_of_the_kernel(way):
    assert way(ROW.astype(np.float32), KERNEL).dtype == np.float32


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("stride", "padding", "output_padding", "expected"),
    [
        (1, 0, 0, [1, 12, 123, 230, 300]),
        (2, 0, 0, [1, 2, 13, 20, 130, 200, 300]),
        (2, 1, 0, [2, 13, 20, 130, 200]),
        (2, 1, 1, [2, 13, 20, 130, 200, 300]),
        (2, 0, 1, [1, 2, 13, 20, 130, 200, 300, 0]),
        (4, 0, 0, [1, 2, 3, 0, 10, 20, 30, 0, 100, 200, 300]),
    ],
)
def test_values_by_hand(way, stride, padding, output_padding, expected):
    y = way(ROW, KERNEL, (1, stride), (0, padding), (0, output_padding))
    np.testing.assert_array_equal(y[0, :, 0], expected)


@pytest.mark.parametrize("way", WAYS)
def test_a_single_one_gives_the_unflipped_kernel(way):
    kernel = np.arange(24.0).reshape(2, 3, 4, 1)
    np.testing.assert_array_equal(way(np.ones((1, 1, 1)), kernel, 3), kernel[..., 0])


@pytest.mark.parametrize("way", WAYS)
def test_the_last_axis_of_the_kernel_holds_the_input_channels(way):
    kernel = np.array([[1.0, 10.0, 100.0], [2.0, 20.0, 200.0]]).reshape(1, 1, 2, 3)
    y = way(np.array([1.0, 2.0, 3.0]).reshape(1, 1, 3), kernel)
    np.testing.assert_array_equal(y.ravel(), [321, 642])


def test_zeros_are_inserted_along_both_axes():
    stretched = insert_zeros(np.array([[1, 2], [3, 4]]), (2, 3))
    np.testing.assert_array_equal(stretched, [[1, 0, 0, 2], [0, 0, 0, 0], [3, 0, 0, 4]])
    assert stretched.dtype == int
    assert insert_zeros(np.ones((2, 3, 4)), 2).shape == (3, 5, 4)


def test_matrix_of_two_dimensions_by_hand():
    """A 2 × 2 kernel on a 3 × 3 image has four positions (rows) and nine cells (columns)."""
    matrix = convolution_matrix(3, np.array([[1, 2], [3, 4]]))
    np.testing.assert_array_equal(
        matrix,
        [
            [1, 2, 0, 3, 4, 0, 0, 0, 0],
            [0, 1, 2, 0, 3, 4, 0, 0, 0],
            [0, 0, 0, 1, 2, 0, 3, 4, 0],
            [0, 0, 0, 0, 1, 2, 0, 3, 4],
        ],
    )


def test_padding_removes_weights_from_the_first_row_of_the_matrix():
    matrix = convolution_matrix((1, 4), np.array([[1, 2, 3]]), (1, 2), (0, 1))
    np.testing.assert_array_equal(matrix, [[2, 3, 0, 0], [0, 1, 2, 3]])


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("x", "kernel", "error", "match"),
    [
        (ROW.astype(int), KERNEL, TypeError, r"^x .*int64"),
        (ROW[0], KERNEL, ValueError, r"\(H, W, C_in\) .* \(3, 1\) and \(1, 3, 1, 1\)"),
        (ROW, KERNEL[0], ValueError, r"\(k_h, k_w, C_out, C_in\).* and \(3, 1, 1\)"),
        (ROW[:, :0], KERNEL, ValueError, r"side 0.* \(1, 0, 1\) and"),
        (ROW, KERNEL[:, :0], ValueError, r"side 0.* and \(1, 0, 1, 1\)"),
        (ROW, np.ones((1, 3, 1, 2)), ValueError, r"channels of x, 1, .* \(1, 3, 1, 2\)"),
    ],
)
def test_arrays_are_checked(way, x, kernel, error, match):
    with pytest.raises(error, match=match):
        way(x, kernel)


@pytest.mark.parametrize("way", [*WAYS, transposed_convolution_tf])
@pytest.mark.parametrize(
    ("numbers", "match"),
    [
        ((0, 0, 0), "^stride .*got 0"),
        ((1, (0, 3), 0), "^padding .* 0 and 2 .*kernel of 3, got 3"),
        ((1, 1, 0), "^padding .* 0 and 0 .*kernel of 1, got 1"),
        ((2, 0, 2), "^output_padding .* 0 and 1 .*stride of 2, got 2"),
        ((2, 0, (1, 2, 3)), r"^output_padding .*got \(1, 2, 3\)"),
    ],
)
def test_numbers_are_checked(way, numbers, match):
    with pytest.raises(ValueError, match=match):
        way(ROW, KERNEL, *numbers)


def test_a_matrix_needs_one_channel():
    with pytest.raises(ValueError, match=r"^kernel .* 2 dimensions, .*\(1, 3, 1, 1\)"):
        convolution_matrix(3, KERNEL)


@pytest.mark.parametrize(
    ("shape", "kernel_shape"), [((1, 2), (1, 2)), ((3, 4), (2, 3)), ((5, 2), (3, 3))]
)
def test_by_default_the_stride_is_one_and_nothing_is_padded(shape, kernel_shape):
    """The output is then a full convolution, and its gradients are correlations: SciPy's."""
    rng = np.random.default_rng(6)
    x, kernel = rng.standard_normal(shape), rng.standard_normal(kernel_shape)
    full = convolve2d(x, kernel)
    given = x[..., None], kernel[..., None, None]
    assert transposed_shape(*given) == full.shape
    for way in (transposed_convolution, gather, transposed_convolution_tf):
        np.testing.assert_allclose(way(*given)[..., 0], full, atol=1e-12)
    zeros = np.zeros((*full.shape, 1))
    upstream = 2 * full / full.size
    expected = correlate2d(upstream, x, "valid"), correlate2d(upstream, kernel, "valid")
    first = gradient_descent.step(*given, zeros, 0.1)
    for computed in (
        gradient_descent.gradients(*given, upstream[..., None]),
        (first.kernel_gradient, first.input_gradient),
        gradients_tf(*given, zeros),
    ):
        for ours, theirs in zip(computed, expected, strict=True):
            np.testing.assert_allclose(np.squeeze(ours), np.squeeze(theirs), atol=1e-12)
    losses = gradient_descent.train(*given, zeros, 0.1, steps=0).losses
    np.testing.assert_allclose(losses, [np.mean(full**2)])
