"""Classes that remain and that win between two cells, against all classes at many points."""

import numpy as np
import pytest

from fcnlib.class_map.pruning import remaining_between, winners_between


def best(first, second):
    """Return the best class at many points from one cell to the next."""
    share = np.linspace(0, 1, 4001)[:, None]
    return ((1 - share) * first.astype(float) + share * second.astype(float)).argmax(1).tolist()


@pytest.mark.parametrize("seed", range(5))
def test_no_class_that_wins_is_left_out(seed):
    first, second = np.random.default_rng(seed).standard_normal((2, 200)).astype(np.float32)
    found = remaining_between(first, second)
    assert set(best(first, second)) <= set(found.tolist())
    assert (np.diff(found) > 0).all()


def test_a_class_below_the_leader_at_both_ends_is_left_out():
    first, second = np.array([5.0, 4.0, 0.0]), np.array([5.0, 4.0, 6.0])
    assert remaining_between(first, second).tolist() == [0, 2]


def test_a_class_above_the_leader_at_one_end_remains_though_it_wins_nowhere():
    first, second = np.array([9.0, 2.0, 8.0]), np.array([3.0, 14.0, 3.0])
    assert remaining_between(first, second).tolist() == [0, 1, 2]
    assert winners_between(first, second) == [0, 1]


@pytest.mark.parametrize("seed", range(20))
def test_winners_are_in_the_order_in_which_they_win(seed):
    first, second = np.random.default_rng(seed).standard_normal((2, 200)).astype(np.float32)
    assert winners_between(first, second) == list(dict.fromkeys(best(first, second)))


@pytest.mark.parametrize(
    ("first", "second", "winners"),
    [([1, 1], [0, 2], [1]), ([1, 0], [1, 1], [0]), ([2, 0, 1], [0, 2, 1], [0, 1]), ([3], [3], [0])],
)
def test_a_class_that_only_ties_does_not_win(first, second, winners):
    assert winners_between(np.array(first, float), np.array(second, float)) == winners
