import numpy as np
import pytest

from fcnlib import runtime
from fcnlib.networks.vgg import end_point, vgg_16

NARROW = {"widths": (2, 3, 4, 5, 6), "fc_width": 8}
OFFICIAL_PARAMETERS = 138_357_544


@pytest.fixture
def graph():
    """Yield a new graph to build in, while holding the lock."""
    with runtime.building() as (_, tf1, _slim), tf1.Graph().as_default() as graph:
        yield graph


def placeholder(height, width):
    return runtime.load().tf1.placeholder("float32", (1, height, width, 3))


def test_the_network_has_the_variables_of_the_official_checkpoint(graph):
    vgg_16(placeholder(224, 224), fc_conv_padding="VALID")
    variables = {v.op.name: tuple(v.shape) for v in graph.get_collection("trainable_variables")}
    assert len(variables) == 32
    assert sum(np.prod(shape) for shape in variables.values()) == OFFICIAL_PARAMETERS
    assert variables["vgg_16/conv1/conv1_1/weights"] == (3, 3, 3, 64)
    assert variables["vgg_16/conv5/conv5_3/weights"] == (3, 3, 512, 512)
    assert variables["vgg_16/fc6/weights"] == (7, 7, 512, 4096)
    assert variables["vgg_16/fc7/biases"] == (4096,)
    assert variables["vgg_16/fc8/weights"] == (1, 1, 4096, 1000)


@pytest.mark.parametrize(("padding", "cells"), [("SAME", (12, 16)), ("VALID", (6, 10))])
def test_padding_of_fc6_determines_the_number_of_cells(graph, padding, cells):
    net, _ = vgg_16(placeholder(384, 512), 9, fc_conv_padding=padding, **NARROW)
    assert tuple(net.shape) == (1, *cells, 9)


def test_end_points_have_the_names_and_shapes_of_the_layers(graph):
    _, end_points = vgg_16(placeholder(64, 96), 9, **NARROW)
    shapes = {name: tuple(tensor.shape)[1:] for name, tensor in end_points.items()}
    assert list(shapes) == [
        f"vgg_16/{name}"
        for name in (
            *("conv1/conv1_1", "conv1/conv1_2", "pool1"),
            *("conv2/conv2_1", "conv2/conv2_2", "pool2"),
            *("conv3/conv3_1", "conv3/conv3_2", "conv3/conv3_3", "pool3"),
            *("conv4/conv4_1", "conv4/conv4_2", "conv4/conv4_3", "pool4"),
            *("conv5/conv5_1", "conv5/conv5_2", "conv5/conv5_3", "pool5"),
            *("fc6", "dropout6", "fc7", "dropout7", "fc8"),
        )
    ]
    assert shapes["vgg_16/pool3"] == (8, 12, 4)
    assert shapes["vgg_16/pool4"] == (4, 6, 5)
    assert shapes["vgg_16/pool5"] == (2, 3, 6)
    assert shapes["vgg_16/fc7"] == (2, 3, 8)


def test_without_classes_the_network_ends_after_fc7(graph):
    net, end_points = vgg_16(placeholder(32, 32), None, **NARROW)
    assert net is end_point(end_points, "dropout7")


def test_the_error_for_a_wrong_layer_name_suggests_the_closest(graph):
    _, end_points = vgg_16(placeholder(32, 32), **NARROW)
    with pytest.raises(KeyError, match=r"'pool_4'.*'pool4'"):
        end_point(end_points, "pool_4")


def test_wrong_widths_and_paddings_are_rejected(graph):
    with pytest.raises(ValueError, match="widths must be 5"):
        vgg_16(placeholder(32, 32), widths=(1, 2))
    with pytest.raises(ValueError, match=r'"SAME" or "VALID".*same'):
        vgg_16(placeholder(32, 32), fc_conv_padding="same", **NARROW)


@pytest.mark.slow
def test_equals_keras_with_the_same_weights():
    """The reference is the VGG-16 of Keras, with its dense layers reshaped."""
    picture = np.random.default_rng(1).uniform(-120, 130, (1, 224, 224, 3)).astype("float32")
    expected, weights = keras_logits_and_weights(picture)
    tolerance = 1e-5 * np.ptp(expected)
    with runtime.building() as (_, tf1, _slim), tf1.Graph().as_default() as graph:
        images = placeholder(224, 224)
        valid, _ = vgg_16(images, fc_conv_padding="VALID")
        with tf1.variable_scope(tf1.get_variable_scope(), reuse=True):
            same, _ = vgg_16(images, fc_conv_padding="SAME")
        variables = graph.get_collection("trainable_variables")
    with tf1.Session(graph=graph) as session:
        for variable, value in zip(variables, weights, strict=True):
            variable.load(value.reshape(variable.shape), session)
        one_cell, all_cells = session.run([valid, same], {images: picture})
    assert one_cell.shape == (1, 1, 1, 1000)
    np.testing.assert_allclose(one_cell[0, 0, 0], expected[0], rtol=0, atol=tolerance)
    # The center cell of SAME depends on the same 7 × 7 cells of pool5 as the only cell of VALID.
    assert all_cells.shape == (1, 7, 7, 1000)
    np.testing.assert_allclose(all_cells[0, 3, 3], expected[0], rtol=0, atol=tolerance)


def keras_logits_and_weights(picture):
    """Run the VGG-16 of Keras with seeded weights; return logits and arrays in layer order."""
    from keras.applications import VGG16

    model = VGG16(weights=None, classifier_activation=None)
    rng = np.random.default_rng(0)
    weights = [
        rng.standard_normal(array.shape, "float32") * np.sqrt(2 / np.prod(array.shape[:-1]))
        for array in model.get_weights()
    ]
    model.set_weights(weights)
    return np.asarray(model(picture, training=False)), weights
