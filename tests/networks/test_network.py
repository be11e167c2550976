import numpy as np
import pytest
from support.checkpoint_factory import NARROW, random_weights, write_v1

from fcnlib import networks
from fcnlib.errors import WeightsError
from fcnlib.networks import Network, Scores, vgg

SHAPES = vgg.vgg_16_shapes(**NARROW)
NAMES = [f"class {number}" for number in range(NARROW["num_classes"])]


def build(images):
    logits, end_points = vgg.vgg_16(images, **NARROW)
    return Scores(logits, vgg.STRIDE, sums={"pool4": vgg.end_point(end_points, "pool4")})


@pytest.fixture
def network():
    network = Network("narrow", NAMES, build)
    yield network
    network.close()


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    return write_v1(tmp_path_factory.mktemp("weights") / "vgg_16.ckpt", SHAPES)


def test_a_network_has_the_variables_of_its_checkpoint(network):
    assert network.shapes == SHAPES


def test_weights_read_are_weights_written(network, checkpoint):
    """Equal scores from a checkpoint and from the very arrays that were written to it."""
    picture = np.random.default_rng(0).integers(0, 256, (64, 96, 3), np.uint8)
    told = []
    networks.load_weights(network, checkpoint, lambda fraction, text: told.append(fraction))
    loaded = network.scores(picture)
    for name, values in random_weights(SHAPES):
        network.assign(name, values)
    assigned = network.scores(picture)
    np.testing.assert_array_equal(loaded.coarse_logits, assigned.coarse_logits)
    assert loaded.coarse_logits.shape == (2, 3, 9)
    assert loaded.coarse_factor == 32
    assert loaded.sums["pool4"].shape == (4, 6, 10)
    assert np.ptp(loaded.coarse_logits) > 0
    assert told == sorted(told)
    assert told[-1] == 1


def test_the_mean_color_is_subtracted(network, checkpoint):
    """A black picture is not nothing to the network: it is the mean color, negated."""
    networks.load_weights(network, checkpoint)
    black = network.scores(np.zeros((32, 32, 3), np.uint8)).coarse_logits
    for name, values in random_weights(SHAPES):
        if name.endswith("biases"):
            network.assign(name, 0 * values)
    assert np.ptp(black) > 0
    assert np.ptp(network.scores(np.zeros((32, 32, 3), np.uint8)).coarse_logits) > 0


def test_sides_that_are_no_multiples_of_32_are_refused(network):
    with pytest.raises(ValueError, match="multiples of 32"):
        network.scores(np.zeros((32, 40, 3), np.uint8))


def test_weights_of_another_network_are_refused_before_they_serve(network, tmp_path):
    shapes = SHAPES | {"vgg_16/fc8/biases": (8,)}
    del shapes["vgg_16/conv1/conv1_1/biases"]
    path = write_v1(tmp_path / "vgg_16.ckpt", shapes)
    with pytest.raises(WeightsError, match=r"conv1_1/biases is missing; .*fc8/biases has shape"):
        networks.load_weights(network, path)


def test_vgg_16_without_weights_says_how_to_get_them(monkeypatch, tmp_path):
    monkeypatch.delenv("FCNLIB_VGG_CHECKPOINT", raising=False)
    monkeypatch.setenv("FCNLIB_CACHE_DIR", str(tmp_path))
    with pytest.raises(WeightsError, match="python -m fcnlib weights --fetch"):
        networks.vgg_16()


def test_rows_are_set_one_after_another(network):
    """A part leaves the other rows as they were, zero if they were never set."""
    weights = dict(random_weights(SHAPES))
    for name, values in weights.items():
        for first in range(0, len(values), 2):
            network.assign(name, values[first : first + 2], first)
    picture = np.random.default_rng(1).integers(0, 256, (32, 32, 3), np.uint8)
    by_rows = network.scores(picture).coarse_logits
    for name, values in weights.items():
        network.assign(name, values)
    np.testing.assert_array_equal(by_rows, network.scores(picture).coarse_logits)
    bias = "vgg_16/fc8/biases"
    network.assign(bias, np.full(3, 100, np.float32), 4)
    change = network.scores(picture).coarse_logits - by_rows
    expected = np.where(np.isin(np.arange(9), [4, 5, 6]), 100 - weights[bias], 0)
    np.testing.assert_allclose(change[0, 0], expected, atol=1e-4)


@pytest.mark.parametrize(("shape", "first"), [((9,), 1), ((3, 3), 0), ((2,), -1), ((2,), 8)])
def test_rows_that_do_not_fit_are_refused(network, shape, first):
    with pytest.raises(ValueError, match=r"do not fit vgg_16/fc8/biases of shape \(9,\)"):
        network.assign("vgg_16/fc8/biases", np.zeros(shape, np.float32), first)
