"""Features of the backbones, and heads on them."""

import numpy as np
import pytest

from fcnlib import runtime
from fcnlib.images import MEAN_RGB, sample
from fcnlib.networks import backbones, deeplab, efficientnet_lite, fcn
from fcnlib.networks.npz_weights import read_weights


def run(build, images, weights):
    """Build tensors for images, set all variables that have weights, and return the values."""
    with runtime.building() as (_, tf1, _), tf1.Graph().as_default():
        placeholder = tf1.placeholder("float32", images.shape)
        tensors = build(placeholder)
        variables = {v.op.name: v for v in tf1.global_variables()}
        with tf1.Session() as session:
            session.run(tf1.global_variables_initializer())
            for name, values in weights.items():
                if name in variables:
                    variables[name].load(values, session)
            return session.run(tensors, {placeholder: images})


@pytest.mark.parametrize(
    ("name", "channels"),
    [("imagenet", (40, 112, 1280)), ("voc", (16, 48, 160)), ("small", (64, 96, 256))],
)
def test_features_lie_at_strides_8_16_and_32(name, channels):
    images = np.zeros((2, 64, 96, 3), np.float32)
    found = run(backbones.BACKBONES[name].features, images, {})
    shapes = {stride: values.shape for stride, values in found.items()}
    expected = zip((8, 16, 32), channels, strict=True)
    assert shapes == {s: (2, 64 // s, 96 // s, width) for s, width in expected}


def test_the_imagenet_features_are_what_the_classifier_scores():
    image = efficientnet_lite.preprocess(sample("cat")[:64, :96])[None]
    weights = read_weights("imagenet", efficientnet_lite.SHIPPED)
    deepest = run(efficientnet_lite.features, image, weights)[32]
    scores = deepest @ weights["efficientnet_lite0/logits/weights"][0, 0]
    scores += weights["efficientnet_lite0/logits/biases"]
    with_last_layer = run(lambda x: efficientnet_lite.build(x).coarse_logits, image, weights)
    np.testing.assert_allclose(scores, with_last_layer, atol=1e-3)


def test_the_voc_features_are_those_of_deeplab_at_some_cells():
    """A strided convolution gives every second cell of the dilated one that replaced it."""
    image = deeplab.preprocess(sample("cat")[:97, :129])[None]
    weights = read_weights("voc", deeplab.SHIPPED)
    strided = run(deeplab.features, image, weights)
    names = {8: "expanded_conv_5", 16: "expanded_conv_12", 32: "expanded_conv_16"}
    layers = run(lambda x: deeplab.build(x).end_points, image, weights)
    # Block 16 has no skip, so its last layer is its output; the other two add their input.
    dense = layers[f"MobilenetV2/{names[32]}/project"]
    np.testing.assert_allclose(strided[32], dense[:, ::4, ::4], atol=1e-3)
    for stride, step in ((8, 1), (16, 2)):
        block = int(names[stride].rpartition("_")[2])
        dense = sum(layers[f"MobilenetV2/expanded_conv_{n}/project"] for n in BLOCKS[block])
        np.testing.assert_allclose(strided[stride], dense[:, ::step, ::step], atol=1e-3)


# The blocks between whose ends a skip adds up all outputs.
BLOCKS = {5: (3, 4, 5), 12: (10, 11, 12)}


@pytest.mark.parametrize("name", ["imagenet", "voc", "small"])
def test_pictures_are_preprocessed_as_each_network_was_trained(name):
    image = sample("cat")[:3, :3].astype(np.float32)
    expected = {
        "imagenet": efficientnet_lite.preprocess(image),
        "voc": deeplab.preprocess(image),
        "small": (image - np.array(MEAN_RGB)) / 64,
    }
    found = backbones.BACKBONES[name].preprocess(image)
    np.testing.assert_allclose(found, expected[name], atol=1e-6)


@pytest.mark.parametrize("head", fcn.HEADS)
@pytest.mark.parametrize("name", ["imagenet", "voc", "small"])
def test_every_head_scores_every_pixel_and_starts_at_zero(name, head):
    images = np.full((1, 64, 96, 3), 100, np.float32)
    scores = run(lambda x: backbones.build(x, name, head, 3).logits, images, {})
    assert scores.shape == (1, 64, 96, 3)
    assert not scores.any()


def test_unknown_names_raise():
    with pytest.raises(ValueError, match="imagenet, voc, small, vgg_16"):
        backbones.build(None, "resnet", "fcn_8s", 2)
    with pytest.raises(ValueError, match="fcn_32s, fcn_16s, fcn_8s"):
        backbones.build_head({}, "fcn_4s", 2)


@pytest.mark.slow
def test_vgg_16_reads_all_weights_but_those_of_imagenets_classes(full_size_checkpoint, monkeypatch):
    monkeypatch.setenv("FCNLIB_VGG_CHECKPOINT", str(full_size_checkpoint))
    weights = backbones.BACKBONES["vgg_16"].weights(lambda *_: None)
    assert weights["vgg_16/fc7/weights"].shape == (1, 1, 4096, 4096)
    assert not [name for name in weights if "fc8" in name]
    assert all(np.any(values) for name, values in weights.items() if name.endswith("/weights"))
