"""What a biography needs to know of a network: what its cells see, and its trained kernels."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from fcnlib.checkpoints import vgg_16_shapes
from fcnlib.networks.npz_weights import read_weights
from fcnlib.networks.receptive_field import Reach, reach, vgg_layers
from fcnlib.typing import FloatArray

SKIPS = {"pool4": "upscore2", "pool3": "upscore_pool4"}
"""Layers that a skip takes scores from, and the kernel that enlarges what they are added to."""


@dataclass(frozen=True)
class Anatomy:
    """What a network's cells see, and how it enlarges scores.

    Attributes
    ----------
    reaches : mapping of str to Reach
        What cells see of the picture, for each layer that gives scores, the deepest first.
    kernels : mapping of str to ndarray of shape (K, K, C)
        The trained kernel of every enlargement by name; empty where it is bilinear with
        the outermost cells repeated beyond the border.

    """

    reaches: Mapping[str, Reach]
    kernels: Mapping[str, FloatArray] = field(default_factory=dict)


@cache
def vgg_16_anatomy() -> Anatomy:
    """Return the anatomy of the ImageNet classifier.

    Examples
    --------
    >>> vgg_16_anatomy().reaches
    {'fc7': Reach(size=404, stride=32, start=-186)}

    """
    return Anatomy({"fc7": reach(vgg_layers(vgg_16_shapes(), "fc7"))})


@cache
def built_in_anatomy(head: str) -> Anatomy:
    """Return the anatomy of a shipped head: ``"fcn_32s"``, ``"fcn_16s"`` or ``"fcn_8s"``.

    Raises
    ------
    WeightsError
        If the weights are missing or damaged, or there is no such head.

    Examples
    --------
    >>> {name: reach.size for name, reach in built_in_anatomy("fcn_8s").reaches.items()}
    {'fc7': 276, 'pool4': 100, 'pool3': 44}

    """
    weights = read_weights(head)
    shapes = {name: values.shape for name, values in weights.items()}
    layers = ["fc7", *(skip for skip in SKIPS if f"fcn/score_{skip}/weights" in weights)]
    kernels = {
        name.split("/")[1]: values[..., 0]
        for name, values in weights.items()
        if name.startswith("fcn/upscore")
    }
    return Anatomy({name: reach(vgg_layers(shapes, name)) for name in layers}, kernels)
