"""Facts of VGG-16: its size, its work, what its cells see and how many there are."""

import math
from typing import Any

from fcnlib.facts.fact import fact
from fcnlib.facts.tolerances import EXACT, ROUNDED, WORDS, Measured
from fcnlib.networks.fcn import fcn_32s
from fcnlib.networks.receptive_field import receptive_field, vgg_layers
from fcnlib.networks.vgg import vgg_16, vgg_16_shapes
from fcnlib.runtime import building

PAPER = "Simonyan & Zisserman, arXiv 1409.1556, configuration D"


@fact(
    "VGG-16 has 138,357,544 parameters in 32 variables, from vgg_16/conv1/conv1_1/weights to "
    "vgg_16/fc8/biases.",
    {
        "parameters": "138,357,544",
        "variables": "32",
        "vgg_16/conv1/conv1_1/weights": "1,728",
        "vgg_16/fc8/biases": "1,000",
    },
    EXACT,
    PAPER + "; the checkpoint",
    seconds=0.3,
    tensorflow=True,
)
def parameters() -> Measured:
    """Build the network and count."""
    with building() as (_, tf1, _slim), tf1.Graph().as_default():
        vgg_16(tf1.placeholder("float32", (1, 224, 224, 3)), fc_conv_padding="VALID")
        counts = {v.op.name: math.prod(v.shape) for v in tf1.trainable_variables()}
    ends = ("vgg_16/conv1/conv1_1/weights", "vgg_16/fc8/biases")
    return {
        "parameters": sum(counts.values()),
        "variables": len(counts),
        **{name: counts[name] for name in ends},
    }


@fact(
    "It multiplies and adds 15.47 · 10⁹ times for one picture of 224 × 224, fc6 VALID.",
    {"": "15.47 GMAC"},
    ROUNDED,
    "arithmetic",
    seconds=0.3,
    tensorflow=True,
)
def multiplications() -> Measured:
    """Multiply each convolution's outputs by the weights that one of them takes."""
    with building() as (_, tf1, _slim), tf1.Graph().as_default() as graph:
        vgg_16(tf1.placeholder("float32", (1, 224, 224, 3)), fc_conv_padding="VALID")
        layers = [op for op in graph.get_operations() if op.type == "Conv2D"]
        counts = [math.prod(op.outputs[0].shape) * _fan_in(op) for op in layers]
    return {"": sum(counts) / 1e9}


@fact(
    "FCN-32s with 21 classes has 134,346,581 parameters, its fixed upsampling kernel not counted.",
    {"": "134,346,581"},
    EXACT,
    "arithmetic",
    seconds=0.3,
    tensorflow=True,
)
def parameters_of_fcn_32s() -> Measured:
    """Build it and count."""
    with building() as (_, tf1, _slim), tf1.Graph().as_default():
        _, end_points = vgg_16(tf1.placeholder("float32", (1, 32, 32, 3)), None)
        fcn_32s(end_points, 21, trainable_kernel=False)
        return {"": sum(math.prod(v.shape) for v in tf1.trainable_variables())}


@fact(
    "What one cell sees of the picture, and the pixels from one cell to the next.",
    {
        "pool3 sees": "44 px",
        "pool4 sees": "100 px",
        "pool5 sees": "212 px",
        "fc7 sees": "404 px",
        "pool3 stride": "8 px",
        "pool4 stride": "16 px",
        "pool5 stride": "32 px",
        "fc7 stride": "32 px",
    },
    EXACT,
    "arithmetic",
)
def receptive_fields() -> Measured:
    """Go up layer by layer with the kernels that the variables have."""
    shapes = vgg_16_shapes()
    receptive_fields = {
        end: receptive_field(vgg_layers(shapes, end)) for end in ("pool3", "pool4", "pool5", "fc7")
    }
    sizes = {f"{end} sees": found.size for end, found in receptive_fields.items()}
    return sizes | {f"{end} stride": found.stride for end, found in receptive_fields.items()}


@fact(
    "Cells of fc7: the padding of fc6 decides.",
    {
        "384 × 512 px, VALID": "6 × 10",
        "384 × 512 px, SAME": "12 × 16",
        "768 × 1024 px, SAME": "24 × 32",
    },
    WORDS,
    "arithmetic; the post's picture for the last",
    seconds=0.3,
    tensorflow=True,
)
def cells() -> Measured:
    """Build a narrow network of the same layers and ask for its shape."""
    return {
        f"{height} × {width} px, {padding}": _cells(height, width, padding)
        for height, width, padding in (
            (384, 512, "VALID"),
            (384, 512, "SAME"),
            (768, 1024, "SAME"),
        )
    }


def _fan_in(convolution: Any) -> int:
    """Return how many products one output of a convolution adds up."""
    height, width, channels, _ = convolution.inputs[1].shape
    return int(height * width * channels)


def _cells(height: int, width: int, padding: str) -> str:
    with building() as (_, tf1, _slim), tf1.Graph().as_default():
        images = tf1.placeholder("float32", (1, height, width, 3))
        net, _ = vgg_16(images, 1, fc_conv_padding=padding, widths=(1, 1, 1, 1, 1), fc_width=1)
        return f"{net.shape[1]} × {net.shape[2]}"


FACTS = (
    parameters,
    multiplications,
    parameters_of_fcn_32s,
    receptive_fields,
    cells,
)
