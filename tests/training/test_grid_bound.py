"""The grid bound against hand-computed cases, scikit-image, and the drawn scenes."""

import numpy as np
import pytest
from skimage.transform import rescale

from fcnlib import scenes
from fcnlib.class_map import upsampled_argmax
from fcnlib.class_map.metrics import measure
from fcnlib.networks import built_in
from fcnlib.training.grid_bound import FACTORS, PAPER, confusions, down_and_up


def test_factor_1_keeps_everything():
    labels = scenes.scene(0).labels
    np.testing.assert_array_equal(down_and_up(1, labels), labels)


def test_edges_between_cells_do_not_move():
    labels = np.kron([[0, 1], [2, 3]], np.ones((4, 4), int))
    np.testing.assert_array_equal(down_and_up(4, labels, 4), labels)


def test_a_single_pixel_in_a_cell_is_lost():
    labels = np.zeros((4, 4), int)
    labels[1, 1] = 1
    assert not down_and_up(2, labels, 2).any()


def test_a_case_computed_by_hand():
    """The right cell has 3/4 of class 1; next to the left cell 9/16 remain, still a majority."""
    labels = np.array([[0, 0, 0, 1], [0, 0, 1, 1]])
    assert down_and_up(2, labels, 2).tolist() == [[0, 0, 1, 1], [0, 0, 1, 1]]
    metrics = measure(confusions(labels, [2], 2)[2])
    assert metrics.iu.tolist() == [4 / 5, 3 / 4]
    assert metrics.mean_iu == pytest.approx(0.775)


def test_other_scores_than_fractions_can_keep_more():
    """Fractions of one half lose the right cell; other scores keep the edge."""
    labels = np.array([[0, 0, 0, 1], [0, 0, 0, 1]])
    scores = np.array([[[1.0, 0.0], [0.4, 0.6]]])
    assert not down_and_up(2, labels, 2).any()
    np.testing.assert_array_equal(upsampled_argmax(2, scores), labels)


def test_a_side_that_is_not_a_multiple_repeats_the_last_column_or_row():
    """The third column is repeated once, so its cell contains only class 1."""
    labels = np.array([[0, 0, 1], [0, 0, 1]])
    assert down_and_up(2, labels, 2).tolist() == [[0, 0, 1], [0, 0, 1]]
    labels = np.array([[0], [0], [1]])
    assert down_and_up(2, labels, 2).tolist() == [[0], [0], [1]]


@pytest.mark.parametrize("factor", [2, 4, 8, 16])
def test_agrees_with_scikit_image(factor):
    labels = scenes.scene(3, (64, 96)).labels
    one_hot = np.eye(len(scenes.CLASSES))[labels]
    rows, cols = (side // factor for side in labels.shape)
    shares = one_hot.reshape(rows, factor, cols, factor, -1).mean((1, 3))
    scores = rescale(shares, factor, order=1, mode="edge", channel_axis=-1, clip=False)
    first, second = np.sort(scores)[..., -1], np.sort(scores)[..., -2]
    clear = first - second > 1e-5
    assert clear.mean() > 0.95
    np.testing.assert_array_equal(down_and_up(factor, labels)[clear], scores.argmax(-1)[clear])


def test_counts_cover_every_pixel_and_a_coarser_grid_keeps_less():
    labels = scenes.scene(1).labels
    counts = confusions(labels)
    assert list(counts) == [4, 8, 16, 32, 64, 128]
    for matrix in counts.values():
        np.testing.assert_array_equal(matrix.sum(1), np.bincount(labels.ravel(), minlength=7))
    kept = [measure(matrix).mean_iu for matrix in counts.values()]
    assert kept == sorted(kept, reverse=True)
    assert kept[0] > 0.9


def test_the_values_of_the_paper():
    assert [PAPER[factor] for factor in FACTORS] == [0.985, 0.964, 0.928, 0.861, 0.733, 0.509]


@pytest.mark.parametrize("factor", [0, -2])
def test_a_factor_below_1_raises(factor):
    with pytest.raises(ValueError, match=f"factor .*{factor}"):
        down_and_up(factor, np.zeros((4, 4), int))


def test_a_trained_head_keeps_more_than_fractions_on_its_grid():
    """The bound is therefore not strict: the built-in FCN-32s has a grid of 32 px as well."""
    seeds = scenes.TEST_SEEDS[:5]
    counts = sum(confusions(scenes.scene(seed).labels, [32])[32] for seed in seeds)
    trained = built_in.evaluate(built_in.network("fcn_32s"), seeds)
    assert trained.mean_iu > measure(counts).mean_iu + 0.05
