import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import softmax
from skimage.transform import rescale

from fcnlib.class_map import upsampled_argmax
from fcnlib.class_map.pixels import CellWeight, pixel_scores

RNG = np.random.default_rng(5)
LOGITS = RNG.standard_normal((3, 4, 6)).astype(np.float32)
DENSE = rescale(LOGITS.astype(float), 4, order=1, mode="edge", clip=False, channel_axis=-1)


def test_a_pixel_between_four_cells_by_hand():
    """Pixel (2, 3) at factor 4 is an eighth below row 0 and seven eighths right of column 0."""
    logits = np.zeros((2, 2, 3))
    logits[0, 0], logits[0, 1], logits[1, 0], logits[1, 1] = [8, 0, 0], [0, 8, 0], [0, 0, 8], 3
    pixel = pixel_scores(4, logits, 2, 5, k=2)
    assert pixel.cells == (
        CellWeight(0, 0, 7 / 64),
        CellWeight(0, 1, 49 / 64),
        CellWeight(1, 0, 1 / 64),
        CellWeight(1, 1, 7 / 64),
    )
    assert pixel.classes == (1, 0)
    np.testing.assert_allclose(pixel.scores, [(8 * 49 + 3 * 7) / 64, (8 * 7 + 3 * 7) / 64])


@pytest.mark.parametrize(("row", "col"), [(0, 0), (5, 3), (11, 15), (6, 9), (0, 7)])
def test_the_best_classes_are_those_of_dense_scores(row, col):
    pixel = pixel_scores(4, LOGITS, row, col, k=4)
    best = DENSE[row, col].argsort()[::-1][:4]
    assert pixel.classes == tuple(best)
    np.testing.assert_allclose(pixel.scores, DENSE[row, col, best], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(pixel.confidences, softmax(DENSE[row, col])[best], rtol=1e-5)


def test_the_score_is_the_weighted_mean_of_the_cells():
    for row, col in np.ndindex(12, 16):
        pixel = pixel_scores(4, LOGITS, row, col, k=1)
        weighted = sum(c.weight * LOGITS[c.row, c.col] for c in pixel.cells)
        np.testing.assert_allclose(pixel.scores[0], weighted.max(), rtol=1e-5, atol=1e-6)
        assert sum(c.weight for c in pixel.cells) == pytest.approx(1)


def test_cells_occur_once_beyond_the_outermost_centers():
    corner = pixel_scores(4, LOGITS, 0, 15)
    assert corner.cells == (CellWeight(0, 3, 1.0),)
    edge = pixel_scores(4, LOGITS, 0, 2)
    assert edge.cells == (CellWeight(0, 0, 0.875), CellWeight(0, 1, 0.125))


def test_only_one_cell_counts_at_its_center():
    assert pixel_scores(3, LOGITS, 4, 4).cells == (CellWeight(1, 1, 1.0),)
    assert pixel_scores(1, LOGITS, 2, 1).cells == (CellWeight(2, 1, 1.0),)


def test_k_may_exceed_the_number_of_classes():
    pixel = pixel_scores(4, LOGITS, 1, 1, k=99)
    assert sorted(pixel.classes) == list(range(6))
    assert sum(pixel.confidences) == pytest.approx(1)


def test_large_scores_do_not_overflow():
    pixel = pixel_scores(2, np.array([[[1e4, -1e4, 1e4]]]), 0, 0)
    assert pixel.classes == (0, 2, 1)
    assert pixel.confidences == (0.5, 0.5, 0.0)


@settings(max_examples=100, deadline=None)
@given(
    factor=st.integers(1, 40),
    shape=st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(1, 30)),
    seed=st.integers(0, 2**32),
    grain=st.sampled_from([0.5, 1e-6, 1e3]),
    precision=st.sampled_from([np.float16, np.float32, np.float64]),
)
def test_the_best_class_is_the_label_of_the_map(factor, shape, seed, grain, precision):
    """Pruning keeps even classes that tie exactly."""
    rng = np.random.default_rng(seed)
    logits = ((rng.standard_normal(shape) / grain).round() * grain).astype(precision)
    labels = upsampled_argmax(factor, logits)
    for row, col in rng.integers((0, 0), labels.shape, (40, 2)):
        assert pixel_scores(factor, logits, row, col, k=1).classes[0] == labels[row, col]


@pytest.mark.parametrize("factor", [5, 11, 28, 32])
def test_the_best_class_is_the_label_of_the_map_if_scores_differ_by_rounding(factor):
    """One class wins every other cell. In the others, nine classes have almost equal scores."""
    apart = RNG.integers(-3, 4, (3, 3, 9)) * np.finfo(np.float32).eps
    hill = np.where(np.indices((3, 3, 1)).sum(0) % 2, 10, -90)
    alike = -5 * RNG.random((3, 3, 1)) * (1 + apart)
    logits = np.concatenate([alike, hill], -1).astype(np.float32)
    labels = upsampled_argmax(factor, logits)
    best = [pixel_scores(factor, logits, *at, k=1).classes[0] for at in np.ndindex(labels.shape)]
    np.testing.assert_array_equal(labels.ravel(), best)
    assert len(set(best)) > 3


@pytest.mark.parametrize(
    ("row", "col", "message"),
    [(12, 0, r"row.* 0 to 11.* 12"), (0, -1, r"col.* 0 to 15.* -1")],
)
def test_a_pixel_outside_is_rejected(row, col, message):
    with pytest.raises(IndexError, match=message):
        pixel_scores(4, LOGITS, row, col)


def test_k_must_be_positive():
    with pytest.raises(ValueError, match=r"k.* 0"):
        pixel_scores(4, LOGITS, 0, 0, k=0)


def test_infinite_scores_are_rejected():
    with pytest.raises(ValueError, match="finite"):
        pixel_scores(2, np.full((1, 1, 2), np.inf), 0, 0)


@pytest.mark.parametrize(("classes", "shown"), [(2, 2), (3, 3), (4, 3), (9, 3)])
def test_three_classes_are_returned_by_default(classes, shown):
    scores = np.arange(classes, dtype=float).reshape(1, 1, -1)
    assert pixel_scores(4, scores, 0, 0).classes == tuple(range(classes))[::-1][:shown]
