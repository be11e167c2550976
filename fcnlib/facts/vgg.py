"""Facts about VGG-16: parameters, operations, receptive fields and numbers of cells."""

import math
from typing import Any

from fcnlib.facts.fact import fact
from fcnlib.facts.tolerances import EXACT, ROUNDED, WORDS, Measured
from fcnlib.networks.fcn import fcn_32s
from fcnlib.networks.receptive_field import receptive_field, vgg_layers
from fcnlib.networks.vgg import vgg_16, vgg_16_shapes
from fcnlib.runtime import building

PAPER = "Simonyan & Zisserman, arXiv 1409.1556, configuration D"
ENDS = ("vgg_16/conv1/conv1_1/weights", "vgg_16/fc8/biases")


@fact(
    "VGG-16 has 138,357,544 parameters in 32 variables, from vgg_16/conv1/conv1_1/weights to "
    "vgg_16/fc8/biases.",
    {"parameters": "138,357,544", "variables": "32", ENDS[0]: "1,728", ENDS[1]: "1,000"},
    EXACT,
    PAPER + "; the file with the weights",
    seconds=0.3,
    tensorflow=True,
)
def parameters() -> Measured:
    """Build the network and count."""
    with building() as (_, tf1, _slim), tf1.Graph().as_default():
        vgg_16(tf1.placeholder("float32", (1, 224, 224, 3)), fc_conv_padding="VALID")
        counts = {v.op.name: math.prod(v.shape) for v in tf1.trainable_variables()}
    ends = {name: counts[name] for name in ENDS}
    return {"parameters": sum(counts.values()), "variables": len(counts)} | ends


@fact(
    "For one image of 224 × 224 px, VGG-16 computes 15.47 · 10⁹ multiply-adds (GMAC), if its "
    "layer fc6 has the padding VALID, which means none.",
    {"": "15.47 GMAC"},
    ROUNDED,
    "arithmetic",
    seconds=0.3,
    tensorflow=True,
)
def multiplications() -> Measured:
    """Multiply the number of outputs of each convolution by the number of weights per output."""
    with building() as (_, tf1, _slim), tf1.Graph().as_default() as graph:
        vgg_16(tf1.placeholder("float32", (1, 224, 224, 3)), fc_conv_padding="VALID")
        layers = [op for op in graph.get_operations() if op.type == "Conv2D"]
        counts = [math.prod(op.outputs[0].shape) * _fan_in(op) for op in layers]
    return {"": sum(counts) / 1e9}


@fact(
    "FCN-32s with 21 classes has 134,346,581 parameters, not counting its fixed upsampling kernel.",
    {"": "134,346,581"},
    EXACT,
    "arithmetic",
    seconds=0.3,
    tensorflow=True,
)
def parameters_of_fcn_32s() -> Measured:
    """Build the network and count."""
    with building() as (_, tf1, _slim), tf1.Graph().as_default():
        _, end_points = vgg_16(tf1.placeholder("float32", (1, 32, 32, 3)), None)
        fcn_32s(end_points, 21, trainable_kernel=False)
        return {"": sum(math.prod(v.shape) for v in tf1.trainable_variables())}


@fact(
    "Receptive field and stride of the cells of a layer. A cell depends on a square of pixels, and "
    "the receptive field is the side of this square. The stride is the distance in pixels from one "
    "cell to the next. pool3 is the output of the third block of layers, and fc7 is the last layer "
    "before the class scores.",
    {
        ("pool3", "size"): "44 px",
        ("pool4", "size"): "100 px",
        ("pool5", "size"): "212 px",
        ("fc7", "size"): "404 px",
        ("pool3", "stride"): "8 px",
        ("pool4", "stride"): "16 px",
        ("pool5", "stride"): "32 px",
        ("fc7", "stride"): "32 px",
    },
    EXACT,
    "arithmetic",
    case="{} {}",
)
def receptive_fields(layer: str, quantity: str) -> int:
    """Compute it layer by layer from the kernel sizes of the variables."""
    return getattr(receptive_field(vgg_layers(vgg_16_shapes(), layer)), quantity)


@fact(
    "Number of cells of fc7, the last layer before the class scores. It depends on the padding of "
    "the layer before it, fc6: VALID adds no zeros, SAME adds so many that no cell is lost.",
    {
        (384, 512, "VALID"): "6 × 10",
        (384, 512, "SAME"): "12 × 16",
        (768, 1024, "SAME"): "24 × 32",
    },
    WORDS,
    "arithmetic; the last size is that of the post's picture",
    case="{} × {} px, {}",
    seconds=0.3,
    tensorflow=True,
)
def cells(height: int, width: int, padding: str) -> str:
    """Build a narrow network of the same layers and read its shape."""
    with building() as (_, tf1, _slim), tf1.Graph().as_default():
        images = tf1.placeholder("float32", (1, height, width, 3))
        net, _ = vgg_16(images, 1, fc_conv_padding=padding, widths=(1, 1, 1, 1, 1), fc_width=1)
        return f"{net.shape[1]} × {net.shape[2]}"


def _fan_in(convolution: Any) -> int:
    """Return the number of products that one output of a convolution adds up."""
    height, width, channels, _ = convolution.inputs[1].shape
    return int(height * width * channels)
