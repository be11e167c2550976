import io

import numpy as np
import pytest
from skimage.transform import rescale

from fcnlib import runtime, segmentation
from fcnlib.networks import Network, Scores
from fcnlib.segmentation.pipeline import NPZ_VERSION

NAMES = ("dark", "red", "green", "blue", "never")


def mean_color(images):
    """Score each 32 × 32 px cell by its mean color, so that the labels can be predicted."""
    tf, _, _ = runtime.load()
    means = tf.nn.avg_pool2d(images, 32, 32, "VALID")
    never = tf.fill(tf.shape(means[..., :1]), -1e3)
    return Scores(tf.concat([tf.zeros_like(never), means, never], -1), 32)


@pytest.fixture(scope="module")
def network():
    network = Network("mean color", NAMES, mean_color)
    yield network
    network.close()


@pytest.fixture(scope="module")
def picture():
    """Draw 70 × 100 px: red on the left, green on the right, black at the bottom."""
    picture = np.zeros((70, 100, 3), np.uint8)
    picture[:48, :50, 0] = 255
    picture[:48, 50:, 1] = 255
    return picture


@pytest.fixture(scope="module")
def result(network, picture):
    return segmentation.segment(picture, network)


def test_images_of_any_size_are_padded_and_cropped(result, picture):
    assert result.padding == (26, 28)
    assert result.coarse_logits.shape == (3, 4, 5)
    assert result.coarse_map.shape == (3, 4)
    assert result.label_map.shape == picture.shape[:2]
    np.testing.assert_array_equal(result.picture, picture)


def test_the_map_equals_upsampling_all_scores(result):
    dense = rescale(result.coarse_logits, 32, order=1, mode="edge", clip=False, channel_axis=-1)
    np.testing.assert_array_equal(result.label_map, dense.argmax(-1)[:70, :100])


def test_cells_and_pixels_have_the_expected_classes(result):
    assert result.coarse_map.tolist() == [[1, 1, 2, 2], [1, 0, 2, 2], [0, 0, 0, 0]]
    assert result.label_map[10, 10] == 1
    assert result.label_map[10, 90] == 2
    assert result.label_map[69, 50] == 0


def test_classes_are_sorted_by_share(result):
    assert [entry.name for entry in result.classes] == ["dark", "green", "red"]
    assert sum(entry.share for entry in result.classes) == pytest.approx(1)
    assert [entry.cells for entry in result.classes] == [5, 4, 3]
    assert result.classes[1].share == pytest.approx((result.label_map == 2).mean())


def test_both_maps_have_the_same_colors(result):
    assert (result.painted()[10, 90] == result.painted_coarse()[0, 3]).all()
    np.testing.assert_array_equal(result.overlay(0), result.picture)
    np.testing.assert_array_equal(result.overlay(1), result.painted())


def test_fixed_colors_of_a_network_are_used(picture):
    palette = np.arange(15, dtype=np.uint8).reshape(5, 3)
    network = Network("mean color", NAMES, mean_color, palette)
    np.testing.assert_array_equal(segmentation.segment(picture, network).colors, palette)


def test_the_npz_file_restores_the_arrays(result):
    with np.load(io.BytesIO(result.to_npz())) as arrays:
        np.testing.assert_array_equal(arrays["label_map"], result.label_map)
        np.testing.assert_array_equal(arrays["coarse_logits"], result.coarse_logits)
        assert tuple(arrays["class_names"]) == NAMES
        np.testing.assert_array_equal(arrays["coarse_map"], result.coarse_map)
        np.testing.assert_array_equal(arrays["picture"], result.picture)
        assert tuple(arrays["padding"]) == result.padding
        assert int(arrays["coarse_factor"]) == 32
        assert int(arrays["version"]) == NPZ_VERSION
        assert str(arrays["upsampling"]) == "bilinear"


def test_every_stage_is_reported_and_timed(network, picture):
    reports = []
    result = segmentation.segment(picture, network, lambda *report: reports.append(report))
    assert "96 × 128" in reports[0][1]
    fractions = [fraction for fraction, _ in reports]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    assert list(result.seconds) == ["network", "coarse map", "upsampled map"]


def test_an_image_of_one_pixel_is_segmented(network):
    result = segmentation.segment(np.full((1, 1, 3), 255, np.uint8), network)
    assert result.label_map.shape == (1, 1)
    assert result.padding == (31, 31)


def test_the_network_s_own_upsampling_gives_the_label_map(picture):
    def build(images):
        tf, _, _ = runtime.load()
        cells = mean_color(images).coarse_logits
        enlarged = tf.repeat(tf.repeat(cells, 32, 1), 32, 2)
        return Scores(cells, 32, enlarged, {"first": cells, "score": cells})

    result = segmentation.segment(picture, Network("enlarged", NAMES, build))
    assert result.coarse_factor == 32
    assert result.coarse_logits.shape == (3, 4, 5)
    assert list(result.sums) == ["first", "score"]
    enlarged = np.kron(result.coarse_map, np.ones((32, 32), int))
    np.testing.assert_array_equal(result.label_map, enlarged[:70, :100])
    assert result.upsampling == "learned"


def test_results_are_keys_of_caches_by_identity(network, picture):
    one, other = (segmentation.segment(picture, network) for _ in range(2))
    assert {one: 1, other: 2} == {one: 1, other: 2}
    assert one != other


@pytest.mark.parametrize(
    ("labels", "cells", "occurring"),
    [
        ([[0, 1]], [[0, 1]], [(0, 0.5, 1), (1, 0.5, 1)]),
        ([[2, 2, 2, 0]], [[2, 3, 3, 0]], [(2, 0.75, 1), (0, 0.25, 1), (3, 0, 2)]),
        ([[1, 1], [1, 1]], [[1]], [(1, 1, 1)]),
    ],
)
def test_every_class_of_either_map_is_listed_once(labels, cells, occurring):
    labels, cells = np.array(labels), np.array(cells)
    picture = np.zeros((*labels.shape, 3), np.uint8)
    logits = np.zeros((*cells.shape, 5), np.float32)
    result = segmentation.Segmentation("n", NAMES, picture, (0, 0), logits, 2, cells, labels)
    assert [(entry.index, entry.share, entry.cells) for entry in result.classes] == occurring
    assert (result.strips, result.precision) == (1, "float32")
