"""VGG-16 made fully convolutional, from `tf_slim` layers.

The classifier's dense layers fc6, fc7 and fc8 become convolutions, so the network takes a
picture of any size and answers with one row of class scores for every 32 × 32 px cell.
Variable names and shapes are those of the official checkpoint ``vgg_16_2016_08_28``. The
packaged `tf_slim.nets.vgg.vgg_16` has no choice of padding for fc6; this one has, and a
width for every block, so that the same lines also build a network small enough to ship.
"""

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

from fcnlib import runtime

OFFICIAL_WIDTHS = (64, 128, 256, 512, 512)
CONVOLUTIONS_PER_BLOCK = (2, 2, 3, 3, 3)
STRIDE = 32
"""Picture pixels per cell of fc7 along each axis: five poolings by two."""


def vgg_16(
    images: Any,
    num_classes: int | None = 1000,
    *,
    widths: Sequence[int] = OFFICIAL_WIDTHS,
    fc_width: int = 4096,
    fc_kernel: int = 7,
    fc_conv_padding: str = "SAME",
    is_training: bool = False,
    keep_prob: float = 0.5,
    scope: str = "vgg_16",
) -> tuple[Any, dict[str, Any]]:
    """Build the network into the current graph; call it inside `runtime.building`.

    Parameters
    ----------
    images : Tensor of shape (N, H, W, 3)
        RGB in 0-255 less the mean color, as `preprocessing.subtract_mean` gives it. For
        ``"SAME"``, H and W are multiples of 32.
    num_classes : int, optional
        Width of fc8. None leaves fc8 out, as heads for segmentation need it.
    widths : sequence of 5 int
        Channels of the five blocks.
    fc_width : int
        Channels of fc6 and fc7.
    fc_kernel : int
        Side of fc6 in cells.
    fc_conv_padding : {"SAME", "VALID"}
        Padding of fc6. ``"SAME"`` gives H/32 × W/32 cells; ``"VALID"``, the classifier's
        own, gives ``fc_kernel - 1`` fewer along each axis and never looks past the edge.
    is_training : bool
        Whether dropout acts.
    keep_prob : float
        Share of activations that dropout keeps after fc6 and fc7.
    scope : str
        First part of every variable's name.

    Returns
    -------
    net : Tensor of shape (N, h, w, num_classes) or (N, h, w, fc_width)
        Class scores (logits), or fc7 after its dropout if there is no fc8.
    end_points : dict
        Every layer's output by its full name; see `end_point`.

    Raises
    ------
    ValueError
        If `widths` or `fc_conv_padding` is none of the above.

    References
    ----------
    .. [1] K. Simonyan and A. Zisserman, "Very Deep Convolutional Networks for Large-Scale
       Image Recognition", :arxiv:`1409.1556`, configuration D.
    .. [2] J. Long, E. Shelhamer and T. Darrell, "Fully Convolutional Networks for Semantic
       Segmentation", CVPR 2015, section 3.1, for dense layers as convolutions.

    """
    _check_plan(widths, fc_conv_padding)
    _, tf1, slim = runtime.load()
    with tf1.variable_scope(scope, values=[images]) as variables:
        collection = f"{variables.original_name_scope}_end_points"
        with slim.arg_scope(_layer_defaults(collection)):
            net = images
            for block, (depth, width) in enumerate(
                zip(CONVOLUTIONS_PER_BLOCK, widths, strict=True), 1
            ):
                net = slim.repeat(net, depth, slim.conv2d, width, [3, 3], scope=f"conv{block}")
                net = slim.max_pool2d(net, [2, 2], scope=f"pool{block}")
            net = slim.conv2d(net, fc_width, [fc_kernel] * 2, padding=fc_conv_padding, scope="fc6")
            net = slim.dropout(net, keep_prob, is_training=is_training, scope="dropout6")
            net = slim.conv2d(net, fc_width, [1, 1], scope="fc7")
            net = slim.dropout(net, keep_prob, is_training=is_training, scope="dropout7")
            if num_classes is not None:
                net = slim.conv2d(net, num_classes, [1, 1], activation_fn=None, scope="fc8")
    return net, dict(slim.utils.convert_collection_to_dict(collection))


