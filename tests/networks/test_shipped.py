"""Networks by name, their grids, what they cost, and the groups of ImageNet's classes."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from fcnlib import runtime
from fcnlib.networks import Network, Scores, cost, shipped
from fcnlib.networks.class_names import imagenet_names
from fcnlib.networks.grid import CellGrid
from fcnlib.networks.imagenet_groups import group_indices, group_names, voc_classes


@pytest.mark.parametrize("name", [name for name in shipped.NETWORKS if name != "vgg_16"])
def test_every_shipped_network_scores_a_fitted_picture(name):
    network = shipped.loaded(name)
    assert shipped.loaded(name) is network
    fitted = network.grid.fit(np.zeros((50, 70, 3), np.uint8))
    scores = network.scores(fitted)
    assert scores.coarse_logits.shape[2] == len(network.class_names)
    assert np.isfinite(scores.coarse_logits).all()


@pytest.mark.parametrize("load", [shipped.load, shipped.loaded])
def test_an_unknown_network_is_refused_with_the_names(load):
    with pytest.raises(ValueError, match="got 'alexnet'"):
        load("alexnet")


@pytest.mark.parametrize(
    ("grid", "shape", "fitted"),
    [
        (CellGrid(32), (300, 451), (320, 480)),
        (CellGrid(32), (32, 64), (32, 64)),
        (CellGrid(8, corners=True, long_side=385), (300, 451), (257, 385)),
        (CellGrid(8, corners=True, long_side=257), (1000, 10), (257, 1)),
        (CellGrid(1, size=(256, 256)), (300, 451), (256, 256)),
    ],
)
def test_a_fitted_picture_has_sides_that_the_grid_allows(grid, shape, fitted):
    found = grid.fit(np.zeros((*shape, 3), np.uint8)).shape[:2]
    assert found == fitted
    assert grid.fits(*found)


def test_multiply_adds_of_a_tiny_network_by_hand():
    """On 4 × 6 px: 24 positions × 27 weights × 5 channels, 6 × (9 × 5), and 6 × 5 × (4 × 2)."""

    def build(images):
        slim = runtime.load().slim
        net = slim.conv2d(images, 5, 3)
        net = slim.separable_conv2d(net, None, 3, depth_multiplier=1, stride=2)
        return Scores(slim.conv2d_transpose(net, 2, 2, stride=2), 1)

    network = Network("tiny", ["a", "b"], build, grid=CellGrid(2))
    for name, shape in network.shapes.items():
        network.assign(name, np.zeros(shape, np.float32))
    assert cost.multiply_adds(network, (4, 6)) == 24 * 27 * 5 + 6 * 9 * 5 + 6 * 5 * 4 * 2
    assert cost.num_parameters(network) == (27 * 5 + 5) + (9 * 5 + 5) + (4 * 2 * 5 + 2)
    network.close()


def test_the_layers_of_a_tiny_network_need_the_memory_of_its_largest():
    """On 64 × 64 px: 64 channels of float32 and the one made from them, and little beside them."""

    def build(images):
        net = runtime.load().slim.conv2d(images, 64, 3)
        return Scores(runtime.load().slim.conv2d(net, 1, 3), 1)

    network = Network("tiny", ["a"], build, grid=CellGrid(1))
    for name, shape in network.shapes.items():
        network.assign(name, np.zeros(shape, np.float32))
    least = 64 * 64 * 4 * (64 + 1)
    assert least <= cost.peak_memory(network, (64, 64)) <= 1.1 * least
    network.close()


def test_efficientnet_costs_what_its_authors_say_and_a_classifier_for_every_cell():
    """About 385 million at 224 × 224 px without the last layer, which runs on 7 × 7 cells here."""
    count = cost.multiply_adds(shipped.loaded("imagenet"), (224, 224))
    assert count - 49 * 1280 * 1000 == pytest.approx(384e6, rel=0.01)


def test_every_class_of_imagenet_has_a_group_and_cats_are_cats():
    names, groups = imagenet_names(), group_names()
    assert group_indices().shape == (1000,)
    assert len(set(groups)) == len(groups) == 19
    group = {name: groups[index] for name, index in zip(names, group_indices(), strict=True)}
    assert group["Egyptian cat"] == "cat"
    assert group["beagle"] == "dog"
    assert group["espresso"] == "food"
    assert group["school bus"] == "vehicle"
    voc = dict(zip(names, voc_classes(), strict=True))
    assert (voc["Egyptian cat"], voc["school bus"], voc["espresso"]) == ("cat", "bus", "")


def test_l12_five_first_visitors_load_a_network_once(monkeypatch):
    monkeypatch.delitem(shipped._LOADED, "people", raising=False)
    with ThreadPoolExecutor(5) as threads:
        networks = set(map(id, threads.map(shipped.loaded, ["people"] * 5)))
    assert len(networks) == 1
