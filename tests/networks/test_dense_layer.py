"""A dense layer and the convolution with the same weights, against SciPy."""

import numpy as np
import pytest
from scipy.signal import correlate

from fcnlib.networks.dense_layer import as_kernel, dense, ring_example, valid_convolution

RNG = np.random.default_rng(3)


def test_a_convolution_over_the_block_is_the_dense_layer():
    block, weights = RNG.standard_normal((7, 7, 5)), RNG.standard_normal((245, 4))
    answer = valid_convolution(block, as_kernel(weights, block.shape))
    assert answer.shape == (1, 1, 4)
    np.testing.assert_allclose(answer[0, 0], dense(block, weights), rtol=1e-12)


def test_over_a_larger_input_it_is_the_dense_layer_at_every_position():
    x, weights = RNG.standard_normal((5, 6, 2)), RNG.standard_normal((3 * 4 * 2, 3))
    answers = valid_convolution(x, as_kernel(weights, (3, 4, 2)))
    assert answers.shape == (3, 3, 3)
    for row, col in np.ndindex(3, 3):
        block = x[row : row + 3, col : col + 4]
        np.testing.assert_allclose(answers[row, col], dense(block, weights), rtol=1e-11, atol=1e-12)


def test_the_convolution_is_that_of_scipy():
    x, kernel = RNG.standard_normal((6, 8, 3)), RNG.standard_normal((2, 3, 3, 2))
    answers = valid_convolution(x, kernel)
    for output in range(2):
        expected = correlate(x, kernel[..., output], mode="valid")[..., 0]
        np.testing.assert_allclose(answers[..., output], expected, atol=1e-12)


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int8, np.float16])
def test_sums_do_not_overflow_in_small_types(dtype):
    block = np.full((5, 8, 1), 100, dtype)
    total = 40 * float(block[0, 0, 0]) ** 2
    weights = block.reshape(40, 1)
    assert dense(block, weights)[0] == total
    assert valid_convolution(block, as_kernel(weights, block.shape)).item() == total


def test_the_ring_is_found_where_it_is():
    x, weights = ring_example()
    scores = valid_convolution(x, as_kernel(weights, (7, 7, 1)))[..., 0]
    assert np.unravel_index(scores.argmax(), scores.shape) == (1, 4)
    # There, every cell of the ring counts, and nothing else.
    assert scores.max() == x[1:8, 4:11].sum()
    assert np.sort(scores.ravel())[-2] < scores.max() / 2


@pytest.mark.parametrize(
    "call",
    [
        lambda: dense(np.ones((2, 2, 1)), np.ones((3, 1))),
        lambda: dense(np.ones((2, 2)), np.ones((4, 1))),
        lambda: as_kernel(np.ones((5, 1)), (2, 2, 1)),
        lambda: valid_convolution(np.ones((2, 2, 1)), np.ones((3, 1, 1, 1))),
        lambda: valid_convolution(np.ones((2, 2, 1)), np.ones((1, 1, 2, 1))),
    ],
)
def test_shapes_that_do_not_fit_are_rejected(call):
    with pytest.raises(ValueError, match="shape"):
        call()
