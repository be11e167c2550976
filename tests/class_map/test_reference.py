import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.transform import rescale

from fcnlib.class_map.reference import benchmark_argmax, enlarged_one_by_one, random_scores
from fcnlib.errors import Cancelled

RNG = np.random.default_rng(7)


@settings(max_examples=40, deadline=None)
@given(
    factor=st.integers(1, 12),
    shape=st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(1, 9)),
    seed=st.integers(0, 2**32),
)
def test_is_the_best_class_of_dense_scores(factor, shape, seed):
    logits = np.random.default_rng(seed).standard_normal(shape)
    scores = rescale(logits, factor, order=1, mode="edge", clip=False, channel_axis=-1)
    labels = enlarged_one_by_one(factor, logits)
    chosen = np.take_along_axis(scores, labels[..., None].astype(int), -1)[..., 0]
    assert labels.shape == scores.shape[:2]
    assert (scores.max(-1) - chosen < 1e-9).all()


def test_ties_go_to_the_lowest_class():
    assert not enlarged_one_by_one(4, np.zeros((2, 3, 5))).any()


def test_the_benchmark_counts_pixels_and_seconds():
    started = time.perf_counter()
    result = benchmark_argmax(8, RNG.standard_normal((6, 7, 40)).astype(np.float32))
    elapsed = time.perf_counter() - started
    assert result.pixels == 48 * 56
    assert result.differing <= 2
    assert 0 < result.exact < elapsed
    assert 0 < result.one_by_one < elapsed


def test_the_benchmark_can_be_cancelled():
    def stop(fraction, _text):
        if fraction > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        benchmark_argmax(2, np.zeros((2, 2, 8)), stop)


def test_wrong_input_is_rejected():
    with pytest.raises(ValueError, match="finite"):
        enlarged_one_by_one(2, np.full((1, 1, 2), np.nan))
    with pytest.raises(ValueError, match="factor"):
        enlarged_one_by_one(0, np.zeros((1, 1, 2)))


@pytest.mark.parametrize("kind", ["smooth", "noise"])
def test_random_scores_have_the_classes_of_imagenet_by_default(kind):
    scores = random_scores(kind)
    assert scores.shape == (24, 32, 1000)
    assert scores.dtype == np.float32
