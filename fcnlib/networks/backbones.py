"""Networks whose features a head of `fcn` turns into scores of new classes.

A backbone is a network without its last layer. It gives features at strides 8, 16 and 32, where
VGG-16 has pool3, pool4 and fc7. The heads of `fcn` therefore fit on each of them.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from fcnlib import checkpoints
from fcnlib.checks import check_choice
from fcnlib.images.preprocessing import MEAN_RGB
from fcnlib.networks import deeplab, efficientnet_lite, fcn, small_fcn, vgg
from fcnlib.networks.graph import Scores
from fcnlib.networks.npz_weights import Weights, read_weights
from fcnlib.typing import Report

ROLES = {8: "pool3", 16: "pool4", 32: "dropout7"}
"""The layer of VGG-16 that has each stride, whose name `fcn.build_head` knows."""

Features = dict[int, Any]


class Backbone(NamedTuple):
    """A network whose features a head can use.

    Attributes
    ----------
    title : str
        Name to show.
    features : callable
        Builds the network for preprocessed images (N, H, W, 3) and returns the features by stride.
    offset, scale : float or tuple of 3 float
        Images in [0, 255] are preprocessed as ``(image - offset) * scale``.
    weights : callable
        Called with a progress report; returns the trained weights by name. It may return more than
        the features need. Without any, training starts from random weights.
    learning_rate : float
        Highest rate with which a head on its features learns by default.

    """

    title: str
    features: Callable[[Any], Features]
    offset: float | tuple[float, ...]
    scale: float
    weights: Callable[[Report], Weights] = lambda _: {}
    learning_rate: float = 2e-3

    def preprocess(self, image: Any) -> Any:
        """Preprocess an image or a tensor of images in [0, 255] as in the network's training."""
        return (image - np.array(self.offset, np.float32)) * np.float32(self.scale)


def _vgg_features(images: Any, **widths: Any) -> Features:
    _, layers = vgg.vgg_16(images, None, **widths)
    return {stride: vgg.end_point(layers, name) for stride, name in ROLES.items()}


def _small_features(images: Any) -> Features:
    widths = small_fcn.BUILT_IN
    return _vgg_features(
        images, widths=widths.blocks, fc_width=widths.fc_width, fc_kernel=widths.fc_kernel
    )


def _vgg_weights(report: Report) -> Weights:
    """Read all weights but those of the last layer, which scores ImageNet's classes."""
    path = checkpoints.find(report)
    shapes = {name: s for name, s in vgg.vgg_16_shapes().items() if "/fc8/" not in name}
    weights = {name: np.empty(shape, np.float32) for name, shape in shapes.items()}
    for name, first, rows in checkpoints.checked_rows(path, shapes):
        weights[name][first : first + len(rows)] = rows
        report(0.0, f"Reading {name}")
    return weights


BACKBONES = {
    "imagenet": Backbone(
        "EfficientNet-Lite0 (ImageNet)",
        efficientnet_lite.features,
        127,
        1 / 128,
        lambda _: read_weights("imagenet", efficientnet_lite.SHIPPED),
    ),
    "voc": Backbone(
        "MobileNet v2 of DeepLab (PASCAL VOC)",
        deeplab.features,
        127.5,
        1 / 127.5,
        lambda _: read_weights("voc", deeplab.SHIPPED),
    ),
    "small": Backbone("small VGG", _small_features, MEAN_RGB, small_fcn.PICTURE_SCALE),
    "vgg_16": Backbone(
        "VGG-16 (ImageNet)",
        _vgg_features,
        MEAN_RGB,
        1.0,
        _vgg_weights,
        # Its scores are sums over 4096 features. With 2e-3, the loss first rises.
        learning_rate=2e-4,
    ),
}
"""Backbones by name."""


def build_head(
    features: Mapping[int, Any], head: str, num_classes: int, *, by_blocks: bool = False
) -> Scores:
    """Build a head on features into the current graph; call it inside `runtime.building`.

    Parameters
    ----------
    features : mapping of int to Tensor
        Features by stride.
    head : {"fcn_32s", "fcn_16s", "fcn_8s"}
        Which head.
    num_classes : int
        Number of classes C.
    by_blocks : bool, optional
        As for `fcn.build_head`.

    Returns
    -------
    scores : Scores
        Tensors. ``logits`` has shape (N, H, W, C).

    Raises
    ------
    ValueError
        If there is no such head.

    """
    check_choice(head, fcn.HEADS, "head")
    layers = {ROLES[stride]: tensor for stride, tensor in features.items()}
    logits, sums = fcn.HEADS[head](layers, num_classes, by_blocks=by_blocks)
    return Scores(list(sums.values())[-1], fcn.COARSE_FACTORS[head], logits, sums)


def build(images: Any, name: str, head: str, num_classes: int) -> Scores:
    """Build a backbone with a head for preprocessed images (N, H, W, 3); see `build_head`."""
    check_choice(name, BACKBONES, "backbone")
    return build_head(BACKBONES[name].features(images), head, num_classes)
