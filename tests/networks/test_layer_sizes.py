"""Sizes, weights and work of VGG-16's layers, against the network that TensorFlow builds."""

import math

import pytest

from fcnlib import runtime
from fcnlib.networks.layer_sizes import vgg_16_layers
from fcnlib.networks.vgg import end_point, vgg_16, vgg_16_cells

NARROW = {"widths": (1, 1, 1, 1, 1), "fc_width": 1}


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
@pytest.mark.parametrize(("height", "width"), [(224, 224), (384, 512), (768, 1024), (287, 351)])
def test_cells_are_those_of_the_network(height, width, padding):
    with runtime.building() as (_, tf1, _slim), tf1.Graph().as_default():
        images = tf1.placeholder("float32", (1, height, width, 3))
        net, _ = vgg_16(images, 1, fc_conv_padding=padding, **NARROW)
        assert vgg_16_cells(height, width, padding) == tuple(net.shape[1:3])


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
def test_every_layer_has_the_shape_and_the_work_of_the_network(padding):
    layers = vgg_16_layers(256, 320, padding)
    with runtime.building() as (_, tf1, _slim), tf1.Graph().as_default() as graph:
        images = tf1.placeholder("float32", (1, 256, 320, 3))
        _, end_points = vgg_16(images, fc_conv_padding=padding)
        for layer in layers:
            shape = tuple(end_point(end_points, layer.name).shape)
            assert shape == (1, layer.rows, layer.cols, layer.channels)
            assert layer.nbytes == 4 * math.prod(shape)
        convolutions = [op for op in graph.get_operations() if op.type == "Conv2D"]
        work = [
            math.prod(op.outputs[0].shape) * math.prod(op.inputs[1].shape[:3])
            for op in convolutions
        ]
        weights = sum(math.prod(v.shape) for v in graph.get_collection("trainable_variables"))
    assert [layer.multiply_adds for layer in layers if layer.weights] == work
    assert sum(layer.weights for layer in layers) == weights
    assert len(layers) == 21


def test_receptive_fields_are_those_of_the_literature():
    fields = {layer.name: layer.field for layer in vgg_16_layers(768, 1024)}
    sizes = {"conv1_1": 3, "pool3": 44, "pool4": 100, "pool5": 212, "fc6": 404, "fc8": 404}
    assert {name: fields[name].size for name in sizes} == sizes
    assert fields["pool5"].stride == fields["fc8"].stride == 32


@pytest.mark.parametrize(("height", "padding", "least"), [(31, "SAME", 32), (223, "VALID", 224)])
def test_pictures_without_a_single_cell_are_rejected(height, padding, least):
    with pytest.raises(ValueError, match=f"{least} × {least}"):
        vgg_16_cells(height, 512, padding)


def test_other_paddings_and_sides_are_rejected():
    with pytest.raises(ValueError, match="padding"):
        vgg_16_cells(224, 224, "same")
    with pytest.raises(TypeError):
        vgg_16_cells(224.5, 224)
