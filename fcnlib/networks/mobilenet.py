"""Layers that MobileNet v2 and the networks derived from it share.

The layers contain no batch normalization, which shifts and scales each channel, because it was
merged into the weights and biases of the convolutions when the weights were converted.
"""

from collections.abc import Callable
from typing import Any

from fcnlib import runtime

Activation = Callable[[Any], Any]


def linear(features: Any) -> Any:
    """Return the features as they are: no activation."""
    return features


class Layers:
    """The convolutions of a network.

    They are written with TensorFlow's own functions, because a layer of tf-slim takes three times
    as long to build, and a cold page waits for it. Names and shapes of the variables are slim's.

    Parameters
    ----------
    activation : callable
        Applied after every convolution that does not name another one.

    Attributes
    ----------
    end_points : dict of str to Tensor
        The output of every layer by its full name.

    """

    def __init__(self, activation: Activation) -> None:
        self._activation = activation
        self.end_points: dict[str, Any] = {}

    def convolution(
        self,
        features: Any,
        width: int,
        kernel_size: int,
        scope: str,
        *,
        stride: int = 1,
        activation: Activation | None = None,
    ) -> Any:
        """Return a convolution with bias and activation.

        Parameters
        ----------
        features : Tensor of shape (N, h, w, C)
            Input.
        width : int
            Channels of the output.
        kernel_size : int
            Side of the kernels.
        scope : str
            Name of the layer.
        stride : int, optional
            Input cells per output cell along each axis.
        activation : callable, optional
            Instead of the network's own.

        Returns
        -------
        features : Tensor of shape (N, ceil(h / stride), ceil(w / stride), width)
            Output.

        """
        tf, tf1, _ = runtime.load()
        with tf1.variable_scope(scope) as names:
            weights = _variable("weights", kernel_size, kernel_size, features.shape[-1], width)
            net = tf.nn.conv2d(features, weights, stride, "SAME")
            return self._finish(net, width, names, activation)

    def depthwise(
        self,
        features: Any,
        kernel_size: int,
        scope: str,
        *,
        stride: int = 1,
        rate: int = 1,
        activation: Activation | None = None,
    ) -> Any:
        """Return a convolution that has one kernel for every channel.

        Parameters and result are those of `convolution`, with as many channels as `features`.
        `rate` is the dilation, input cells between neighboring weights. Stride or rate must be 1.
        """
        tf, tf1, _ = runtime.load()
        width = features.shape[-1]
        with tf1.variable_scope(scope) as names:
            weights = _variable("depthwise_weights", kernel_size, kernel_size, width, 1)
            strides = (1, stride, stride, 1)
            if rate == 1:
                # The same operation, built in a third of the time: no dilation is prepared.
                net = tf1.nn.depthwise_conv2d_native(features, weights, strides, "SAME")
            else:
                net = tf.nn.depthwise_conv2d(
                    features, weights, strides, "SAME", dilations=[rate] * 2
                )
            return self._finish(net, width, names, activation)

    def _finish(self, net: Any, width: int, names: Any, activation: Activation | None) -> Any:
        """Add the bias, apply the activation, and note the output under the layer's name."""
        net = runtime.load().tf.nn.bias_add(net, _variable("biases", width))
        net = self.end_points[names.name] = (activation or self._activation)(net)
        return net


def _variable(name: str, *shape: int) -> Any:
    tf1 = runtime.load().tf1
    # Never run: every variable is set from the shipped weights.
    return tf1.get_variable(name, shape, initializer=tf1.zeros_initializer())


def inverted_residual(
    layers: Layers,
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
    layers : Layers
        The convolutions of the network.
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
    channels = features.shape[-1]
    with runtime.load().tf1.variable_scope(scope):
        net = features
        if expansion > 1:
            net = layers.convolution(net, expansion * channels, 1, "expand")
        net = layers.depthwise(net, kernel_size, "depthwise", stride=stride, rate=rate)
        net = layers.convolution(net, width, 1, "project", activation=linear)
    return features + net if stride == 1 and width == channels else net
