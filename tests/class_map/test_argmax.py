import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter
from skimage.transform import rescale
from support.memory import at_most

from fcnlib.class_map import (
    cell_shares,
    label_map,
    subdivision,
    surviving_classes,
    tiling,
    upsampled_argmax,
)

RNG = np.random.default_rng(0)


def dense(factor, logits):
    """Upsample every class in float64 with scikit-image."""
    return rescale(logits.astype(float), factor, order=1, mode="edge", clip=False, channel_axis=-1)


def assert_same_labels(labels, scores):
    """Compare with the argmax of dense scores, except where two classes are within 1e-5."""
    np.testing.assert_array_equal(labels.shape, scores.shape[:2])
    chosen = np.take_along_axis(scores, labels[..., None].astype(int), -1)[..., 0]
    wrong = labels != scores.argmax(-1)
    assert not (wrong & (scores.max(-1) - chosen > 1e-5)).any()
    return wrong.mean()


def along_axis(factor, cells):
    """Return weights (factor * cells, cells) of linear interpolation between cell centers."""
    pixels = (np.arange(factor * cells) + 0.5) / factor - 0.5
    return np.stack([np.interp(pixels, np.arange(cells), row) for row in np.eye(cells)], -1)


def by_definition(factor, logits):
    """Upsample every class in float64 by the definition of bilinear interpolation."""
    down, across = (along_axis(factor, cells) for cells in logits.shape[:2])
    return np.einsum("rh,sw,hwc->rsc", down, across, logits.astype(float), optimize=True)


KINDS = {
    "noise": lambda logits: logits,
    "smooth": lambda logits: gaussian_filter(logits, (1.5, 1.5, 0)),
    "ties": lambda logits: logits.round(),
    "constant": np.ones_like,
    "copies": lambda logits: logits[..., np.arange(logits.shape[2]) // 3],
    "one hot": lambda logits: (logits == logits.max(-1, keepdims=True)) * 1.0,
    "common slope": lambda logits: logits + 40 * np.arange(logits.shape[1])[:, None],
    "one class masked": lambda logits: np.where(np.arange(logits.shape[2]) == 1, -6e4, logits),
}


@st.composite
def fields(draw):
    rows, cols = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    classes = draw(st.integers(1, 40))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    logits = KINDS[draw(st.sampled_from(list(KINDS)))](rng.standard_normal((rows, cols, classes)))
    return logits.astype(draw(st.sampled_from([np.float16, np.float32, np.float64])))


FACTORS = st.one_of(st.integers(1, 13), st.sampled_from([16, 24, 31, 32, 33, 50]))


@settings(max_examples=200, deadline=None)
@given(factor=FACTORS, logits=fields())
def test_equals_upsampling_every_class(factor, logits):
    assert_same_labels(upsampled_argmax(factor, logits), by_definition(factor, logits))


@settings(max_examples=60, deadline=None)
@given(factor=st.integers(1, 20), logits=fields())
def test_small_blocks_give_the_same_map(factor, logits):
    """Low limits force many blocks in both directions, and tiles to be processed in halves."""
    whole = upsampled_argmax(factor, logits)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tiling, "_SCORES", 2 * logits.shape[2])
        patch.setattr(subdivision, "_AT_ONCE", 3)
        np.testing.assert_array_equal(upsampled_argmax(factor, logits), whole)


@pytest.mark.parametrize("factor", [8, 16, 32])
def test_equals_upsampling_every_class_at_the_factors_of_the_heads(factor):
    logits = gaussian_filter(RNG.standard_normal((5, 7, 200)), (1, 1, 0)).astype(np.float32)
    assert assert_same_labels(upsampled_argmax(factor, logits), dense(factor, logits)) < 1e-3


def test_borders_of_zeros_give_the_same_labels():
    """The border of zeros of the transposed convolution scales all classes alike."""
    logits = RNG.standard_normal((4, 5, 30))
    zero = rescale(logits, 8, order=1, mode="constant", clip=False, channel_axis=-1)
    assert_same_labels(upsampled_argmax(8, logits), zero)


def test_a_class_that_is_best_in_no_cell_can_win_between_cells():
    logits = np.array([[[9.0, 0.0, 8.0], [0.0, 9.0, 8.0]]])
    assert label_map(logits).tolist() == [[0, 1]]
    assert upsampled_argmax(3, logits)[0].tolist() == [0, 0, 2, 2, 1, 1]


def test_ties_go_to_the_lowest_class():
    """At factors 1 and 3, some pixels lie on a cell's center, where integer scores tie exactly."""
    logits = RNG.integers(0, 3, (6, 7, 5)).astype(float)
    np.testing.assert_array_equal(upsampled_argmax(1, logits), logits.argmax(-1))
    np.testing.assert_array_equal(upsampled_argmax(3, logits)[1::3, 1::3], logits.argmax(-1))
    assert not upsampled_argmax(4, np.zeros((2, 3, 5))).any()


