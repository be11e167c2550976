"""Gradient descent against values by hand, TensorFlow's gradients and finite differences."""

import numpy as np
import pytest

from fcnlib.kernels.bilinear import upsample_filt
from fcnlib.transposed_convolution import padding_range, transposed_convolution
from fcnlib.transposed_convolution.gradient_descent import (
    gradient_terms,
    gradients,
    largest_rate,
    step,
    train,
)
from fcnlib.transposed_convolution.tensorflow_reference import gradients_tf

X, KERNEL = np.full((1, 1, 1), 2.0), np.array([1.0, 2.0, 3.0]).reshape(1, 3, 1, 1)
TARGET = np.array([2.0, 1.0, 9.0]).reshape(1, 3, 1)


def settings(count):
    rng = np.random.default_rng(7)
    for _ in range(count):
        size, kernel_size = rng.integers(1, 5, 2), rng.integers(1, 5, 2)
        stride = tuple(map(int, rng.integers(1, 4, 2)))
        c_in, c_out = rng.permutation(4)[:2] + 1
        axes = zip(size, kernel_size, stride, strict=True)
        padding = tuple(int(rng.choice(padding_range(*map(int, axis)))) for axis in axes)
        x, kernel = rng.normal(size=(*size, c_in)), rng.normal(size=(*kernel_size, c_out, c_in))
        target = rng.normal(size=transposed_convolution(x, kernel, stride, padding).shape)
        yield x, kernel, target, {"stride": stride, "padding": padding}


def test_a_step_by_hand():
    """The output is 2 × kernel, and the gradient of each weight is 2/3 × its error × input 2."""
    first = step(X, KERNEL, TARGET, rate=0.5)
    np.testing.assert_array_equal(first.output.ravel(), [2, 4, 6])
    np.testing.assert_array_equal(first.error.ravel(), [0, 3, -3])
    assert first.loss == 6
    np.testing.assert_allclose(first.kernel_gradient.ravel(), [0, 4, -4])
    np.testing.assert_allclose(first.input_gradient.ravel(), 2 * 2 + -2 * 3)
    np.testing.assert_allclose(first.kernel.ravel(), [1, 0, 5])


def test_gradients_equal_those_of_tensorflow():
    for x, kernel, target, options in settings(60):
        first = step(x, kernel, target, 0.1, **options)
        kernel_gradient, input_gradient = gradients_tf(x, kernel, target, **options)
        np.testing.assert_allclose(first.kernel_gradient, kernel_gradient, rtol=0, atol=1e-13)
        np.testing.assert_allclose(first.input_gradient, input_gradient, rtol=0, atol=1e-13)
        np.testing.assert_allclose(first.kernel, kernel - 0.1 * kernel_gradient, rtol=0, atol=1e-13)


def test_gradients_equal_finite_differences_of_the_loss():
    for x, kernel, target, options in settings(5):
        first = step(x, kernel, target, 0.1, **options)
        for index in np.ndindex(kernel.shape):
            losses = []
            for change in (1e-5, -1e-5):
                moved = kernel.copy()
                moved[index] += change
                losses.append(step(x, moved, target, 0.1, **options).loss)
            slope = (losses[0] - losses[1]) / 2e-5
            assert first.kernel_gradient[index] == pytest.approx(slope, abs=1e-8)


def test_backward_is_the_transpose_of_forward():
    """<T x, y> = <x, T' y>, for the input and for the kernel."""
    for x, kernel, y, options in settings(20):
        kernel_gradient, input_gradient = gradients(x, kernel, y, **options)
        forward = np.vdot(transposed_convolution(x, kernel, **options), y)
        assert np.vdot(x, input_gradient) == pytest.approx(forward, abs=1e-11)
        assert np.vdot(kernel, kernel_gradient) == pytest.approx(forward, abs=1e-11)


def test_gradient_terms_sum_to_the_gradient():
    for inputs, kernels, target, options in settings(40):
        x, kernel = np.round(inputs[..., :1]), kernels[:, :, :1, :1]
        first = step(x, kernel, target[..., :1], 0.1, **options)
        for weight in np.ndindex(kernel.shape[:2]):
            terms = gradient_terms(x[..., 0], first.error[..., 0], weight, **options)
            total = 2 / first.error.size * sum(value * error for value, error in terms)
            assert first.kernel_gradient[weight].item() == pytest.approx(total, abs=1e-12)
            assert all(value for value, _ in terms)


@pytest.fixture
def exercise():
    x = np.array([[1.0, 1, 0], [-1, -2, 2], [-1, -1, 0]])[..., np.newaxis]
    bilinear = upsample_filt(4)[..., np.newaxis, np.newaxis]
    kernel = np.random.default_rng(0).normal(size=(4, 4, 1, 1))
    return x, kernel, transposed_convolution(x, bilinear, 2, 1), bilinear


def test_200_steps_turn_a_random_kernel_into_the_bilinear_one(exercise):
    x, kernel, target, bilinear = exercise
    run = train(x, kernel, target, 0.5, steps=200, stride=2, padding=1)
    assert run.losses.shape == (201,)
    assert run.kernels.shape == (201, 4, 4, 1, 1)
    np.testing.assert_array_equal(run.kernels[0], kernel)
    assert np.abs(kernel - bilinear).max() > 1
    np.testing.assert_allclose(run.kernels[-1], bilinear, rtol=0, atol=1e-12)
    assert (np.diff(run.losses[:50]) < 0).all()
    assert run.losses[-1] < 1e-24


def test_training_converges_below_the_largest_rate_and_diverges_above(exercise):
    x, kernel, target, _ = exercise
    limit = largest_rate(x, (4, 4), 2, 1)
    for factor, converges in ((0.98, True), (1.02, False)):
        losses = train(x, kernel, target, factor * limit, steps=200, stride=2, padding=1).losses
        assert (losses[-1] < losses[0]) == converges
        assert (losses[-1] < losses[-2]) == converges


def test_zero_steps_return_the_initial_kernel():
    run = train(X, KERNEL, TARGET, 0.5, steps=0)
    np.testing.assert_array_equal(run.losses, [6])
    np.testing.assert_array_equal(run.kernels, KERNEL[np.newaxis])


def test_the_target_must_have_the_shape_of_the_output():
    with pytest.raises(ValueError, match=r"^target .*\(1, 3, 1\), got \(3, 1, 1\)"):
        step(X, KERNEL, TARGET.reshape(3, 1, 1), 0.5)


@pytest.mark.parametrize(
    ("settings", "rate"),
    [
        # Outputs a, a + b, b for the kernel (a, b): the largest curvature is 2 * 3 / 3.
        ({}, 1),
        # Outputs a, b, a, b: 2 * 2 / 4.
        ({"stride": (1, 2)}, 2),
        # One output, a + b: 2 * 2 / 1.
        ({"padding": (0, 1)}, 0.5),
    ],
)
def test_the_largest_rate_for_two_cells_by_hand(settings, rate):
    assert largest_rate(np.ones((1, 2, 1)), (1, 2), **settings) == pytest.approx(rate)
