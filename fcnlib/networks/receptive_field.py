"""What part of a picture a cell of a network depends on, from the layers' sizes alone.

A layer with kernel k and stride s lets one of its cells see k cells of the layer below.
Going up, the part of the picture that a cell sees grows by (k - 1) times the pixels
between neighboring cells, and those pixels grow by s. With TensorFlow's ``"SAME"`` padding
the picture is continued with zeros on all sides, layer by layer, so cells near the border
see beyond it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from fcnlib.networks.vgg import CONVOLUTIONS_PER_BLOCK

POOLING_SIDE = 2


class Layer(NamedTuple):
    """The kernel's side and the stride of a convolution or pooling with ``"SAME"`` padding."""

    kernel: int
    stride: int = 1


class Field(NamedTuple):
    """A square of a picture, which may reach beyond it.

    Attributes
    ----------
    top, left : int
        Its first row and column; negative beyond the picture.
    size : int
        Its side in pixels.

    """

    top: int
    left: int
    size: int

    def outside(self, shape: Sequence[int]) -> float:
        """Return the part of it, in [0, 1], that lies beyond a picture of `shape` (H, W, ...).

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
    """What the cells of one layer see of the picture.

    Attributes
    ----------
    size : int
        Side of the square that one cell sees, in pixels.
    stride : int
        Pixels between neighboring cells.
    start : int
        First row, and first column, that cell (0, 0) sees.

    """

    size: int
    stride: int
    start: int

    def field(self, row: int, col: int) -> Field:
        """Return what the cell in `row` and `col` sees."""
        return Field(self.start + row * self.stride, self.start + col * self.stride, self.size)


def receptive_field(layers: Iterable[Layer]) -> ReceptiveField:
    """Return what a cell sees of a picture through `layers`, the picture's own layer first.

    Parameters
    ----------
    layers : iterable of Layer
        All with ``"SAME"`` padding.

    Returns
    -------
    reach : ReceptiveField
        Size, stride and place.

    Raises
    ------
    ValueError
        If a kernel or a stride is less than 1.

    Notes
    -----
    Exact where every layer's sides are multiples of its stride: TensorFlow then adds
    ``max(kernel - stride, 0)`` zeros along each axis, the smaller half before the first.

    References
    ----------
    .. [1] V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning",
       :arxiv:`1603.07285`, for sizes and padding.

    Examples
    --------
    Two convolutions and a pooling see 6 × 6 pixels, two of them before the first:

    >>> receptive_field([Layer(3), Layer(3), Layer(2, stride=2)])
    ReceptiveField(size=6, stride=2, start=-2)

    """
    size, stride, start = 1, 1, 0
    for layer in layers:
        if min(layer) < 1:
            msg = f"kernel and stride must be at least 1, got {layer}. Pass the layer's own sizes."
            raise ValueError(msg)
        size += (layer.kernel - 1) * stride
        start -= max(layer.kernel - layer.stride, 0) // 2 * stride
        stride *= layer.stride
    return ReceptiveField(size, stride, start)


def vgg_layers(shapes: Mapping[str, Sequence[int]], end_point: str) -> list[Layer]:
    """Return the layers of a VGG up to one of its end points, with the kernels it really has.

    Parameters
    ----------
    shapes : mapping of str to sequence of int
        Shape of every variable by name, such as `vgg.vgg_16_shapes` gives.
    end_point : str
        ``"pool1"`` to ``"pool5"``, or ``"fc7"``.

    Returns
    -------
    layers : list of Layer
        From the picture up.

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
    layers: list[Layer] = []
    for block, depth in enumerate(CONVOLUTIONS_PER_BLOCK, 1):
        names = [f"conv{block}/conv{block}_{number}" for number in range(1, depth + 1)]
        layers += [_convolution(shapes, name) for name in names]
        layers.append(Layer(POOLING_SIDE, POOLING_SIDE))
        if end_point == f"pool{block}":
            return layers
    if end_point == "fc7":
        return [*layers, _convolution(shapes, "fc6"), _convolution(shapes, "fc7")]
    msg = f'end_point must be "pool1" to "pool5" or "fc7", got {end_point!r}'
    raise ValueError(msg)


def _convolution(shapes: Mapping[str, Sequence[int]], name: str) -> Layer:
    return Layer(shapes[f"vgg_16/{name}/weights"][0])
