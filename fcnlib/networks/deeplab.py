"""DeepLab v3 on MobileNet v2, trained on PASCAL VOC 2012.

::

    picture ─> MobileNet v2, stride 8 ─┬─> aspp0 (1 × 1) ──────────────────────────────┐
                                       └─> mean of all cells ─> image_pooling (1 × 1) ─┤
        ┌──────────────────────────────────────────────────────────────────────────────┘
        └─> concat_projection ─> logits/semantic ─> bilinear × 8 ─> labels

The MobileNet v2 classifier has a total stride of 32. Here it is 8, because dilated convolutions,
which skip cells between their weights, replace two of the strided ones. The last layer upsamples
the 21 scores of each cell by a factor of 8 with bilinear interpolation and aligned corners. The
centers of the outermost cells are therefore the centers of the outermost pixels, and each side of
the input has ``8 k + 1`` pixels.

References
----------
.. [1] L.-C. Chen et al., "Rethinking Atrous Convolution for Semantic Image Segmentation",
   :arxiv:`1706.05587`.
.. [2] M. Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", CVPR 2018,
   section 6.3. :arxiv:`1801.04381`.

"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from fcnlib import runtime
from fcnlib.images.values import as_bytes
from fcnlib.networks.graph import Scores
from fcnlib.networks.grid import CellGrid
from fcnlib.networks.mobilenet import Layers, inverted_residual, linear
from fcnlib.networks.network import Network
from fcnlib.networks.npz_weights import DATA, read_weights
from fcnlib.typing import AnyArray, Float32Array, RGBImage

SHIPPED = DATA / "voc.npz"
"""The weights; their model card is ``voc.md`` in the same folder."""

CLASSES = (
    "background", "aeroplane", "bicycle", "bird", "boat", "bottle", "bus",
    "car", "cat", "chair", "cow", "diningtable", "dog", "horse",
    "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor",
)  # fmt: skip
"""PASCAL VOC's classes in its order; a label is an index into them."""

GRID = CellGrid(8, corners=True, long_side=385)
"""One cell on every eighth pixel, from the first to the last; pictures are scaled to 385 px.

The long side was chosen on six of scikit-image's photographs, among 257, 385 and 513 px. At
257 px outlines are coarser, and 4 % of the labels differ from those at 385 px on the
astronaut and the motorcycle, 11 % on the coffee. At 513 px outlines gain little, wrong regions
appear (a bottle on the rocket behind the astronaut, 6 % of the picture), and the network takes
about twice as long. Small pictures are enlarged to the same side, since the network expects
objects of a certain size in pixels. Reduced to 160 px, all photographs but the rocket keep 96 to
99.7 % of their labels if enlarged, and 68 to 93 % if shown as they are.
"""

# Per inverted residual block: channels, stride and dilation of its depthwise convolution.
_BLOCKS = (
    (8, 1, 1),
    *((12, 2, 1), (12, 1, 1)),
    *((16, 2, 1), (16, 1, 1), (16, 1, 1)),
    # The classifier's fourth stride, replaced: what follows is dilated by 2.
    *((32, 1, 1), (32, 1, 2), (32, 1, 2), (32, 1, 2)),
    *((48, 1, 2), (48, 1, 2), (48, 1, 2)),
    # Its fifth stride, replaced: what follows is dilated by 4.
    *((80, 1, 2), (80, 1, 4), (80, 1, 4)),
    (160, 1, 4),
)


def build(images: Any) -> Scores:
    """Build the network into the current graph; call it inside `runtime.building`.

    Parameters
    ----------
    images : Tensor of shape (1, H, W, 3)
        As `preprocess` returns them; H and W are ``8 k + 1``.

    Returns
    -------
    outputs : Scores
        Coarse logits of shape (1, (H - 1) / 8 + 1, (W - 1) / 8 + 1, 21). The end points are
        the layers' outputs by name, and ``"logits"``: the scores of every pixel,
        (1, H, W, 21).

    """
    tf = runtime.load().tf
    layers = Layers(tf.nn.relu6)
    logits = _head(layers, _blocks(layers, images, _BLOCKS)[-1])
    size = tf.shape(images)[1:3]
    end_points = layers.end_points
    end_points["logits"] = tf.raw_ops.ResizeBilinear(images=logits, size=size, align_corners=True)
    return Scores(logits, GRID.factor, end_points=end_points)


