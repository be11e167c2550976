"""EfficientNet-Lite0, an ImageNet classifier that scores every cell of a picture.

The classifier averages 1280 features over all cells and maps the mean to 1000 scores. Here
the average is left out and the last layer is applied to every cell as a 1 × 1 convolution.
A picture of any size therefore gives 1000 scores for every cell of 32 × 32 px. The mean of these
scores over all cells equals the scores of the original classifier. The network has 3 % of
VGG-16's weights.

"Lite" means that the network has no squeeze-and-excitation blocks, which scale each channel by a
factor computed from the whole picture, and that it clips activations at 6. It can therefore also
run on devices that compute with integers.

References
----------
.. [1] M. Tan and Q. V. Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural
   Networks", ICML 2019. :arxiv:`1905.11946`.
.. [2] J. Long, E. Shelhamer and T. Darrell, "Fully Convolutional Networks for Semantic
   Segmentation", CVPR 2015, section 3.1, for dense layers as convolutions.

"""

from pathlib import Path
from typing import Any

import numpy as np

from fcnlib import runtime
from fcnlib.images.values import as_bytes
from fcnlib.networks.class_names import imagenet_names
from fcnlib.networks.graph import Scores
from fcnlib.networks.grid import CellGrid
from fcnlib.networks.mobilenet import Layers, inverted_residual, linear
from fcnlib.networks.network import Network
from fcnlib.networks.npz_weights import DATA, read_weights
from fcnlib.networks.receptive_field import Layer
from fcnlib.typing import AnyArray, Float32Array

SHIPPED = DATA / "imagenet.npz"
"""The weights; their model card is ``imagenet.md`` in the same folder."""

GRID = CellGrid(32)
"""One cell per block of 32 × 32 pixels."""

# Per stage: blocks, kernel size, stride of the first block, expansion and channels.
_STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)


def build(images: Any) -> Scores:
    """Build the network into the current graph; call it inside `runtime.building`.

    Parameters
    ----------
    images : Tensor of shape (1, H, W, 3)
        As `preprocess` returns them; H and W are multiples of 32.

    Returns
    -------
    outputs : Scores
        Coarse logits of shape (1, H / 32, W / 32, 1000). The end points are the layers'
        outputs by name, such as ``"efficientnet_lite0/blocks_15/project"``.

    """
    tf, tf1, _ = runtime.load()
    layers = Layers(tf.nn.relu6)
    with tf1.variable_scope("efficientnet_lite0"):
        *_, net = _stages(layers, images)
        net = layers.convolution(net, 1280, 1, "head")
        logits = layers.convolution(net, 1000, 1, "logits", activation=linear)
    return Scores(logits, GRID.factor, end_points=layers.end_points)


def features(images: Any) -> dict[int, Any]:
    """Build the network without its last layer, for a head that segments.

    Parameters
    ----------
    images : Tensor of shape (N, H, W, 3)
        As for `build`.

    Returns
    -------
    features : dict of int to Tensor
        By stride: 40 channels at 8, 112 at 16, and the 1280 of the last hidden layer at 32.

    """
    tf, tf1, _ = runtime.load()
    layers = Layers(tf.nn.relu6)
    with tf1.variable_scope("efficientnet_lite0"):
        stages = _stages(layers, images)
        deepest = layers.convolution(stages[-1], 1280, 1, "head")
    return {8: stages[2], 16: stages[4], 32: deepest}


def _stages(layers: Layers, images: Any) -> list[Any]:
    """Return the output of every stage."""
    net = layers.convolution(images, 32, 3, "stem", stride=2)
    number, outputs = 0, []
    for blocks, kernel_size, stride, expansion, width in _STAGES:
        for block in range(blocks):
            net = inverted_residual(
                layers,
                net,
                width,
                f"blocks_{number}",
                expansion=expansion,
                kernel_size=kernel_size,
                # Only the first block of a stage reduces the size.
                stride=1 if block else stride,
            )
            number += 1
        outputs.append(net)
    return outputs


def layers() -> list[Layer]:
    """Return kernel and stride of every layer up to ``"head"``, from the picture up.

    Examples
    --------
    >>> from fcnlib.networks.receptive_field import receptive_field
    >>> receptive_field(layers())
    ReceptiveField(size=851, stride=32, start=-394)

    """
    found = [Layer(3, 2)]
    for blocks, kernel_size, stride, _, _ in _STAGES:
        found += [Layer(kernel_size, stride), *[Layer(kernel_size)] * (blocks - 1)]
    return found


def preprocess(image: AnyArray) -> Float32Array:
    """Return a picture in [0, 255] scaled to about [-1, 1], as in the network's training."""
    return (as_bytes(image, "image").astype(np.float32) - np.float32(127)) / np.float32(128)


def load(path: Path = SHIPPED) -> Network:
    """Load the network with its shipped weights.

    Parameters
    ----------
    path : Path, optional
        Weights of the form of `npz_weights`.

    Returns
    -------
    network : Network
        With ImageNet's 1000 classes and a factor of 32. `class_map.upsampled_argmax` maps
        its coarse logits to pixels.

    Raises
    ------
    WeightsError
        If the weights are missing, damaged or of another network.

    """
    return Network(
        "EfficientNet-Lite0 (ImageNet)",
        imagenet_names(),
        build,
        preprocess=preprocess,
        grid=GRID,
        weights=read_weights("imagenet", path),
    )
