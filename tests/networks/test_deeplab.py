from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from support.photo_crops import assert_close, crops, photograph, reference

from fcnlib import segmentation
from fcnlib.class_map.resizing import resized_argmax
from fcnlib.errors import WeightsError
from fcnlib.networks import deeplab
from fcnlib.networks.npz_weights import read_weights, write_weights

REFERENCE = reference("voc")
STORED = [name.partition("/")[2] for name in REFERENCE if name.startswith("coarse_logits/")]


@pytest.fixture(scope="module")
def network():
    network = deeplab.load()
    yield network
    network.close()


def grid(long_side):
    return replace(deeplab.GRID, long_side=long_side)


def labels_of(picture, long_side=385):
    """Return the label map of a picture that the network sees at a long side."""
    return segmentation.segment(picture, at(long_side)).label_map


@cache
def at(long_side):
    return deeplab.load(long_side=long_side)


def shares(labels):
    """Return the part of a label map that each class takes, by name."""
    counts = np.bincount(labels.ravel(), minlength=len(deeplab.CLASSES))
    return dict(zip(deeplab.CLASSES, counts / labels.size, strict=True))


@pytest.mark.parametrize("name", STORED)
def test_logits_equal_those_of_the_original_file_with_the_same_weights(network, name):
    """The reference is TensorFlow Lite's, on the file with its weights rounded to float16."""
    found = network.scores(crops()[name]).coarse_logits
    assert_close(found, REFERENCE[f"coarse_logits_float16/{name}"])


@pytest.mark.parametrize("name", crops())
def test_float16_weights_keep_the_labels_of_the_original(name):
    found = labels_of(crops()[name], 257)
    assert (found == REFERENCE[f"labels/{name}"]).mean() >= 0.995


@pytest.mark.parametrize("name", STORED)
def test_original_logits_enlarged_give_the_labels_of_the_original(name):
    """The labels are compared in every pixel, so the enlargement is exact."""
    found = resized_argmax(8, REFERENCE[f"coarse_logits/{name}"], (257, 257), aligned_corners=True)
    np.testing.assert_array_equal(found, REFERENCE[f"labels/{name}"])


def test_labels_follow_from_the_full_size_logits(network):
    """At the network's own size, and on sides that differ."""
    picture = np.ascontiguousarray(photograph("astronaut.png")[:201, :257])
    scores = network.scores(picture, end_points=["logits"])
    labels = scores.end_points["logits"].argmax(-1)
    found = resized_argmax(8, scores.coarse_logits, (201, 257), aligned_corners=True)
    np.testing.assert_array_equal(found, labels)
    assert scores.coarse_logits.shape == (26, 33, 21)
    assert len(np.unique(labels)) > 1


def test_photographs_show_what_is_on_them():
    """Shares of the whole photograph, at its own size."""
    found = {
        name: shares(labels_of(photograph(f"{name}.png")))
        for name in ("chelsea", "astronaut", "motorcycle_left", "coffee")
    }
    assert found["chelsea"]["cat"] == pytest.approx(0.77, abs=0.02)
    assert found["astronaut"]["person"] == pytest.approx(0.455, abs=0.02)
    assert found["motorcycle_left"]["motorbike"] == pytest.approx(0.315, abs=0.02)
    assert found["coffee"]["diningtable"] == pytest.approx(0.965, abs=0.02)


def test_a_label_map_has_the_size_of_its_picture():
    for shape in [(300, 451, 3), (40, 17, 3), (1, 900, 3)]:
        labels = labels_of(np.zeros(shape, np.uint8), 65)
        assert labels.shape == shape[:2]


@pytest.mark.parametrize(
    ("shape", "long_side", "fitted"),
    [
        ((300, 451), 385, (257, 385)),
        ((451, 300), 385, (385, 257)),
        ((100, 100), 385, (385, 385)),
        ((300, 380), 385, (305, 385)),
        ((1, 900), 385, (1, 385)),
        ((257, 257), 260, (257, 257)),
    ],
)
def test_pictures_keep_their_proportions(shape, long_side, fitted):
    assert grid(long_side).fit(np.zeros((*shape, 3), np.uint8)).shape[:2] == fitted


def test_a_picture_of_the_right_size_is_not_resampled():
    picture = crops()["cat"]
    assert grid(257).fit(picture) is picture


@pytest.mark.parametrize("shape", [(256, 257, 3), (257, 257), (257, 257, 4), (0, 257, 3)])
def test_other_shapes_are_refused(network, shape):
    with pytest.raises(ValueError, match=r"must be 8 k \+ 1, got the shape"):
        network.scores(np.zeros(shape, np.uint8))


def test_end_points_are_named_as_in_the_original(network):
    names = ["MobilenetV2/expanded_conv_16/project", "image_pooling", "logits/semantic"]
    found = network.scores(crops()["cat"], end_points=names)
    shapes = [found.end_points[name].shape for name in names]
    assert shapes == [(33, 33, 160), (1, 1, 256), (33, 33, 21)]
    np.testing.assert_array_equal(found.end_points["logits/semantic"], found.coarse_logits)
    with pytest.raises(KeyError, match="Did you mean 'logits/semantic'"):
        network.scores(crops()["cat"], end_points=["logits/semantics"])


def test_the_shipped_file_has_the_weights_of_the_original():
    weights = read_weights("voc", deeplab.SHIPPED)
    assert sum(values.size for values in weights.values()) == 688_357
    assert weights["logits/semantic/weights"].shape == (1, 1, 256, 21)
    assert deeplab.SHIPPED.stat().st_size < 1_500_000


def test_weights_of_another_network_are_refused(tmp_path):
    weights = read_weights("voc", deeplab.SHIPPED)
    weights["aspp0/biases"] = weights["aspp0/biases"][:-1]
    path = write_weights(tmp_path / "voc.npz", {"voc": weights})
    with pytest.raises(WeightsError, match=r"1 variables differ.*aspp0/biases \(\(255,\) instead"):
        deeplab.load(path)


def test_the_palette_is_that_of_pascal_voc(network):
    colors = dict(zip(network.class_names, network.palette.tolist(), strict=True))
    assert colors["background"] == [0, 0, 0]
    assert colors["cat"] == [64, 0, 0]
    assert colors["person"] == [192, 128, 128]
    assert colors["tvmonitor"] == [0, 64, 128]


def test_the_network_describes_itself(network):
    assert network.class_names[8] == "cat"
    assert len(network.class_names) == len(network.palette) == 21
    assert network.coarse_factor == network.scores(crops()["cat"]).coarse_factor == 8
