import numpy as np
import pytest
from support.photo_crops import assert_close, crops, photograph, reference

from fcnlib.kernels import bilinear_upsample_weights
from fcnlib.networks import selfie_segmentation
from fcnlib.networks.npz_weights import read_weights

REFERENCE = reference("people")
STORED = [name.partition("/")[2] for name in REFERENCE if name.startswith("mask/")]


@pytest.fixture(scope="module")
def network():
    network = selfie_segmentation.load()
    yield network
    network.close()


def picture(name):
    return crops()[name][:256, :256]


def sigmoid(scores):
    return 1 / (1 + np.exp(-scores.clip(-50, 50)))


@pytest.mark.parametrize("name", STORED)
def test_masks_equal_those_of_mediapipe(network, name):
    """Scores reach ±500, so float32 leaves the steepest part of the sigmoid 2e-4 of error."""
    found = network.scores(picture(name), end_points=["mask"]).end_points["mask"][..., 0]
    np.testing.assert_allclose(found, REFERENCE[f"mask/{name}"], rtol=0, atol=5e-4)


@pytest.mark.parametrize("name", STORED)
def test_scores_equal_those_behind_the_masks_of_mediapipe(network, name):
    """Where the mask is not rounded to 0 or 1, its logit is the score."""
    mask = REFERENCE[f"mask/{name}"].astype(np.float64)
    inside = (mask > 1e-4) & (mask < 1 - 1e-4)
    scores = network.scores(picture(name)).coarse_logits[..., 1]
    difference = scores[inside] - np.log(mask[inside] / (1 - mask[inside]))
    assert np.abs(difference).max() <= 1e-4 * np.ptp(scores)


@pytest.mark.parametrize("name", STORED)
def test_activations_equal_those_of_the_original_file(network, name):
    """The reference is TensorFlow Lite's, on the file without its last two operators."""
    found = network.scores(picture(name), end_points=["activations"]).end_points["activations"]
    assert found.shape == (128, 128, 16)
    assert_close(found[::4, ::4], REFERENCE[f"activations/{name}"])


@pytest.mark.parametrize("name", crops())
def test_people_are_found_where_mediapipe_finds_them(network, name):
    found = network.scores(picture(name)).coarse_logits.argmax(-1)
    expected = np.unpackbits(REFERENCE[f"person/{name}"]).reshape(256, 256)
    assert (found == expected).mean() >= 0.995


def test_the_last_layer_is_a_transposed_convolution_of_the_activations(network):
    """Written out by hand: kernels of 2 × 2 at a stride of 2 do not overlap."""
    layer = selfie_segmentation.last_layer()
    assert layer.kernels.shape == (2, 2, 1, 16)
    assert layer.bias.shape == (1,)
    end_points = network.scores(picture("camera"), end_points=["activations", "mask"]).end_points
    scores = np.zeros((256, 256))
    for row in range(2):
        for col in range(2):
            stamped = end_points["activations"].astype(np.float64) @ layer.kernels[row, col, 0]
            scores[row::2, col::2] = stamped + layer.bias
    np.testing.assert_allclose(sigmoid(scores), end_points["mask"][..., 0], rtol=0, atol=5e-4)


def test_the_learned_kernels_are_not_bilinear():
    """A bilinear kernel for a factor of 2 is 4 × 4, and its central 2 × 2 weights are equal."""
    kernels = selfie_segmentation.last_layer().kernels[:, :, 0]
    central = bilinear_upsample_weights(2, 1)[1:3, 1:3, 0, 0]
    assert np.ptp(central) == 0
    spread = np.ptp(kernels, (0, 1)) / np.abs(kernels).max((0, 1))
    assert spread.min() > 0.3


def test_the_two_classes_are_the_sides_of_the_mask(network):
    """The softmax of (0, score) is the sigmoid of the score."""
    scores = network.scores(picture("astronaut"), end_points=["mask"])
    background, person = np.moveaxis(scores.coarse_logits, -1, 0)
    assert not background.any()
    mask = scores.end_points["mask"][..., 0]
    np.testing.assert_array_equal(person > 0, mask > 0.5)
    assert network.class_names == ("background", "person")
    assert len(network.palette) == 2
    assert scores.coarse_factor == 1


def test_photographs_of_any_shape_get_masks_of_their_size(network):
    astronaut = selfie_segmentation.mask(network, photograph("astronaut.png"))
    assert astronaut.shape == (512, 512)
    assert astronaut.dtype == np.float32
    assert (astronaut > 0.5).mean() == pytest.approx(0.545, abs=0.02)
    rocket = selfie_segmentation.mask(network, photograph("rocket.jpg"))
    assert rocket.shape == (427, 640)
    assert rocket.max() < 0.5


def test_other_sides_are_refused(network):
    with pytest.raises(ValueError, match="must be 256 × 256, got the shape"):
        network.scores(np.zeros((256, 512, 3), np.uint8))


def test_the_shipped_file_has_the_weights_of_the_original():
    weights = read_weights("people", selfie_segmentation.SHIPPED)
    assert sum(values.size for values in weights.values()) == 106_401
    assert selfie_segmentation.SHIPPED.stat().st_size < 250_000