def features(images: Any) -> dict[int, Any]:
    """Build MobileNet v2 with the strides of its classifier, for a head that segments.

    A strided convolution computes every second cell of the dilated one, with the same weights. So
    these are the features of `build` at some of its cells, for a fraction of the work.

    Parameters
    ----------
    images : Tensor of shape (N, H, W, 3)
        As `preprocess` returns them; H and W are multiples of 32.

    Returns
    -------
    features : dict of int to Tensor
        By stride: 16 channels at 8, 48 at 16, 160 at 32.

    """
    tf = runtime.load().tf
    strided = [
        # The dilation is that before the stride; the block after which it doubles has the stride.
        (width, 2 if rate < following else stride, 1)
        for (width, stride, rate), (_, _, following) in pairwise([*_BLOCKS, _BLOCKS[-1]])
    ]
    outputs = _blocks(Layers(tf.nn.relu6), images, strided)
    # The last block before each stride.
    last = [number - 1 for number, (_, stride, _) in enumerate(strided) if stride == 2]
    return {8: outputs[last[2]], 16: outputs[last[3]], 32: outputs[-1]}


def _blocks(layers: Layers, images: Any, blocks: Sequence[tuple[int, int, int]]) -> list[Any]:
    """Return the output of every block."""
    outputs = []
    with runtime.load().tf1.variable_scope("MobilenetV2"):
        net = layers.convolution(images, 16, 3, "Conv", stride=2)
        for number, (width, stride, rate) in enumerate(blocks):
            name = f"expanded_conv_{number}" if number else "expanded_conv"
            expansion = 6 if number else 1
            net = inverted_residual(
                layers, net, width, name, expansion=expansion, stride=stride, rate=rate
            )
            outputs.append(net)
    return outputs


def _head(layers: Layers, features: Any) -> Any:
    """Join every cell's features with those of the whole picture, and score the classes."""
    tf = runtime.load().tf
    relu = tf.nn.relu
    mean = tf.reduce_mean(features, (1, 2), keepdims=True)
    whole = layers.convolution(mean, 256, 1, "image_pooling", activation=relu)
    local = layers.convolution(features, 256, 1, "aspp0", activation=relu)
    both = tf.concat([tf.broadcast_to(whole, tf.shape(local)), local], -1)
    net = layers.convolution(both, 256, 1, "concat_projection", activation=relu)
    return layers.convolution(net, 21, 1, "logits/semantic", activation=linear)


def preprocess(image: AnyArray) -> Float32Array:
    """Return a picture in [0, 255] scaled to [-1, 1], as in the network's training."""
    return as_bytes(image, "image").astype(np.float32) / np.float32(127.5) - 1


def load(path: Path = SHIPPED, long_side: int | None = GRID.long_side) -> Network:
    """Load the network with its shipped weights.

    Parameters
    ----------
    path : Path, optional
        Weights of the form of `npz_weights`.
    long_side : int, optional
        Longer side in pixels that pictures are scaled to.

    Returns
    -------
    network : Network
        With VOC's 21 classes and one cell per 8 pixels.

    Raises
    ------
    WeightsError
        If the weights are missing, damaged or of another network.

    """
    return Network(
        "DeepLab v3 (PASCAL VOC)",
        CLASSES,
        build,
        voc_palette(len(CLASSES)),
        preprocess=preprocess,
        grid=replace(GRID, long_side=long_side),
        weights=read_weights("voc", path),
    )


def voc_palette(count: int) -> RGBImage:
    """Return PASCAL VOC's colors of the first `count` labels, shape (count, 3).

    Bit ``3 i + c`` of a label is bit ``7 - i`` of its channel c.
    """
    labels, bits = np.arange(count)[:, None, None], np.arange(3)[:, None]
    channels = (labels >> (3 * bits + np.arange(3)) & 1) << (7 - bits)
    return channels.sum(1).astype(np.uint8)
