"""Classes that can win between two cells, against all classes at many points."""

import numpy as np
import pytest

from fcnlib.class_map.pruning import winners_between


@pytest.mark.parametrize("seed", range(5))
def test_no_class_that_wins_is_left_out(seed):
    first, second = np.random.default_rng(seed).standard_normal((2, 200)).astype(np.float32)
    found = winners_between(first, second)
    share = np.linspace(0, 1, 1001)[:, None]
    best = ((1 - share) * first.astype(float) + share * second.astype(float)).argmax(1)
    assert set(best) <= set(found.tolist())
    assert (np.diff(found) > 0).all()


def test_a_class_below_the_leader_at_both_ends_is_left_out():
    first, second = np.array([5.0, 4.0, 0.0]), np.array([5.0, 4.0, 6.0])
    assert winners_between(first, second).tolist() == [0, 2]
