"""Receptive fields, the parts of an image that cells depend on, computed from the layers' sizes.

A cell of a layer with kernel k and stride s depends on k cells of the layer below along each axis.
From layer to layer, the receptive field grows by (k - 1) times the distance between neighboring
cells in pixels. The distance is then multiplied by s. TensorFlow's ``"SAME"`` padding adds zeros
around the input of every layer, so the receptive fields of cells near the border extend beyond the
image.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from fcnlib.networks.vgg import CONVOLUTIONS_PER_BLOCK


class Layer(NamedTuple):
    """Kernel side and stride of a convolution or pooling with ``"SAME"`` padding."""

    kernel: int
    stride: int = 1


class Field(NamedTuple):
    """A square of an image, which may extend beyond its border.

    Attributes
    ----------
    top, left : int
        First row and column. They are negative if the square starts outside the image.
    size : int
        Side in pixels.

    """

    top: int
    left: int
    size: int

    def outside(self, shape: Sequence[int]) -> float:
        """Return the share, in [0, 1], that lies outside an image of `shape` (H, W, ...).

        Examples
        --------
        >>> Field(-2, 3, 4).outside((10, 10))
        0.5

        """
        inside = 1
        for start, side in zip((self.top, self.left), shape, strict=False):
            inside *= max(0, min(start + self.size, side) - max(start, 0))
        return 1 - inside / self.size**2


class ReceptiveField(NamedTuple):
    """The receptive fields of the cells of one layer.

    Attributes
    ----------
    size : int
        Side of the receptive field of a cell, in pixels.
    stride : int
        Pixels between neighboring cells.
    start : int
        First row, and first column, of the receptive field of cell (0, 0).

    """

    size: int
    stride: int
    start: int

    def field(self, row: int, col: int) -> Field:
        """Return the receptive field of the cell in `row` and `col`."""
        return Field(self.start + row * self.stride, self.start + col * self.stride, self.size)


def receptive_field(layers: Iterable[Layer]) -> ReceptiveField:
    """Return the receptive field of a cell after `layers`, given from the image upwards.

    Parameters
    ----------
    layers : iterable of Layer
        All with ``"SAME"`` padding.

    Returns
    -------
    field : ReceptiveField
        Size, stride and start.

    Raises
    ------
    ValueError
        If a kernel or a stride is less than 1.

    Notes
    -----
    The result is exact if the sides of the input of every layer are multiples of its stride.
    TensorFlow then adds ``max(kernel - stride, 0)`` zeros along each axis. If this number is
    odd, one more zero is added at the end than at the start.

    References
    ----------
    .. [1] V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning",
       :arxiv:`1603.07285`, for sizes and padding.

    Examples
    --------
    Two convolutions and a pooling depend on 6 × 6 pixels, starting two before the first:

    >>> receptive_field([Layer(3), Layer(3), Layer(2, stride=2)])
    ReceptiveField(size=6, stride=2, start=-2)

    """
    size, stride, start = 1, 1, 0
    for layer in layers:
        if min(layer) < 1:
            msg = f"kernel and stride must be at least 1, got {layer}. Pass the layer's own sizes."
            raise ValueError(msg)
        size += (layer.kernel - 1) * stride
        # TensorFlow puts the smaller half of the padding before the first row.
        start -= max(layer.kernel - layer.stride, 0) // 2 * stride
        stride *= layer.stride
    return ReceptiveField(size, stride, start)


def vgg_layers(shapes: Mapping[str, Sequence[int]], end_point: str) -> list[Layer]:
    """Return the layers of a VGG network up to one of its end points, with its actual kernels.

    Parameters
    ----------
    shapes : mapping of str to sequence of int
        Shape of every variable by name, as returned by `vgg.vgg_16_shapes`.
    end_point : str
        ``"pool1"`` to ``"pool5"``, or ``"fc7"``.

    Returns
    -------
    layers : list of Layer
        From the image upwards.

    Raises
    ------
    ValueError
        If there is no such end point.

    Examples
    --------
    >>> from fcnlib.networks.vgg import vgg_16_shapes
    >>> shapes = vgg_16_shapes()
    >>> [receptive_field(vgg_layers(shapes, end)).size for end in ("pool3", "pool4", "fc7")]
    [44, 100, 404]

    """
    if end_point not in ("pool1", "pool2", "pool3", "pool4", "pool5", "fc7"):
        msg = f'end_point must be "pool1" to "pool5" or "fc7", got {end_point!r}'
        raise ValueError(msg)
    layers: list[Layer] = []
    for block, depth in enumerate(CONVOLUTIONS_PER_BLOCK, 1):
        names = [f"conv{block}/conv{block}_{number}" for number in range(1, depth + 1)]
        layers += [Layer(shapes[f"vgg_16/{name}/weights"][0]) for name in names]
        layers.append(Layer(2, stride=2))
        if end_point == f"pool{block}":
            return layers
    return layers + [Layer(shapes[f"vgg_16/{name}/weights"][0]) for name in ("fc6", "fc7")]
