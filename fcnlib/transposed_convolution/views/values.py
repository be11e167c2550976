"""Preset, random and typed values for the input and the kernel of the four views."""

import re
from collections.abc import Callable

import numpy as np

from fcnlib.checks import ascii_signs
from fcnlib.kernels.bilinear import upsample_filt
from fcnlib.typing import Float64Array

LARGEST_VALUE = 99.0
"""Typed numbers are limited to this absolute value, so that sums fit into a cell."""


def ramp(shape: tuple[int, ...]) -> Float64Array:
    """Return the numbers 1, 2, 3, ... row by row.

    Examples
    --------
    >>> ramp((2, 2))
    array([[1., 2.],
           [3., 4.]])

    """
    return np.arange(1.0, 1 + np.prod(shape)).reshape(shape)


def one_hot(shape: tuple[int, ...]) -> Float64Array:
    """Return zeros with a single 1 in the middle, for which the output is the kernel itself.

    Examples
    --------
    >>> one_hot((3,))
    array([0., 1., 0.])

    """
    values = np.zeros(shape)
    values[tuple(side // 2 for side in shape)] = 1
    return values


def bilinear(shape: tuple[int, ...]) -> Float64Array:
    """Return bilinear weights for a row or a square.

    Examples
    --------
    >>> bilinear((4,))
    array([0.25, 0.75, 0.75, 0.25])

    """
    square = upsample_filt(shape[-1])
    # The square is the outer product of two equal rows, so its sum is the square of a row's sum.
    row = square.sum(axis=0) / np.sqrt(square.sum())
    return square if len(shape) == 2 else row


def random_digits(shape: tuple[int, ...], seed: int) -> Float64Array:
    """Return random integers from 0 to 9, reproducible by the seed."""
    return np.random.default_rng(seed).integers(0, 10, shape).astype(float)


def random_weights(shape: tuple[int, ...], seed: int) -> Float64Array:
    """Return random multiples of 0.1 from -1 to 1, never 0, reproducible by the seed."""
    rng = np.random.default_rng(seed)
    return rng.choice([-1, 1], shape) * rng.integers(1, 11, shape) / 10


def typed(text: str, shape: tuple[int, ...]) -> tuple[Float64Array, int]:
    """Return the numbers in `text` as an array of a given shape, and their count.

    Parameters
    ----------
    text : str
        Numbers separated by any other characters, commas included. They are limited to
        ±`LARGEST_VALUE`.
    shape : tuple of int
        Shape of the result. It is filled row by row; missing numbers are 0, surplus numbers are
        ignored.

    Returns
    -------
    values : ndarray of shape `shape`
        Rounded to four decimals.
    count : int
        How many numbers `text` holds.

    Examples
    --------
    >>> typed("1; 2.5, -3e9 and more", (4,))
    (array([  1. ,   2.5, -99. ,   0. ]), 3)

    """
    number = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
    words = re.findall(number, ascii_signs(text))
    numbers = np.clip([float(word) for word in words], -LARGEST_VALUE, LARGEST_VALUE)
    values = np.zeros(int(np.prod(shape)))
    values[: numbers.size] = numbers[: values.size]
    return values.reshape(shape).round(4), numbers.size


Preset = Callable[[tuple[int, ...], int], Float64Array]

INPUTS: dict[str, Preset] = {
    "ramp": lambda shape, seed: ramp(shape),
    "random": random_digits,
    "one hot": lambda shape, seed: one_hot(shape),
    "ones": lambda shape, seed: np.ones(shape),
}
"""Functions that return an input for a shape and a seed, by name."""

KERNELS: dict[str, Preset] = {
    "bilinear": lambda shape, seed: bilinear(shape),
    "ones": lambda shape, seed: np.ones(shape),
    "random": random_weights,
}
"""Functions that return a kernel for a shape and a seed, by name."""
