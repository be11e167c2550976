from collections import Counter

import numpy as np
import pytest
from support.photo_crops import assert_close, crops, photograph, reference

from fcnlib import class_map
from fcnlib.images.preprocessing import pad_to_multiple
from fcnlib.networks import efficientnet_lite
from fcnlib.networks.class_names import imagenet_names
from fcnlib.networks.npz_weights import read_weights

REFERENCE = reference("imagenet")
STORED = [name.partition("/")[2] for name in REFERENCE if name.startswith("logits_float16/")]


@pytest.fixture(scope="module")
def network():
    network = efficientnet_lite.load()
    yield network
    network.close()


def cells(network, file):
    """Return how many cells of a photograph each class leads, by name, and their number."""
    picture = pad_to_multiple(photograph(file))
    best = class_map.label_map(network.scores(picture).coarse_logits)
    return Counter(network.class_names[index] for index in best.ravel()), best.size


@pytest.mark.parametrize("name", STORED)
def test_logits_equal_those_of_the_original_network_with_the_same_weights(network, name):
    """The reference is PyTorch's, on the package's layers with its weights rounded to float16."""
    expected = REFERENCE[f"logits_float16/{name}"]
    assert expected.shape == (6, 8, 1000)
    assert_close(network.scores(crops()[name][:192, :256]).coarse_logits, expected)


def test_float16_weights_keep_the_best_class_of_nearly_all_cells(network):
    """Of ten crops together: one crop has only 64 cells."""
    kept = [
        network.scores(crop[:256, :256]).coarse_logits.argmax(-1) == REFERENCE[f"labels/{name}"]
        for name, crop in crops().items()
    ]
    assert np.mean(kept) >= 0.99


def test_cats_lead_over_half_of_the_cells_of_a_cat(network):
    leaders, count = cells(network, "chelsea.png")
    assert leaders["Egyptian cat"] + leaders["tiger cat"] + leaders["tabby"] > count / 2
    assert leaders.most_common(1)[0][0] == "Egyptian cat"


def test_espresso_leads_most_cells_of_a_cup_of_coffee(network):
    leaders, _ = cells(network, "coffee.png")
    assert leaders.most_common(1)[0][0] == "espresso"


def test_the_classes_are_those_of_imagenet_in_its_order(network):
    assert network.class_names == imagenet_names()
    assert network.palette is None


def test_scores_have_one_cell_per_32_pixels(network):
    scores = network.scores(np.zeros((64, 96, 3), np.uint8))
    assert scores.coarse_logits.shape == (2, 3, 1000)
    assert scores.coarse_factor == network.coarse_factor == 32


@pytest.mark.parametrize("shape", [(64, 90, 3), (0, 64, 3)])
def test_other_sides_are_refused(network, shape):
    with pytest.raises(ValueError, match="must be multiples of 32, got the shape"):
        network.scores(np.zeros(shape, np.uint8))


def test_end_points_are_the_layers(network):
    names = [f"efficientnet_lite0/{name}" for name in ("stem", "blocks_15/project", "head")]
    found = network.scores(np.zeros((64, 96, 3), np.uint8), end_points=names).end_points
    assert [found[name].shape for name in names] == [(32, 48, 32), (2, 3, 320), (2, 3, 1280)]


def test_the_shipped_file_has_the_weights_of_the_original():
    """Batch normalization had two trained weights per channel, of which a bias is left."""
    weights = read_weights("imagenet", efficientnet_lite.SHIPPED)
    channels = sum(values.size for name, values in weights.items() if name.endswith("biases"))
    folded_channels = channels - 1000
    assert sum(values.size for values in weights.values()) + folded_channels == 4_652_008
    assert weights["efficientnet_lite0/logits/weights"].shape == (1, 1, 1280, 1000)
    assert efficientnet_lite.SHIPPED.stat().st_size < 9_500_000
