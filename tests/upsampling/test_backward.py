"""Where TensorFlow's gradient passes the upsampling, against gradients from the definitions."""

import numpy as np
import pytest

from fcnlib.kernels.bilinear import upsample_filt
from fcnlib.transposed_convolution import convolution_matrix
from fcnlib.upsampling.backward import FACTOR, SIDE, gradients_through, picture_and_truth


@pytest.fixture(scope="module")
def layer():
    return gradients_through("layer")


def test_the_gradients_of_the_layer_are_those_of_the_chain_rule(layer):
    """Both layers as matrices: the map is U (D picture), so the gradients are products."""
    picture, truth = picture_and_truth()
    up = convolution_matrix((SIDE, SIDE), upsample_filt(2 * FACTOR), FACTOR, FACTOR // 2).T
    blocks = picture.reshape(3, FACTOR, 3, FACTOR).swapaxes(1, 2).reshape(9, -1)
    weights = np.random.default_rng(1).normal(size=FACTOR**2) / FACTOR**2
    result = up @ (blocks @ weights)
    error = result - truth.ravel()
    assert layer.loss == pytest.approx(np.mean(error**2), abs=1e-12)
    by_map = 2 * error / error.size
    by_scores = up.T @ by_map
    expected = {"map": by_map, "scores": by_scores, "weights": blocks.T @ by_scores}
    for name, values in expected.items():
        np.testing.assert_allclose(layer.gradients[name].ravel(), values, rtol=0, atol=1e-12)


def test_a_library_call_returns_the_same_map_and_no_gradient_before_it(layer):
    library = gradients_through("library")
    np.testing.assert_allclose(library.result, layer.result, rtol=0, atol=1e-12)
    np.testing.assert_allclose(library.gradients["map"], layer.gradients["map"], rtol=0, atol=1e-12)
    assert library.gradients["scores"] is None
    assert library.gradients["weights"] is None
    assert "kernel" not in library.gradients


def test_only_the_layer_has_weights_to_learn(layer):
    resize = gradients_through("resize")
    assert "kernel" not in resize.gradients
    assert resize.gradients["scores"].shape == (3, 3)
    assert layer.gradients["kernel"].shape == (2 * FACTOR, 2 * FACTOR)


def test_another_method_is_refused():
    with pytest.raises(ValueError, match="got 'other'"):
        gradients_through("other")


def test_the_example_is_a_disc_of_radius_4_and_a_tenth_of_noise():
    """From the middle outwards, a quarter of the disc has rows of 4, 4, 3 and 2 pixels."""
    picture, truth = picture_and_truth()
    quarter = truth[6:, 6:]
    assert quarter.sum(1).tolist() == [4, 4, 3, 2, 0, 0]
    for other in (truth[5::-1, 6:], truth[6:, 5::-1], truth[5::-1, 5::-1]):
        np.testing.assert_array_equal(other, quarter)
    assert (picture - truth).std() == pytest.approx(0.1, rel=0.2)
