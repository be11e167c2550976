"""What a biography needs to know of a network: what its cells see, and its trained kernels."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from fcnlib.networks.npz_weights import read_weights
from fcnlib.networks.receptive_field import ReceptiveField, receptive_field, vgg_layers
from fcnlib.networks.vgg import vgg_16_shapes
from fcnlib.typing import FloatArray

SKIPS = {"pool4": "upscore2", "pool3": "upscore_pool4"}
"""Layers that a skip takes scores from, and the kernel that enlarges what they are added to."""


@dataclass(frozen=True)
class NetworkGeometry:
    """What a network's cells see, and how it enlarges scores.

    Attributes
    ----------
    receptive_fields : mapping of str to ReceptiveField
        What cells see of the picture, for each layer that gives scores, the deepest first.
    kernels : mapping of str to ndarray of shape (K, K, C)
        The trained kernel of every enlargement by name; empty where it is bilinear with
        the outermost cells repeated beyond the border.

    """

    receptive_fields: Mapping[str, ReceptiveField]
    kernels: Mapping[str, FloatArray] = field(default_factory=dict)


@cache
def vgg_16_geometry() -> NetworkGeometry:
    """Return the geometry of the ImageNet classifier.

    Examples
    --------
    >>> vgg_16_geometry().receptive_fields
    {'fc7': ReceptiveField(size=404, stride=32, start=-186)}

    """
    return NetworkGeometry({"fc7": receptive_field(vgg_layers(vgg_16_shapes(), "fc7"))})


@cache
def built_in_geometry(head: str) -> NetworkGeometry:
    """Return the geometry of a shipped head: ``"fcn_32s"``, ``"fcn_16s"`` or ``"fcn_8s"``.

    Raises
    ------
    WeightsError
        If the weights are missing or damaged, or there is no such head.

    Examples
    --------
    >>> {name: field.size for name, field in built_in_geometry("fcn_8s").receptive_fields.items()}
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
    return NetworkGeometry(
        {name: receptive_field(vgg_layers(shapes, name)) for name in layers}, kernels
    )
