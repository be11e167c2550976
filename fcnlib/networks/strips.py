"""Cutting a picture into strips that a network's early layers see one at a time.

At full resolution the first block of VGG-16 holds 512 bytes for each pixel, six gigabytes
for a picture of twelve megapixels, while four poolings later a fiftieth is left. So the early
layers run on strips, and the rest on what the strips leave, put together again.

Each strip is read with a margin wide enough that no value that is kept depends on what lies
beyond, and at the picture's own edges without one, so that the padding there is the
network's. What is kept is therefore what the whole picture gives, to rounding.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fcnlib.networks.receptive_field import receptive_field, vgg_layers
from fcnlib.typing import Report, RGBImage, silent

CELL = 16
"""Pixels per cell of what the early layers, up to pool4, leave."""


class Strip(NamedTuple):
    """One strip along one axis.

    Attributes
    ----------
    read : slice
        Pixels of the picture.
    keep : slice
        Cells of the strip's result that no margin has touched.

    """

    read: slice
    keep: slice


def pool_margin(shapes: Mapping[str, Sequence[int]]) -> int:
    """Return how many pixels beyond its own a cell of pool4 depends on, in whole cells.

    Parameters
    ----------
    shapes : mapping of str to sequence of int
        Of the network's variables by name.

    Returns
    -------
    pixels : int
        On either side.

    Examples
    --------
    >>> from fcnlib.networks.vgg import vgg_16_shapes
    >>> pool_margin(vgg_16_shapes())
    48

    """
    before = -receptive_field(vgg_layers(shapes, "pool4")).start
    return -(-before // CELL) * CELL


def plan(shape: tuple[int, ...], most: int, beyond: int) -> list[Strip]:
    """Cut a picture across its longer side.

    Parameters
    ----------
    shape : tuple of int
        Of the picture: H, W and what follows; H and W are multiples of 16.
    most : int
        The most pixels of a strip, its margins included.
    beyond : int
        The `pool_margin`.

    Returns
    -------
    strips : list of Strip
        One, if the picture has no more pixels than that.

    Examples
    --------
    >>> [strip.read for strip in plan((64, 448, 3), 64 * 256, 48)]
    [slice(0, 208, None), slice(112, 368, None), slice(272, 448, None)]

    """
    height, width = shape[:2]
    if height * width <= most:
        return [Strip(slice(0, max(height, width)), slice(0, max(height, width) // CELL))]
    return cut(max(height, width), most // min(height, width), CELL, beyond)


def run(
    early: Callable[[RGBImage], NDArray[Any]],
    image: RGBImage,
    parts: Sequence[Strip],
    report: Report = silent,
) -> NDArray[Any]:
    """Run the early layers on strips of a picture and put together what they leave.

    Parameters
    ----------
    early : callable
        Given a part (H', W', 3) of the picture, returns pool4 of it, (H' / 16, W' / 16, K).
    image : ndarray of shape (H, W, 3)
        RGB.
    parts : sequence of Strip
        As `plan` cuts it.
    report : callable, optional
        Told of each strip.

    Returns
    -------
    pool4 : ndarray of shape (1, H / 16, W / 16, K)
        As of the whole picture, to rounding.

    """
    axis = int(image.shape[1] > image.shape[0])
    made = []
    for number, part in enumerate(parts):
        report(number / len(parts), f"Early layers, strip {number + 1} of {len(parts)}")
        strip = early(image[_along(axis, part.read)])
        made.append(strip[_along(axis, part.keep)].copy())
    report(1.0, "Late layers, on all strips together")
    return np.concatenate(made, axis)[None]


def cut(length: int, longest: int, cell: int, margin: int) -> list[Strip]:
    """Cut an axis into strips.

    Parameters
    ----------
    length : int
        Pixels of the axis, a multiple of `cell`.
    longest : int
        The most pixels of a strip, its margins included; more where that leaves no room
        for one cell between them.
    cell : int
        Pixels per cell of the result.
    margin : int
        Pixels beyond a cell that its value depends on, a multiple of `cell`.

    Returns
    -------
    strips : list of Strip
        In order; the cells that they keep make up the axis.

    Examples
    --------
    Cells of 2 pixels that depend on 2 more on either side, 8 pixels at a time:

    >>> for strip in cut(12, 8, 2, 2):
    ...     print(strip.read, strip.keep)
    slice(0, 6, None) slice(0, 2, None)
    slice(2, 10, None) slice(1, 3, None)
    slice(6, 12, None) slice(1, 3, None)

    """
    step = max(1, (longest - 2 * margin) // cell)
    strips = []
    for first in range(0, length // cell, step):
        last = min(first + step, length // cell)
        start, stop = max(0, first * cell - margin), min(length, last * cell + margin)
        keep = slice(first - start // cell, last - start // cell)
        strips.append(Strip(slice(start, stop), keep))
    return strips


def _along(axis: int, part: slice) -> tuple[slice, ...]:
    return (slice(None),) * axis + (part,)
