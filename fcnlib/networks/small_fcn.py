"""The architecture of the small FCN: a narrow VGG with a head for drawn street scenes.

Training, evaluation and the segmentation page all use `build`, so they treat images and scores in
the same way. There is no dropout, because any number of scenes can be drawn for training, which
avoids overfitting. Weights are named as in the graph, ``vgg_16/...`` for the backbone and
``fcn/...`` for the head.
"""

from dataclasses import dataclass
from typing import Any

from fcnlib import scenes
from fcnlib.checks import check_choice
from fcnlib.networks import fcn, vgg
from fcnlib.networks.graph import Scores

PICTURE_SCALE = 1 / 64
"""Factor applied to the image minus its mean, so that the first activations are near one."""


@dataclass(frozen=True)
class Widths:
    """Numbers of channels of the network, and the kernel of fc6.

    Attributes
    ----------
    blocks : tuple of 5 int
        Channels of the five blocks.
    fc_width : int
        Channels of fc6 and fc7.
    fc_kernel : int
        Side of the kernel of fc6, in cells of 32 px.

    """

    blocks: tuple[int, ...] = (16, 32, 64, 96, 128)
    fc_width: int = 256
    fc_kernel: int = 3


BUILT_IN = Widths()
"""Widths of the weights in the repository: 1.1 million parameters."""


def build(
    images: Any, head: str = "fcn_8s", *, widths: Widths = BUILT_IN, **kernel_options: Any
) -> Scores:
    """Build the network into the current graph. Call it inside `runtime.building`.

    Parameters
    ----------
    images : Tensor of shape (N, H, W, 3), float32
        RGB in 0-255 minus `preprocessing.MEAN_RGB`. H and W must be multiples of 32.
    head : {"fcn_32s", "fcn_16s", "fcn_8s"}
        Which head to build.
    widths : Widths, optional
        Widths of the network.
    **kernel_options
        ``kernel_start`` and ``trainable_kernel``, as for `fcn.build_head`.

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
    logits, sums = fcn.HEADS[head](end_points, len(scenes.CLASSES), **kernel_options)
    return Scores(list(sums.values())[-1], fcn.COARSE_FACTORS[head], logits, sums)


def check_head(head: str) -> None:
    """Raise `ValueError` unless `head` names one of the three heads."""
    check_choice(head, fcn.HEADS, "head")