def test_a_wide_map_needs_little_memory():
    logits = RNG.standard_normal((1, 3000, 300)).astype(np.float32)
    with at_most(20):
        upsampled_argmax(4, logits)


def test_surviving_classes_include_all_winners():
    """Compared with the labels in all nine squares; those at the border use cells twice."""
    logits = RNG.standard_normal((2, 2, 12))
    counts = surviving_classes(logits)
    assert counts.shape == (3, 3)
    labels = dense(200, logits).argmax(-1)
    edges = [0, 100, 300, 400]
    for row, col in np.ndindex(3, 3):
        inside = labels[edges[row] : edges[row + 1], edges[col] : edges[col + 1]]
        assert len(np.unique(inside)) <= counts[row, col] <= 12


def test_few_classes_survive_where_cells_are_similar():
    noise = RNG.standard_normal((20, 20, 300)).astype(np.float32)
    smooth = gaussian_filter(noise, (3, 3, 0))
    assert surviving_classes(smooth).mean() < 3
    assert surviving_classes(noise)[1:-1, 1:-1].mean() > 50


def test_one_class_survives_when_all_classes_tie():
    assert (surviving_classes(np.zeros((2, 3, 9))) == 1).all()


def test_blocks_leave_no_seams():
    """This many cells are processed in several blocks."""
    logits = RNG.standard_normal((60, 70, 3)).astype(np.float32)
    assert_same_labels(upsampled_argmax(32, logits), dense(32, logits))


@pytest.mark.parametrize(("factor", "shape"), [(32, (24, 32, 1000)), (8, (96, 128, 21))])
def test_noise_needs_no_more_memory_than_computed(factor, shape):
    nbytes = tiling.work_nbytes(factor, *shape) + factor**2 * shape[0] * shape[1] * 2
    logits = RNG.standard_normal(shape).astype(np.float32)
    with at_most(nbytes / 2**20 + 1):
        upsampled_argmax(factor, logits)


@pytest.mark.parametrize("smooth", [0, 1])
def test_a_thousand_classes_need_little_memory(smooth):
    """The map needs 1.5 MiB; an array of all classes would need 3 GB."""
    noise = RNG.standard_normal((24, 32, 1000)).astype(np.float32)
    logits = gaussian_filter(noise, (smooth, smooth, 0))
    with at_most(30):
        labels = upsampled_argmax(32, logits)
    assert (labels.shape, labels.dtype) == ((768, 1024), np.uint16)


def test_progress_ends_at_one():
    fractions = []
    upsampled_argmax(2, np.zeros((3, 3, 2)), lambda fraction, _text: fractions.append(fraction))
    assert fractions[-1] == 1


@pytest.mark.parametrize(("classes", "dtype"), [(256, "uint8"), (257, "uint16")])
def test_labels_have_the_smallest_type(classes, dtype):
    assert upsampled_argmax(2, np.zeros((1, 1, classes))).dtype == dtype


@pytest.mark.parametrize(
    ("logits", "message"),
    [
        (np.zeros((2, 2)), r"\(h, w, C\).*\(2, 2\)"),
        (np.zeros((2, 0, 3)), r"\(2, 0, 3\)"),
        (np.zeros((2, 2, 3), int), "int64"),
        (np.array([[[np.inf, 0.0]]]), "finite"),
        (np.array([[[-np.inf, 0.0]]]), "finite"),
        (np.array([[[np.nan, 0.0]]]), "finite"),
        (np.array([[[3e38, 0.0]]], np.float32), r"±5.3e\+36.* 3e\+38"),
    ],
)
def test_wrong_logits_are_rejected(logits, message):
    with pytest.raises(ValueError, match=message):
        upsampled_argmax(2, logits)


def test_a_wrong_factor_is_rejected():
    with pytest.raises(ValueError, match="factor"):
        upsampled_argmax(0, np.zeros((1, 1, 1)))


def test_cell_shares_are_counted():
    labels = RNG.integers(0, 4, (12, 20))
    shares = cell_shares(4, labels, 5)
    assert shares.shape == (3, 5, 5)
    np.testing.assert_allclose(shares.sum(-1), 1, rtol=1e-6)
    for row, col in np.ndindex(3, 5):
        cell = labels[4 * row : 4 * row + 4, 4 * col : 4 * col + 4]
        counts = np.bincount(cell.ravel(), minlength=5)
        np.testing.assert_allclose(shares[row, col], counts / 16)


def test_cell_shares_need_whole_cells():
    with pytest.raises(ValueError, match=r"multiples of 4.*\(4, 5\)"):
        cell_shares(4, np.zeros((4, 5), int), 2)
