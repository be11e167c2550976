"""Layers that MobileNet v2 and the networks derived from it share.

The layers contain no batch normalization, because it was merged into the weights and biases of the
convolutions when the weights were converted.
"""

from typing import Any

from fcnlib import runtime


def layer_defaults(collection: str, activation: Any) -> Any:
    """Return the `tf_slim` defaults of all layers of a network.

    Parameters
    ----------
    collection : str
        Graph collection that lists the output of every layer under its full name.
    activation : callable
        Applied after every convolution that does not name another one.

    Returns
    -------
    scope : dict
        What `tf_slim.arg_scope` takes.

    """
    _, tf1, slim = runtime.load()
    layers = [slim.conv2d, slim.separable_conv2d, slim.conv2d_transpose]
    with slim.arg_scope(
        layers,
        padding="SAME",
        activation_fn=activation,
        # Never run: every variable is set from the shipped weights.
        weights_initializer=tf1.zeros_initializer(),
        outputs_collections=collection,
    ) as scope:
        return scope


def depthwise(features: Any, kernel_size: int, *, stride: int = 1, rate: int = 1, **kw: Any) -> Any:
    """Convolve every channel with a kernel of its own.

    Parameters
    ----------
    features : Tensor of shape (N, h, w, C)
        Input.
    kernel_size : int
        Side of the kernels.
    stride : int, optional
        Input cells per output cell along each axis.
    rate : int, optional
        Dilation: input cells between neighboring weights. Stride or rate must be 1.
    **kw
        Further arguments of `tf_slim.separable_conv2d`, such as ``scope``.

    Returns
    -------
    features : Tensor of shape (N, ceil(h / stride), ceil(w / stride), C)
        Output, after bias and activation.

    """
    slim = runtime.load().slim
    # Without a number of outputs, slim leaves out the pointwise half of the separable pair.
    return slim.separable_conv2d(
        features, None, kernel_size, depth_multiplier=1, stride=stride, rate=rate, **kw
    )


def inverted_residual(
    features: Any,
    width: int,
    scope: str,
    *,
    expansion: int = 6,
    kernel_size: int = 3,
    stride: int = 1,
    rate: int = 1,
) -> Any:
    """Build a block that widens its input, convolves each channel, and narrows the result.

    The narrow ends are joined by a skip where they have one shape. There is no activation
    after the narrowing, because a rectifier on few channels loses information.

    Parameters
    ----------
    features : Tensor of shape (N, h, w, C)
        Input.
    width : int
        Channels of the output.
    scope : str
        First part of the variables' names.
    expansion : int, optional
        Channels of the wide part per input channel; 1 leaves the widening layer out.
    kernel_size : int, optional
        Side of the depthwise kernels.
    stride, rate : int, optional
        Stride and dilation of the depthwise convolution.

    Returns
    -------
    features : Tensor of shape (N, ceil(h / stride), ceil(w / stride), width)
        Output.

    References
    ----------
    .. [1] M. Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks",
       CVPR 2018. :arxiv:`1801.04381`.

    """
    _, tf1, slim = runtime.load()
    channels = features.shape[-1]
    with tf1.variable_scope(scope):
        net = features
        if expansion > 1:
            net = slim.conv2d(net, expansion * channels, 1, scope="expand")
        net = depthwise(net, kernel_size, stride=stride, rate=rate, scope="depthwise")
        net = slim.conv2d(net, width, 1, activation_fn=None, scope="project")
    return features + net if stride == 1 and width == channels else net
