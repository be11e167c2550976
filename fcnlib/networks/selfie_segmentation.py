"""MediaPipe's selfie segmentation, whose last layer is a learned transposed convolution.

It separates people from the background, for example in video calls. It has no other classes. ::

    encoder      picture 256 ─> stem 128 ─> 64 ─> 32 ─> 16
    decoder      16 ─> gated head ─> × 2, join 32 ─> × 2, join 64 ─> × 2, join 128
    last layer   128 ─> transposed convolution 2 × 2, stride 2 ─> sigmoid ─> mask 256

The encoder is similar to MobileNet v3. The decoder upsamples its features three times by a factor
of two with bilinear interpolation. It combines each result with a finer layer of the encoder, as
the skips of FCN-8s do. The last upsampling, also by two, is a transposed convolution from 16
channels to one. Its 16 kernels have 2 × 2 weights, so their copies do not overlap. The weights were
learned and are not bilinear.

References
----------
.. [1] A. Howard et al., "Searching for MobileNetV3", ICCV 2019. :arxiv:`1905.02244`.

"""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from fcnlib import runtime
from fcnlib.images.colors import from_hex
from fcnlib.images.values import as_bytes, as_rgb8
from fcnlib.networks.graph import Scores
from fcnlib.networks.grid import CellGrid
from fcnlib.networks.mobilenet import Layers, linear
from fcnlib.networks.network import Network
from fcnlib.networks.npz_weights import DATA, read_weights
from fcnlib.typing import AnyArray, Float32Array, RGBImage

SHIPPED = DATA / "people.npz"
"""The weights; their model card is ``people.md`` in the same folder."""

CLASSES = ("background", "person")
"""Class names; a label is an index into them."""

PALETTE = from_hex(("#000000", "#d43d8a"))
"""RGB of each class."""

SIDE = 256
GRID = CellGrid(1, size=(SIDE, SIDE))
"""The scores are as large as the only input that the network takes."""


class _Block(NamedTuple):
    """An inverted residual block: channels, kernel, activation, stride and gate."""

    expansion: int
    width: int
    kernel_size: int
    stride: int
    squeezed: int
    """Channels of the gate's narrow layer; 0 means that the block has no gate."""


_RECTIFIED_BLOCKS = (
    _Block(16, 16, 3, 2, 8),
    _Block(72, 24, 3, 2, 0),
    _Block(88, 24, 3, 1, 0),
)
_HARD_SWISH_BLOCKS = (
    _Block(96, 32, 5, 2, 24),
    _Block(128, 32, 5, 1, 32),
    _Block(128, 32, 5, 1, 32),
    _Block(96, 32, 5, 1, 24),
    _Block(96, 32, 5, 1, 24),
)


class LastLayer(NamedTuple):
    """The learned transposed convolution that ends the network.

    Attributes
    ----------
    kernels : ndarray of shape (2, 2, 1, 16), float32
        Weights in TensorFlow's order, (K, K, C_out, C_in): one 2 × 2 kernel per channel.
    bias : ndarray of shape (1,), float32
        Added to every pixel.

    """

    kernels: Float32Array
    bias: Float32Array


def build(images: Any) -> Scores:
    """Build the network into the current graph; call it inside `runtime.building`.

    Parameters
    ----------
    images : Tensor of shape (1, 256, 256, 3)
        As `preprocess` returns them.

    Returns
    -------
    outputs : Scores
        Coarse logits of shape (1, 256, 256, 2): zero for the background, and the score of
        a person. Their softmax is the mask, and their best class is a person where the mask
        is above 0.5. The end points are the layers' outputs by name, and:

        - ``"activations"``, (1, 128, 128, 16): the input of the last layer;
        - ``"mask"``, (1, 256, 256, 1): probability of a person.

    """
    tf, _, slim = runtime.load()
    layers = Layers(tf.nn.relu)
    skips = _encoder(layers, images)
    net = _gated_head(layers, skips.pop())
    for width in (24, 16, 16):
        net = _join(layers, net, skips.pop(), width, f"decoder_{width}_{len(skips)}")
    score = slim.conv2d_transpose(net, 1, 2, stride=2, activation_fn=None, scope="segment")
    end_points = {**layers.end_points, "segment": score}
    end_points |= {"activations": net, "mask": tf.sigmoid(score)}
    both = tf.concat([tf.zeros_like(score), score], -1)
    return Scores(both, GRID.factor, end_points=end_points)


def _encoder(layers: Layers, images: Any) -> list[Any]:
    """Return the features that the decoder joins, finest first, and those it starts from."""
    tf = runtime.load().tf
    net = layers.convolution(images, 16, 3, "stem", stride=2, activation=_hard_swish)
    skips = [net]
    for number, block in enumerate(_RECTIFIED_BLOCKS):
        net = _block(layers, net, block, tf.nn.relu, f"block_{number}")
        if block.stride > 1:
            skips.append(net)
    # The block that follows a reduction refines its features before they are joined.
    skips[-1] = net
    for number, block in enumerate(_HARD_SWISH_BLOCKS, len(_RECTIFIED_BLOCKS)):
        net = _block(layers, net, block, _hard_swish, f"block_{number}")
    return [*skips, net]


