import numpy as np
from scipy.special import softmax

from fcnlib.class_map import best_probability, probabilities

SCORES = np.random.default_rng(3).standard_normal((4, 5, 6)) * 400
"""Large enough that their exponentials overflow."""


def test_probabilities_are_the_softmax():
    np.testing.assert_allclose(probabilities(SCORES), softmax(SCORES, -1), rtol=1e-12)


def test_the_best_probability_is_the_largest_softmax():
    np.testing.assert_allclose(best_probability(SCORES), softmax(SCORES, -1).max(-1), rtol=1e-12)


def test_precision_and_input_are_kept():
    scores = SCORES.astype(np.float32)
    before = scores.copy()
    assert probabilities(scores).dtype == best_probability(scores).dtype == np.float32
    np.testing.assert_array_equal(scores, before)
