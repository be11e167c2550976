"""Cost of running a network: parameters, multiply-adds of its convolutions, memory."""

import math
from itertools import accumulate
from typing import Any

import numpy as np

from fcnlib import runtime
from fcnlib.networks.network import Network

FORWARD = {"Conv2D", "DepthwiseConv2dNative"}
TRANSPOSED = {"Conv2DBackpropInput", "DepthwiseConv2dNativeBackpropInput"}
"""TensorFlow runs a transposed convolution as the gradient of the convolution it transposes."""


def num_parameters(network: Network) -> int:
    """Return the number of weights and biases of a network."""
    return sum(math.prod(shape) for shape in network.shapes.values())


def multiply_adds(network: Network, size: tuple[int, ...]) -> int:
    """Count the multiply-adds of a network's convolutions for an image of a size.

    Parameters
    ----------
    network : Network
        It is run once, on a black image, to learn the size of every layer.
    size : tuple of int
        Height and width of the image, which the network's grid must allow.

    Returns
    -------
    count : int
        One for each weight at each position that the kernel is applied to. Dilated
        convolutions count the positions that TensorFlow adds to fill its blocks.

    """
    with runtime.building() as (tf, _, _slim), network.graph.as_default():
        layers = [o for o in network.graph.get_operations() if o.type in FORWARD | TRANSPOSED]
        # A kernel is applied at each output position, that of a transposed one at each input.
        values = [o.outputs[0] if o.type in FORWARD else o.inputs[2] for o in layers]
        counts = [tf.size(value) for value in values]
    found = network.evaluate(counts, np.zeros((*size, 3), np.uint8))
    return sum(int(n) * _weights(layer) for n, layer in zip(found, layers, strict=True))


def peak_memory(network: Network, size: tuple[int, ...]) -> int:
    """Measure the memory that the outputs of a network's layers need while it runs.

    Parameters
    ----------
    network : Network
        It is run once, on a black image.
    size : tuple of int
        Height and width of the image, which the network's grid must allow.

    Returns
    -------
    nbytes : int
        Largest number of bytes that TensorFlow held at once, from its record of every
        allocation. The weights, and what oneDNN allocates within a layer, are not included.

    """
    with runtime.building() as (_, tf1, _slim):
        options = tf1.RunOptions(trace_level=tf1.RunOptions.FULL_TRACE)
        trace = tf1.RunMetadata()
    image = np.zeros((*size, 3), np.uint8)
    network.evaluate(network.outputs, image, options=options, run_metadata=trace)
    changes = sorted(
        # Where memory is freed, the number of bytes is negative.
        (record.alloc_micros, record.alloc_bytes)
        for device in trace.step_stats.dev_stats
        for node in device.node_stats
        for memory in node.memory
        for record in memory.allocation_records
    )
    return max(accumulate((nbytes for _, nbytes in changes), initial=0))


def _weights(layer: Any) -> int:
    """Return how many weights are applied to one channel at one position."""
    height, width, channels, _ = layer.inputs[1].shape
    # The third axis is summed over, or spread over by a transposed convolution. A depthwise
    # kernel keeps channels apart.
    return int(height * width * (1 if "Depthwise" in layer.type else channels))
