"""Sizes, weights, work and receptive field of every layer of VGG-16, without building it.

A convolution computes each of its outputs from all channels of the cells under its kernel, so its
number of multiply-adds is the number of outputs times the number of weights per output. Poolings
have no weights and are not counted as work.
"""

import math
from typing import NamedTuple

from fcnlib.networks.receptive_field import Layer, ReceptiveField, receptive_field
from fcnlib.networks.vgg import CONVOLUTIONS_PER_BLOCK, vgg_16_cells, vgg_16_shapes

FLOAT_BYTES = 4


class LayerSize(NamedTuple):
    """What one layer computes for one picture.

    Attributes
    ----------
    name : str
        Such as ``"conv3_1"``, ``"pool3"`` or ``"fc6"``.
    kernel : int
        Side of its kernel, in cells of its input.
    stride : int
        Cells from one position of the kernel to the next.
    rows, cols : int
        Cells of its output.
    channels : int
        Numbers per cell of its output.
    weights : int
        Weights and biases; 0 for a pooling.
    multiply_adds : int
        Multiplications with addition; 0 for a pooling.
    field : ReceptiveField
        Receptive fields of its cells, if all layers have ``"SAME"`` padding.

    """

    name: str
    kernel: int
    stride: int
    rows: int
    cols: int
    channels: int
    weights: int
    multiply_adds: int
    field: ReceptiveField

    @property
    def nbytes(self) -> int:
        """Size of its output in float32, in bytes."""
        return FLOAT_BYTES * self.rows * self.cols * self.channels


def vgg_16_layers(
    height: int, width: int, padding: str = "SAME", num_classes: int = 1000
) -> list[LayerSize]:
    """Return the sizes of the 21 layers of VGG-16 for a picture, from the first to the last.

    Parameters
    ----------
    height, width : int
        Sides of the picture in pixels. A pooling leaves out the last row or column of an odd
        number.
    padding : {"SAME", "VALID"}
        Padding of fc6.
    num_classes : int
        Channels of fc8.

    Returns
    -------
    layers : list of LayerSize
        13 convolutions, 5 poolings, and fc6 to fc8.

    Raises
    ------
    TypeError, ValueError
        As from `vgg_16_cells`.

    Examples
    --------
    >>> first, *_, last = vgg_16_layers(224, 224, "VALID")
    >>> first.rows, first.cols, first.channels, last.rows, last.cols, last.channels
    (224, 224, 64, 1, 1, 1000)

    """
    last_cells = vgg_16_cells(height, width, padding)
    shapes = vgg_16_shapes(num_classes)
    sizes: list[LayerSize] = []
    passed: list[Layer] = []
    cells = height, width

    def add(name: str, layer: Layer, channels: int, weights: int = 0, fan_in: int = 0) -> None:
        passed.append(layer)
        outputs = math.prod(cells) * channels
        field = receptive_field(passed)
        sizes.append(LayerSize(name, *layer, *cells, channels, weights, outputs * fan_in, field))

    def convolution(name: str, path: str) -> int:
        *kernel, channels = shapes[f"vgg_16/{path}/weights"]
        fan_in = math.prod(kernel)
        add(name, Layer(kernel[0]), channels, (fan_in + 1) * channels, fan_in)
        return channels

    for block, depth in enumerate(CONVOLUTIONS_PER_BLOCK, 1):
        names = [f"conv{block}_{number}" for number in range(1, depth + 1)]
        channels = [convolution(name, f"conv{block}/{name}") for name in names][-1]
        cells = cells[0] // 2, cells[1] // 2
        add(f"pool{block}", Layer(2, stride=2), channels)
    # fc6 alone may change the number of cells; fc7 and fc8 have kernels of one cell.
    cells = last_cells
    for name in ("fc6", "fc7", "fc8"):
        convolution(name, name)
    return sizes
