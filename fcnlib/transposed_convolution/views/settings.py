"""What four linked views of a transposed convolution are asked to show, and what fits.

A setting holds one input, one kernel and the three numbers that belong to them, on a row or
on a square. Bounds follow from one another in that order: size, kernel, stride, padding,
output_padding. Whatever they allow is valid, and small enough to read its numbers.
"""

from typing import NamedTuple

import numpy as np

from fcnlib.transposed_convolution.sizes import (
    Pair,
    output_padding_range,
    output_size,
    padding_range,
)
from fcnlib.typing import Float64Array

Values = tuple[tuple[float, ...], ...]

SIZES = {1: range(3, 7), 2: range(2, 5)}
KERNEL_SIZES = range(1, 6)
STRIDES = range(1, 5)
LARGEST_OUTPUT = {1: 17, 2: 10}
"""Cells along a side of the output, by dimensions; a square of 10 has a matrix of 100 rows."""
LARGEST_SPREAD = {1: 17, 2: 13}
"""Cells along a side of the zero-inserted, padded input: more are too narrow on a phone."""


class ViewSettings(NamedTuple):
    """One transposed convolution, small enough to show every number.

    Attributes
    ----------
    dimensions : int
        1 or 2. One dimension is a row: all its shapes are ``(1, n)``.
    values : tuple of tuple of float
        The input, row by row.
    kernel : tuple of tuple of float
        The weights, row by row.
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
    """Return the setting of a row or of a square, with one number for both axes.

    Parameters
    ----------
    values, kernel : ndarray of shape (n,) or (n, n), and (k,) or (k, k)
        Both with one axis or both with two.
    stride, padding, output_padding : int
        As for `fcnlib.transposed_convolution.sizes.output_size`; on a row, rows have 1, 0 and 0.

    Returns
    -------
    setting : ViewSettings

    Examples
    --------
    >>> setting(np.array([1.0, 2.0]), np.ones(3), stride=2).stride
    (1, 2)

    """
    dimensions = np.ndim(values)
    flat = dimensions == 1
    return ViewSettings(
        dimensions,
        _rows(values),
        _rows(kernel),
        (1 if flat else stride, stride),
        (0 if flat else padding, padding),
        (0 if flat else output_padding, output_padding),
    )


def strides(dimensions: int, size: int, kernel_size: int) -> list[int]:
    """Return the strides whose numbers can still be read.

    Examples
    --------
    >>> strides(1, 4, 3), strides(1, 6, 5), strides(2, 3, 3)
    ([1, 2, 3, 4], [1], [1, 2, 3])

    """
    return [stride for stride in STRIDES if _fits(dimensions, size, kernel_size, stride)]


def paddings(size: int, kernel_size: int, stride: int) -> list[int]:
    """Return the paddings that leave something of the output.

    Examples
    --------
    >>> paddings(3, 4, 2)
    [0, 1, 2, 3]

    """
    return list(padding_range(size, kernel_size, stride))


def output_paddings(
    dimensions: int, size: int, kernel_size: int, stride: int, padding: int
) -> list[int]:
    """Return the values of output_padding that are valid and fit.

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
