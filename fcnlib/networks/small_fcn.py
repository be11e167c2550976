"""The built-in network: a narrow VGG under a head that labels drawn street scenes.

`build` is the one place that says how a picture goes in and class scores come out, so that
training, evaluation and the segmentation page cannot differ. Dropout is left out: new
scenes can be drawn without end, so the network has little to memorize. Weights are named as in the
graph, ``vgg_16/...`` for the backbone and ``fcn/...`` for the head.
"""

from dataclasses import dataclass
from typing import Any

from fcnlib import scenes
from fcnlib.networks import fcn, vgg
from fcnlib.networks.graph import Scores

PICTURE_SCALE = 1 / 64
"""Factor on the picture less its mean, so that the first activations are near one."""


@dataclass(frozen=True)
class Widths:
    """How wide the network is.

    Attributes
    ----------
    blocks : tuple of 5 int
        Channels of the five blocks.
    fc_width : int
        Channels of fc6 and fc7.
    fc_kernel : int
        Side of fc6 in cells of 32 px.

    """

    blocks: tuple[int, ...] = (16, 32, 64, 96, 128)
    fc_width: int = 256
    fc_kernel: int = 3


BUILT_IN = Widths()
"""The plan of the shipped weights: 1.1 million parameters."""


def build(
    images: Any,
    head: str = "fcn_8s",
    *,
    widths: Widths = BUILT_IN,
    kernel_start: str = "bilinear",
    trainable_kernel: bool = True,
) -> Scores:
    """Build the network into the current graph; call it inside `runtime.building`.

    Parameters
    ----------
    images : Tensor of shape (N, H, W, 3), float32
        RGB in 0-255 less `preprocessing.MEAN_RGB`; H and W are multiples of 32.
    head : {"fcn_32s", "fcn_16s", "fcn_8s"}
        Which head.
    widths : Widths, optional
        The network's widths.
    kernel_start : {"bilinear", "zero", "random"}, optional
        Start of the upsampling kernels.
    trainable_kernel : bool, optional
        Whether the upsampling kernels learn.

    Returns
    -------
    scores : Scores
        Tensors. ``logits`` has shape (N, H, W, 7), one channel for each of `scenes.CLASSES`.

    Raises
    ------
    ValueError
        If there is no such head.

    """
    check_head(head)
    _, end_points = vgg.vgg_16(
        images * PICTURE_SCALE,
        None,
        widths=widths.blocks,
        fc_width=widths.fc_width,
        fc_kernel=widths.fc_kernel,
    )
    logits, sums = fcn.HEADS[head](
        end_points,
        len(scenes.CLASSES),
        kernel_start=kernel_start,
        trainable_kernel=trainable_kernel,
    )
    coarse_logits = list(sums.values())[-1]
    return Scores(coarse_logits, fcn.COARSE_FACTORS[head], logits, sums)


def check_head(head: str) -> None:
    """Raise `ValueError` unless `head` names one of the three heads."""
    if head not in fcn.HEADS:
        msg = f"head must be one of {', '.join(fcn.HEADS)}, got {head!r}"
        raise ValueError(msg)