def end_point(end_points: Mapping[str, Any], name: str) -> Any:
    """Look a layer's output up by the last part of its name, such as ``"pool4"``.

    Parameters
    ----------
    end_points : mapping
        As `vgg_16` returns it.
    name : str
        Last part of the layer's name.

    Returns
    -------
    tensor : Tensor
        The layer's output.

    Raises
    ------
    KeyError
        If there is no such layer; the message lists the layers there are.

    Examples
    --------
    >>> end_point({"vgg_16/pool4": "a tensor"}, "pool4")
    'a tensor'

    """
    by_name = {full.rsplit("/", 1)[-1]: tensor for full, tensor in end_points.items()}
    if name not in by_name:
        near = difflib.get_close_matches(name, by_name, 1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        msg = f"no end point {name!r}; there are {', '.join(sorted(by_name))}.{hint}"
        raise KeyError(msg)
    return by_name[name]


def _layer_defaults(collection: str) -> Any:
    tf, _, slim = runtime.load()
    with (
        slim.arg_scope(
            [slim.conv2d],
            padding="SAME",
            activation_fn=tf.nn.relu,
            # Glorot's default halves the signal at each of 13 rectified layers; He's keeps it.
            weights_initializer=slim.variance_scaling_initializer(),
        ),
        slim.arg_scope(
            [slim.conv2d, slim.max_pool2d, slim.dropout], outputs_collections=collection
        ) as scope,
    ):
        return scope


def _check_plan(widths: Sequence[int], fc_conv_padding: str) -> None:
    if len(widths) != len(CONVOLUTIONS_PER_BLOCK) or min(widths) < 1:
        msg = f"widths must be {len(CONVOLUTIONS_PER_BLOCK)} positive integers, got {widths!r}"
        raise ValueError(msg)
    if fc_conv_padding not in ("SAME", "VALID"):
        msg = f'fc_conv_padding must be "SAME" or "VALID", got {fc_conv_padding!r}'
        raise ValueError(msg)


def vgg_16_shapes(
    num_classes: int = 1000,
    *,
    widths: Sequence[int] = OFFICIAL_WIDTHS,
    fc_width: int = 4096,
    fc_kernel: int = 7,
) -> dict[str, tuple[int, ...]]:
    """Return name and shape of every variable of VGG-16.

    Parameters
    ----------
    num_classes : int
        Channels of fc8.
    widths, fc_width, fc_kernel
        As `vgg_16` takes them.

    Returns
    -------
    shapes : dict of str to tuple of int
        Kernels as (height, width, channels in, channels out), biases as (channels,), from
        the first layer to the last.

    Examples
    --------
    >>> shapes = vgg_16_shapes()
    >>> len(shapes), shapes["vgg_16/fc6/weights"]
    (32, (7, 7, 512, 4096))
    >>> sum(np.prod(shape) for shape in shapes.values()).item()
    138357544

    """
    layers = []
    channels = 3
    for block, (depth, width) in enumerate(zip(CONVOLUTIONS_PER_BLOCK, widths, strict=True), 1):
        for number in range(1, depth + 1):
            layers.append((f"conv{block}/conv{block}_{number}", (3, 3, channels, width)))
            channels = width
    layers += [
        ("fc6", (fc_kernel, fc_kernel, channels, fc_width)),
        ("fc7", (1, 1, fc_width, fc_width)),
        ("fc8", (1, 1, fc_width, num_classes)),
    ]
    shapes: dict[str, tuple[int, ...]] = {}
    for layer, kernel in layers:
        shapes[f"vgg_16/{layer}/weights"] = kernel
        shapes[f"vgg_16/{layer}/biases"] = kernel[-1:]
    return shapes
