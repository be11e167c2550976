"""VGG-16 as a fully convolutional network, built from `tf_slim` layers.

The dense layers fc6, fc7 and fc8 of the classifier become convolutions, so the network accepts
images of any size and returns one vector of class scores for every cell of 32 × 32 px. Names and
shapes of the variables are those of the official checkpoint ``vgg_16_2016_08_28``. Unlike
`tf_slim.nets.vgg.vgg_16`, the function `vgg_16` has parameters for the padding of fc6 and for the
width of every block. With small widths, it builds a network that is small enough to include.
"""

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

from fcnlib import runtime
from fcnlib.checks import check_choice, positive_int

OFFICIAL_WIDTHS = (64, 128, 256, 512, 512)
CONVOLUTIONS_PER_BLOCK = (2, 2, 3, 3, 3)
STRIDE = 32
"""Image pixels per cell of fc7 along each axis: five poolings by two."""


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
    """Build the network into the current graph. Call it inside `runtime.building`.

    Parameters
    ----------
    images : Tensor of shape (N, H, W, 3)
        RGB in 0-255 minus the mean color, as returned by `preprocessing.subtract_mean`. For
        ``"SAME"``, H and W must be multiples of 32.
    num_classes : int, optional
        Channels of fc8. None omits fc8, as segmentation heads require.
    widths : sequence of 5 int
        Channels of the five blocks.
    fc_width : int
        Channels of fc6 and fc7.
    fc_kernel : int
        Side of the kernel of fc6, in cells.
    fc_conv_padding : {"SAME", "VALID"}
        Padding of fc6. ``"SAME"`` gives H/32 × W/32 cells. ``"VALID"``, the padding of the
        classifier, gives ``fc_kernel - 1`` fewer along each axis and uses no cell outside the
        image.
    is_training : bool
        Whether dropout is active.
    keep_prob : float
        Share of activations that dropout keeps after fc6 and fc7.
    scope : str
        First part of the name of every variable.

    Returns
    -------
    net : Tensor of shape (N, h, w, num_classes) or (N, h, w, fc_width)
        Class scores (logits), or fc7 after its dropout if there is no fc8.
    end_points : dict
        Output of every layer by its full name; see `end_point`.

    Raises
    ------
    ValueError
        If `widths` or `fc_conv_padding` is not one of the above.

    References
    ----------
    .. [1] K. Simonyan and A. Zisserman, "Very Deep Convolutional Networks for Large-Scale
       Image Recognition", :arxiv:`1409.1556`, configuration D.
    .. [2] J. Long, E. Shelhamer and T. Darrell, "Fully Convolutional Networks for Semantic
       Segmentation", CVPR 2015, section 3.1, for dense layers as convolutions.

    """
    if len(widths) != len(CONVOLUTIONS_PER_BLOCK) or min(widths) < 1:
        msg = f"widths must be {len(CONVOLUTIONS_PER_BLOCK)} positive integers, got {widths!r}"
        raise ValueError(msg)
    if fc_conv_padding not in ("SAME", "VALID"):
        msg = f'fc_conv_padding must be "SAME" or "VALID", got {fc_conv_padding!r}'
        raise ValueError(msg)
    tf, tf1, slim = runtime.load()
    layers = [slim.conv2d, slim.max_pool2d, slim.dropout]
    # Glorot's default halves the signal at each of 13 rectified layers; He's preserves it.
    he = slim.variance_scaling_initializer()
    convolution = {"padding": "SAME", "activation_fn": tf.nn.relu, "weights_initializer": he}
    with tf1.variable_scope(scope, values=[images]) as variables:
        collection = f"{variables.original_name_scope}_end_points"
        with (
            slim.arg_scope([slim.conv2d], **convolution),
            slim.arg_scope(layers, outputs_collections=collection),
        ):
            net = images
            for block, depth, width in zip(
                range(1, 6), CONVOLUTIONS_PER_BLOCK, widths, strict=True
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
    """Return the output of a layer, given the last part of its name, such as ``"pool4"``.

    Parameters
    ----------
    end_points : mapping
        As returned by `vgg_16`.
    name : str
        Last part of the name of the layer.

    Returns
    -------
    tensor : Tensor
        The output of the layer.

    Raises
    ------
    KeyError
        If there is no such layer. The message lists all layers.

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


def vgg_16_cells(
    height: int, width: int, padding: str = "SAME", *, fc_kernel: int = 7
) -> tuple[int, int]:
    """Return how many cells VGG-16 answers for along both axes of a picture.

    Parameters
    ----------
    height, width : int
        Sides of the picture in pixels, at least 32. Each of the five poolings leaves out the last
        row or column of an odd number.
    padding : {"SAME", "VALID"}
        Padding of fc6.
    fc_kernel : int
        Side of the kernel of fc6, in cells.

    Returns
    -------
    cells : tuple of int
        Rows and columns.

    Raises
    ------
    TypeError, ValueError
        If a side is not an integer or too small, or if `padding` is not one of the above.

    Examples
    --------
    >>> vgg_16_cells(768, 1024), vgg_16_cells(768, 1024, "VALID"), vgg_16_cells(224, 224, "VALID")
    ((24, 32), (18, 26), (1, 1))

    """
    check_choice(padding, ("SAME", "VALID"), "padding")
    lost = 0 if padding == "SAME" else positive_int(fc_kernel, "fc_kernel") - 1
    rows, cols = (
        positive_int(side, name) // STRIDE - lost
        for side, name in ((height, "height"), (width, "width"))
    )
    if min(rows, cols) < 1:
        least = STRIDE * (lost + 1)
        msg = f"a picture must have at least {least} × {least} px, got {height} × {width}"
        raise ValueError(msg)
    return rows, cols


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
        As for `vgg_16`.

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
    >>> import math
    >>> sum(math.prod(shape) for shape in shapes.values())
    138357544

    """
    layers = [
        (f"conv{block}/conv{block}_{number}", 3, width)
        for block, depth, width in zip(range(1, 6), CONVOLUTIONS_PER_BLOCK, widths, strict=True)
        for number in range(1, depth + 1)
    ]
    layers += [("fc6", fc_kernel, fc_width), ("fc7", 1, fc_width), ("fc8", 1, num_classes)]
    shapes: dict[str, tuple[int, ...]] = {}
    channels = 3
    for layer, side, width in layers:
        shapes[f"vgg_16/{layer}/weights"] = (side, side, channels, width)
        shapes[f"vgg_16/{layer}/biases"] = (width,)
        channels = width
    return shapes
