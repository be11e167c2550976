"""Learning an upsampling kernel, and gradients of the upsampling layer."""

import numpy as np
import pytest
from skimage.transform import rescale

from fcnlib import runtime, scenes
from fcnlib.networks import fcn
from fcnlib.training.kernel_learning import learn_kernel

FACTORS = (2, 3, 4)


def pictures_and_enlargements(factor):
    gray = [
        scenes.scene(seed, (96, 128)).picture.mean(axis=-1)[20:68:3, 20:80:3] for seed in range(6)
    ]
    small = np.stack([picture / 255 - (picture / 255).mean() for picture in gray])
    large = [
        rescale(picture, factor, order=1, mode="constant", cval=0, clip=False, anti_aliasing=False)
        for picture in small
    ]
    return small.astype(np.float32), np.stack(large)


def tent(factor):
    """Return bilinear weights by definition: one minus the distance in input pixels."""
    size = 2 * factor - factor % 2
    line = 1 - np.abs(np.arange(size) - (size - 1) / 2) / factor
    return np.outer(line, line)


@pytest.mark.parametrize("factor", FACTORS)
def test_a_random_kernel_becomes_bilinear(factor):
    """All weights are within 0.00001 after 300 steps; some start more than 0.1 away."""
    small, large = pictures_and_enlargements(factor)
    before = learn_kernel(small, large, factor, steps=1).kernel
    learned = learn_kernel(small, large, factor)
    assert np.abs(before - tent(factor)).max() > 0.1
    np.testing.assert_allclose(learned.kernel, tent(factor), atol=1e-5)
    assert learned.distance < 1e-5
    assert learned.losses[0] > 1e-3
    assert learned.losses[-1] < 1e-12


def test_a_bilinear_start_has_nothing_to_learn():
    small, large = pictures_and_enlargements(2)
    assert learn_kernel(small, large, 2, steps=1, start="bilinear").losses[0] < 1e-12


def test_each_step_is_reported():
    fractions = []
    small, large = pictures_and_enlargements(2)
    learn_kernel(small, large, 2, steps=2, report=lambda fraction, text: fractions.append(fraction))
    assert fractions == [0.5, 1.0]


def test_shapes_that_do_not_match_raise():
    with pytest.raises(ValueError, match=r"\(1, 6, 8\).*\(1, 6, 9\)"):
        learn_kernel(np.zeros((1, 3, 4), np.float32), np.zeros((1, 6, 9), np.float32), 2)


@pytest.mark.parametrize("factor", FACTORS)
def test_gradients_of_the_upsampling_layer_agree_with_finite_differences(factor):
    rng = np.random.default_rng(factor)
    scores = rng.standard_normal((1, 3, 4, 2))
    mix = rng.standard_normal((1, 3 * factor, 4 * factor, 2))
    with runtime.building() as (tf, tf1, _), tf1.Graph().as_default(), tf1.Session() as session:
        tf1.set_random_seed(0)
        given = tf1.placeholder(tf.float64, scores.shape)
        enlarged = fcn.upscore(given, factor, "up", kernel_start="random", trainable=True)
        (kernel,) = tf1.trainable_variables()
        loss = tf.reduce_sum(tf.sin(enlarged) * mix)
        gradients = tf1.gradients(loss, [given, kernel])
        session.run(tf1.global_variables_initializer())
        start = session.run(kernel)
        computed = session.run(gradients, {given: scores})

        def loss_of_scores(value):
            return session.run(loss, {given: value})

        def loss_of_kernel(value):
            kernel.load(value, session)
            return session.run(loss, {given: scores})

        expected = [
            finite_differences(loss_of_scores, scores),
            finite_differences(loss_of_kernel, start),
        ]
    for ours, theirs in zip(computed, expected, strict=True):
        assert np.abs(theirs).max() > 0.1
        np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-8)


def finite_differences(function, point, step=1e-5):
    result = np.zeros_like(point)
    for index in np.ndindex(result.shape):
        moved = []
        for sign in (1, -1):
            value = point.copy()
            value[index] += sign * step
            moved.append(function(value))
        result[index] = (moved[0] - moved[1]) / (2 * step)
    return result
