import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import softmax
from skimage.transform import rescale
from support.memory import at_most

from fcnlib.class_map import confidence
from fcnlib.class_map.confidence import confidence_map
from fcnlib.class_map.pixels import pixel_scores
from fcnlib.errors import Cancelled

RNG = np.random.default_rng(6)


@settings(max_examples=60, deadline=None)
@given(
    factor=st.integers(1, 20),
    shape=st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(1, 30)),
    seed=st.integers(0, 2**32),
    spread=st.sampled_from([0, 1, 30, 3000]),
    at_once=st.sampled_from([1, 1 << 16]),
)
def test_is_the_softmax_of_the_best_of_dense_scores(factor, shape, seed, spread, at_once):
    logits = spread * np.random.default_rng(seed).standard_normal(shape)
    scores = rescale(logits, factor, order=1, mode="edge", clip=False, channel_axis=-1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(confidence, "_BLOCK", at_once)
        confidences = confidence_map(factor, logits)
    assert confidences.dtype == np.float32
    np.testing.assert_allclose(confidences, softmax(scores, -1).max(-1), rtol=1e-5)


def test_agrees_with_pixel_scores():
    logits = RNG.standard_normal((3, 4, 50)).astype(np.float32)
    confidences = confidence_map(8, logits)
    for row, col in [(0, 0), (11, 17), (23, 31)]:
        expected = pixel_scores(8, logits, row, col).confidences[0]
        assert confidences[row, col] == pytest.approx(expected, rel=1e-5)


def test_a_thousand_classes_need_little_memory():
    """The limit includes 3 MiB for the map itself."""
    logits = RNG.standard_normal((24, 32, 1000)).astype(np.float32)
    with at_most(16):
        confidence_map(32, logits)


def test_a_wide_map_needs_little_memory():
    logits = RNG.standard_normal((1, 300, 1000)).astype(np.float32)
    with at_most(16):
        confidence_map(32, logits)


def test_progress_rises_to_one():
    fractions = []
    confidence_map(3, np.zeros((4, 5, 2)), lambda fraction, _text: fractions.append(fraction))
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    assert len(fractions) >= 4


def test_it_can_be_cancelled():
    def stop(_fraction, _text):
        raise Cancelled

    with pytest.raises(Cancelled):
        confidence_map(2, np.zeros((2, 2, 2)), stop)


def test_infinite_scores_are_rejected():
    with pytest.raises(ValueError, match="finite"):
        confidence_map(2, np.full((1, 1, 2), np.nan))


def test_a_wrong_factor_is_rejected():
    with pytest.raises(ValueError, match=r"factor.* 0"):
        confidence_map(0, np.zeros((1, 1, 2)))
