"""Division of a large image into strips that the early layers process one at a time.

At full resolution, the input and the output of a layer in the first block of VGG-16 take 512 bytes
for each pixel: six gigabytes for an image of twelve megapixels. After four pooling layers, which
halve each side, they take 16 bytes. Therefore the early layers run on strips, and the later layers
run on their concatenated results.

Each strip is extended by a margin, and the results for the margin are dropped. The margin is so
wide that the remaining results do not depend on pixels outside the extended strip. At the borders
of the image there is no margin, so the network's own padding is used there. The results therefore
equal those of the whole image, except for rounding errors.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from fcnlib.networks.receptive_field import receptive_field, vgg_layers
from fcnlib.typing import AnyArray, Report, RGBImage, silent

CELL = 16
"""Pixels per cell of pool4, the output of the early layers."""


class Strip(NamedTuple):
    """One strip along one axis.

    Attributes
    ----------
    read : slice
        Pixels of the image to process.
    keep : slice
        Cells of the result that do not depend on pixels outside the strip.

    """

    read: slice
    keep: slice


def pool_margin(shapes: Mapping[str, Sequence[int]]) -> int:
    """Return by how many pixels the receptive field of pool4 exceeds its cell, in whole cells.

    Parameters
    ----------
    shapes : mapping of str to sequence of int
        Shape of every variable of the network by name.

    Returns
    -------
    pixels : int
        Margin on either side, rounded up to a multiple of 16.

    Examples
    --------
    >>> from fcnlib.networks.vgg import vgg_16_shapes
    >>> pool_margin(vgg_16_shapes())
    48

    """
    # Floor division of the negative start rounds its magnitude up.
    return -(receptive_field(vgg_layers(shapes, "pool4")).start // CELL) * CELL


def plan(shape: tuple[int, ...], most: int, beyond: int) -> list[Strip]:
    """Divide an image along its longer side.

    Parameters
    ----------
    shape : tuple of int
        Shape of the image, (H, W, ...). H and W must be multiples of 16.
    most : int
        Largest number of pixels of a strip, including its margins.
    beyond : int
        Margin as returned by `pool_margin`.

    Returns
    -------
    strips : list of Strip
        A single strip if the image has at most `most` pixels.

    Examples
    --------
    >>> [strip.read for strip in plan((64, 448, 3), 64 * 256, 48)]
    [slice(0, 208, None), slice(112, 368, None), slice(272, 448, None)]

    """
    shorter, longer = sorted(shape[:2])
    if shorter * longer <= most:
        return [Strip(slice(0, longer), slice(0, longer // CELL))]
    return cut(longer, most // shorter, CELL, beyond)


def run(
    early: Callable[[RGBImage], AnyArray],
    image: RGBImage,
    parts: Sequence[Strip],
    report: Report = silent,
) -> AnyArray:
    """Run the early layers on strips of an image and concatenate their results.

    Parameters
    ----------
    early : callable
        Takes a part (H', W', 3) of the image and returns its pool4, (H' / 16, W' / 16, K).
    image : ndarray of shape (H, W, 3)
        RGB.
    parts : sequence of Strip
        As returned by `plan`.
    report : callable, optional
        Called with (fraction, text) before each strip and after the last.

    Returns
    -------
    pool4 : ndarray of shape (1, H / 16, W / 16, K)
        Equal to that of the whole image, except for rounding.

    """
    axis = int(image.shape[1] > image.shape[0])
    along = (slice(None),) * axis
    results = []
    for number, part in enumerate(parts):
        report(number / len(parts), f"Early layers, strip {number + 1} of {len(parts)}")
        # The copy frees the margins.
        results.append(early(image[*along, part.read])[*along, part.keep].copy())
    report(1.0, "Late layers, on all strips together")
    return np.concatenate(results, axis)[None]


def cut(length: int, longest: int, cell: int, margin: int) -> list[Strip]:
    """Divide an axis into strips.

    Parameters
    ----------
    length : int
        Pixels of the axis, a multiple of `cell`.
    longest : int
        Largest number of pixels of a strip, including its margins. It is exceeded if it leaves
        no room for a cell between the margins.
    cell : int
        Pixels per cell of the result.
    margin : int
        Number of pixels outside a cell that its value depends on, a multiple of `cell`.

    Returns
    -------
    strips : list of Strip
        In order. The cells that they keep make up the axis.

    Examples
    --------
    Cells of 2 pixels that depend on 2 more on either side, 8 pixels at a time:

    >>> for strip in cut(12, 8, 2, 2):
    ...     print(strip.read, strip.keep)
    slice(0, 6, None) slice(0, 2, None)
    slice(2, 10, None) slice(1, 3, None)
    slice(6, 12, None) slice(1, 3, None)

    """
    # Cutting at multiples of a cell keeps the poolings of strips and whole image aligned.
    step = max(1, (longest - 2 * margin) // cell) * cell
    strips = []
    for first in range(0, length, step):
        last = min(first + step, length)
        start = max(0, first - margin)
        keep = slice((first - start) // cell, (last - start) // cell)
        strips.append(Strip(slice(start, min(length, last + margin)), keep))
    return strips
