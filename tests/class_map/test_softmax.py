import numpy as np
from scipy.special import softmax

from fcnlib.class_map import probabilities

SCORES = np.random.default_rng(3).standard_normal((4, 5, 6)) * 400
"""Large enough that their exponentials overflow."""


def test_probabilities_are_the_softmax():
    np.testing.assert_allclose(probabilities(SCORES), softmax(SCORES, -1), rtol=1e-12)


def test_precision_and_input_are_kept():
    scores = SCORES.astype(np.float32)
    before = scores.copy()
    assert probabilities(scores).dtype == np.float32
    np.testing.assert_array_equal(scores, before)
