"""Settings of the four linked views, and the ranges from which they can be chosen.

A setting holds an input, a kernel, stride, padding and output_padding, for a row or a square.
The range of each choice depends on the choices before it, in the order input size, kernel size,
stride, padding, output_padding. Every combination within the ranges is valid and small enough
to read its numbers.
"""

from typing import NamedTuple

import numpy as np

from fcnlib.transposed_convolution.sizes import Pair, output_padding_range, output_size
from fcnlib.typing import Float64Array

Values = tuple[tuple[float, ...], ...]

SIZES = {1: range(3, 7), 2: range(2, 5)}
KERNEL_SIZES = range(1, 6)
STRIDES = range(1, 5)
LARGEST_OUTPUT = {1: 17, 2: 10}
"""Most output cells along a side, by dimensions. A square of side 10 has a matrix of 100 rows."""
LARGEST_SPREAD = {1: 17, 2: 13}
"""Most cells along a side of the zero-inserted, padded input. More would not fit on a phone."""


class ViewSettings(NamedTuple):
    """Settings of one transposed convolution that is small enough to show every number.

    Attributes
    ----------
    dimensions : int
        1 or 2. With one dimension, all arrays are rows of shape ``(1, n)``.
    values : tuple of tuple of float
        Input, row by row.
    kernel : tuple of tuple of float
        Weights, row by row.
    stride, padding, output_padding : tuple of int
        Along rows and columns.

    """

    dimensions: int
    values: Values
    kernel: Values
    stride: Pair
    padding: Pair
    output_padding: Pair


def setting(
    values: Float64Array,
    kernel: Float64Array,
    stride: int,
    padding: int = 0,
    output_padding: int = 0,
) -> ViewSettings:
    """Return the settings for a row or a square, with the same numbers along both axes.

    Parameters
    ----------
    values, kernel : ndarray of shape (n,) or (n, n), and (k,) or (k, k)
        Input and kernel, both with one axis or both with two.
    stride, padding, output_padding : int
        As for `fcnlib.transposed_convolution.sizes.output_size`. With one dimension they apply
        to the columns; the rows have stride 1 and no padding.

    Returns
    -------
    setting : ViewSettings

    Examples
    --------
    >>> setting(np.array([1.0, 2.0]), np.ones(3), stride=2).stride
    (1, 2)

    """
    dimensions = np.ndim(values)
    rows = (1, 0, 0) if dimensions == 1 else (stride, padding, output_padding)
    pairs = zip(rows, (stride, padding, output_padding), strict=True)
    return ViewSettings(dimensions, _rows(values), _rows(kernel), *pairs)


def strides(dimensions: int, size: int, kernel_size: int) -> list[int]:
    """Return the strides for which output and zero-inserted input are small enough to read.

    Examples
    --------
    >>> strides(1, 4, 3), strides(1, 6, 5), strides(2, 3, 3)
    ([1, 2, 3, 4], [1], [1, 2, 3])

    """
    return [stride for stride in STRIDES if _fits(dimensions, size, kernel_size, stride)]


def output_paddings(
    dimensions: int, size: int, kernel_size: int, stride: int, padding: int
) -> list[int]:
    """Return the values of output_padding that are valid and keep the output small enough.

    Examples
    --------
    >>> output_paddings(1, 4, 3, 2, 1), output_paddings(1, 6, 4, 2, 0)
    ([0, 1], [0])

    """
    return [
        extra
        for extra in output_padding_range(stride)
        if _fits(dimensions, size, kernel_size, stride, padding, extra)
    ]


def _fits(dimensions: int, size: int, kernel_size: int, *rest: int) -> bool:
    output = output_size(size, kernel_size, *rest)
    spread = output + kernel_size - 1
    return output <= LARGEST_OUTPUT[dimensions] and spread <= LARGEST_SPREAD[dimensions]


def _rows(values: Float64Array) -> Values:
    return tuple(tuple(map(float, row)) for row in np.atleast_2d(values))
