"""Inputs and kernels to choose from: regular, at random by a seed, or typed in."""

import re
from collections.abc import Callable

import numpy as np

from fcnlib.kernels.bilinear import upsample_filt
from fcnlib.typing import Float64Array

LARGEST_VALUE = 99.0
"""What typed numbers are limited to, so that sums fit a cell."""


def ramp(shape: tuple[int, ...]) -> Float64Array:
    """Return 1, 2, 3 ... row by row.

    Examples
    --------
    >>> ramp((2, 2))
    array([[1., 2.],
           [3., 4.]])

    """
    return np.arange(1.0, 1 + np.prod(shape)).reshape(shape)


def one_hot(shape: tuple[int, ...]) -> Float64Array:
    """Return zeros with a single one in the middle: the output is then the kernel itself.

    Examples
    --------
    >>> one_hot((3,))
    array([0., 1., 0.])

    """
    values = np.zeros(shape)
    values[tuple(side // 2 for side in shape)] = 1
    return values


def bilinear(shape: tuple[int, ...]) -> Float64Array:
    """Return the bilinear weights, on a row or on a square.

    Examples
    --------
    >>> bilinear((4,))
    array([0.25, 0.75, 0.75, 0.25])

    """
    square = upsample_filt(shape[-1])
    # The square is the product of two rows, and the sum of one row is the root of its sum.
    row = square.sum(axis=0) / np.sqrt(square.sum())
    return square if len(shape) == 2 else row


def random_digits(shape: tuple[int, ...], seed: int) -> Float64Array:
    """Return whole numbers from 0 to 9, the same ones for the same seed."""
    return np.random.default_rng(seed).integers(0, 10, shape).astype(float)


def random_weights(shape: tuple[int, ...], seed: int) -> Float64Array:
    """Return tenths from -1 to 1 without 0, the same ones for the same seed."""
    rng = np.random.default_rng(seed)
    return rng.choice([-1, 1], shape) * rng.integers(1, 11, shape) / 10


def typed(text: str, shape: tuple[int, ...]) -> tuple[Float64Array, int]:
    """Return the numbers in `text` in the wanted shape, and how many were found.

    Parameters
    ----------
    text : str
        Numbers, with anything between them. Those beyond `LARGEST_VALUE` are limited to it.
    shape : tuple of int
        Filled row by row; what is missing is 0, what is left over is dropped.

    Returns
    -------
    values : ndarray of that shape
    found : int

    Examples
    --------
    >>> typed("1; 2.5, -3e9 and more", (4,))
    (array([  1. ,   2.5, -99. ,   0. ]), 3)

    """
    found = [
        float(number) for number in re.findall(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?", text)
    ]
    values = np.zeros(int(np.prod(shape)))
    values[: len(found)] = np.clip(found, -LARGEST_VALUE, LARGEST_VALUE)[: values.size]
    return values.reshape(shape).round(4), len(found)


INPUTS: dict[str, Callable[[tuple[int, ...], int], Float64Array]] = {
    "ramp": lambda shape, seed: ramp(shape),
    "random": random_digits,
    "one hot": lambda shape, seed: one_hot(shape),
    "ones": lambda shape, seed: np.ones(shape),
}
"""What the input can be, by name: of a shape, and at random by a seed."""

KERNELS: dict[str, Callable[[tuple[int, ...], int], Float64Array]] = {
    "bilinear": lambda shape, seed: bilinear(shape),
    "ones": lambda shape, seed: np.ones(shape),
    "random": random_weights,
}
"""What the kernel can be."""
