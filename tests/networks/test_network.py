import numpy as np
import pytest
from support.checkpoint_factory import NARROW, random_weights, write_v1

from fcnlib import networks, scenes
from fcnlib.errors import WeightsError
from fcnlib.networks import Network, Scores, small_fcn, vgg
from fcnlib.networks.npz_weights import read_weights

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


def test_reading_a_checkpoint_restores_the_written_weights(network, checkpoint):
    """A checkpoint gives the same scores as the arrays that were written to it."""
    picture = np.random.default_rng(0).integers(0, 256, (64, 96, 3), np.uint8)
    fractions = []
    networks.load_weights(network, checkpoint, lambda fraction, _: fractions.append(fraction))
    loaded = network.scores(picture)
    for name, values in random_weights(SHAPES):
        network.assign(name, values)
    assigned = network.scores(picture)
    np.testing.assert_array_equal(loaded.coarse_logits, assigned.coarse_logits)
    assert loaded.coarse_logits.shape == (2, 3, 9)
    assert loaded.coarse_factor == 32
    assert loaded.sums["pool4"].shape == (4, 6, 10)
    assert np.ptp(loaded.coarse_logits) > 0
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1


def test_given_weights_score_like_assigned_ones():
    weights = read_weights("fcn_8s")
    given = Network("given", scenes.CLASSES, small_fcn.build, weights=weights)
    assigned = Network("assigned", scenes.CLASSES, small_fcn.build)
    for name, values in weights.items():
        assigned.assign(name, values)
    assert given.shapes == assigned.shapes == {n: v.shape for n, v in weights.items()}
    picture = scenes.scene(1).picture
    expected = assigned.scores(picture).logits
    assert np.array_equal(given.scores(picture).logits, expected)


def test_the_mean_color_is_subtracted(network, checkpoint):
    """For a black image, the input of the network is the negated mean color, not zero."""
    networks.load_weights(network, checkpoint)
    black = network.scores(np.zeros((32, 32, 3), np.uint8)).coarse_logits
    for name, values in random_weights(SHAPES):
        if name.endswith("biases"):
            network.assign(name, 0 * values)
    assert np.ptp(black) > 0
    assert np.ptp(network.scores(np.zeros((32, 32, 3), np.uint8)).coarse_logits) > 0


def test_sides_must_be_multiples_of_32(network):
    with pytest.raises(ValueError, match=r"32.*\(32, 40, 3\)"):
        network.scores(np.zeros((32, 40, 3), np.uint8))


def test_weights_of_another_network_are_rejected(network, tmp_path):
    shapes = SHAPES | {"vgg_16/fc8/biases": (8,)}
    del shapes["vgg_16/conv1/conv1_1/biases"]
    path = write_v1(tmp_path / "vgg_16.ckpt", shapes)
    with pytest.raises(WeightsError, match=r"conv1_1/biases.*fc8/biases"):
        networks.load_weights(network, path)


def test_vgg_16_without_weights_names_the_command_to_fetch_them(monkeypatch, tmp_path):
    monkeypatch.delenv("FCNLIB_VGG_CHECKPOINT", raising=False)
    monkeypatch.setenv("FCNLIB_CACHE_DIR", str(tmp_path))
    with pytest.raises(WeightsError, match="python -m fcnlib weights --fetch"):
        networks.vgg_16()


def test_rows_can_be_set_in_parts(network):
    """Setting some rows does not change the others, which are zero if they were never set."""
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
def test_rows_must_fit_the_variable(network, shape, first):
    with pytest.raises(ValueError, match=r"vgg_16/fc8/biases.*\(9,\)"):
        network.assign("vgg_16/fc8/biases", np.zeros(shape, np.float32), first)