def _block(layers: Layers, features: Any, block: _Block, activation: Any, scope: str) -> Any:
    with runtime.load().tf1.variable_scope(scope):
        net = layers.convolution(features, block.expansion, 1, "expand", activation=activation)
        net = layers.depthwise(
            net, block.kernel_size, "depthwise", stride=block.stride, activation=activation
        )
        if block.squeezed:
            net *= _gate(layers, net, block.squeezed, block.expansion)
        net = layers.convolution(net, block.width, 1, "project", activation=linear)
    # The first block of a stage has neither the size nor the channels of its input.
    return net + features if net.shape[1:] == features.shape[1:] else net


def _gate(layers: Layers, features: Any, squeezed: int, width: int) -> Any:
    """Return a factor in (0, 1) per channel, computed from the mean of all cells."""
    tf = runtime.load().tf
    mean = tf.reduce_mean(features, (1, 2), keepdims=True)
    net = layers.convolution(mean, squeezed, 1, "squeeze")
    return layers.convolution(net, width, 1, "excite", activation=tf.sigmoid)


def _gated_head(layers: Layers, features: Any) -> Any:
    tf, tf1, _ = runtime.load()
    with tf1.variable_scope("head"):
        net = layers.convolution(features, 128, 1, "features")
        mean = tf.reduce_mean(features, (1, 2), keepdims=True)
        return net * layers.convolution(mean, 128, 1, "gate", activation=tf.sigmoid)


def _join(layers: Layers, coarse: Any, fine: Any, width: int, scope: str) -> Any:
    """Enlarge coarse features by two and add the finer ones, gated by what both contain."""
    with runtime.load().tf1.variable_scope(scope):
        coarse = layers.convolution(_enlarged(coarse), width, 1, "reduce", activation=linear)
        net = coarse + fine * _gate(layers, coarse + fine, width, width)
        net = layers.convolution(net, width, 1, "mix")
        return net + layers.depthwise(net, 3, "depthwise")


def _enlarged(features: Any) -> Any:
    tf = runtime.load().tf
    size = [2 * side for side in features.shape[1:3]]
    return tf.raw_ops.ResizeBilinear(images=features, size=size, half_pixel_centers=True)


def _hard_swish(features: Any) -> Any:
    tf = runtime.load().tf
    return features * tf.nn.relu6(features + 3) / 6


def preprocess(image: AnyArray) -> Float32Array:
    """Return a picture in [0, 255] scaled to [0, 1], as in the network's training."""
    return as_bytes(image, "image").astype(np.float32) / np.float32(255)


def load(path: Path = SHIPPED) -> Network:
    """Load the network with its shipped weights.

    Parameters
    ----------
    path : Path, optional
        Weights of the form of `npz_weights`.

    Returns
    -------
    network : Network
        With the classes background and person and a factor of 1.

    Raises
    ------
    WeightsError
        If the weights are missing, damaged or of another network.

    """
    return Network(
        "Selfie segmentation (people)",
        CLASSES,
        build,
        PALETTE,
        preprocess=preprocess,
        grid=GRID,
        weights=read_weights("people", path),
    )


def last_layer(path: Path = SHIPPED) -> LastLayer:
    """Return the weights of the last layer.

    Parameters
    ----------
    path : Path, optional
        Weights of the form of `npz_weights`.

    Returns
    -------
    layer : LastLayer
        Sixteen kernels and one bias.

    Notes
    -----
    Stride and kernel size are both 2, so kernels do not overlap. The score of pixel
    (2 i + p, 2 j + q) is ``kernels[p, q, 0] @ activations[i, j] + bias``.

    """
    weights = read_weights("people", path)
    return LastLayer(weights["segment/weights"], weights["segment/biases"])


def mask(network: Network, picture: RGBImage) -> Float32Array:
    """Return the probability of a person for every pixel of a photograph.

    Parameters
    ----------
    network : Network
        As `load` returns it.
    picture : ndarray of shape (H, W, 3), uint8
        RGB of any size, or what `images.as_rgb8` accepts.

    Returns
    -------
    mask : ndarray of shape (H, W), float32
        In [0, 1]; above 0.5 is a person.

    Notes
    -----
    The photograph is squeezed to 256 × 256 pixels whatever its proportions, as in MediaPipe,
    and the mask is interpolated bilinearly to the photograph's size. The squeezing averages
    over all pixels, which MediaPipe's does not; outlines of people are nearly the same, but
    what is found in pictures without people depends on it.

    """
    picture = as_rgb8(picture)
    found = network.scores(GRID.fit(picture), end_points=["mask"]).end_points["mask"][..., 0]
    height, width = picture.shape[:2]
    return np.array(Image.fromarray(found).resize((width, height), Image.Resampling.BILINEAR))
