"""Receptive fields and trained upsampling kernels of the networks, for pixel attribution."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from fcnlib.networks import efficientnet_lite
from fcnlib.networks.fcn import SKIPS
from fcnlib.networks.npz_weights import read_weights
from fcnlib.networks.receptive_field import ReceptiveField, receptive_field, vgg_layers
from fcnlib.networks.vgg import vgg_16_shapes
from fcnlib.typing import FloatArray


@dataclass(frozen=True)
class NetworkGeometry:
    """Receptive fields and upsampling kernels of a network.

    Attributes
    ----------
    receptive_fields : mapping of str to ReceptiveField
        Receptive field of each layer from which scores are computed, the deepest first.
    kernels : mapping of str to ndarray of shape (K, K, C)
        Trained kernel of every upsampling layer by name. Empty if upsampling is bilinear with
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
def imagenet_geometry() -> NetworkGeometry:
    """Return the geometry of the shipped ImageNet classifier.

    Examples
    --------
    >>> imagenet_geometry().receptive_fields
    {'conv_head': ReceptiveField(size=851, stride=32, start=-394)}

    """
    # Its authors' name; "head" alone would be mistaken for the last part of an FCN.
    return NetworkGeometry({"conv_head": receptive_field(efficientnet_lite.layers())})


@cache
def built_in_geometry(head: str) -> NetworkGeometry:
    """Return the geometry of a head of the small FCN: ``"fcn_32s"``, ``"fcn_16s"`` or ``"fcn_8s"``.

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
    fields = {name: receptive_field(vgg_layers(shapes, name)) for name in layers}
    upscores = [name for name in weights if name.startswith("fcn/upscore")]
    return NetworkGeometry(fields, {name.split("/")[1]: weights[name][..., 0] for name in upscores})
