"""Kernels for the checkerboard demonstration: ones, random, bilinear, or typed by the user."""

import math
import re

import numpy as np

from fcnlib.checks import ascii_signs, positive_int
from fcnlib.errors import FcnlibError
from fcnlib.kernels.bilinear import upsample_filt
from fcnlib.typing import Float64Array

MAX_SIZE = 13
MAX_WEIGHT = 1e6


def ones_kernel(size: int) -> Float64Array:
    """Return a kernel of shape (size, size) with all weights 1."""
    return np.ones((positive_int(size, "size"),) * 2)


def random_kernel(size: int, seed: int = 0) -> Float64Array:
    """Return a kernel of shape (size, size) with weights drawn uniformly from [0, 1)."""
    return np.random.default_rng((seed, size)).random((positive_int(size, "size"),) * 2)


KERNELS = {"ones": ones_kernel, "bilinear": upsample_filt, "random": random_kernel}
"""Functions that map a size to a square kernel, by name."""


def kernel_from_text(text: str) -> Float64Array:
    """Return the square kernel that is written in `text`.

    Parameters
    ----------
    text : str
        Numbers or fractions such as ``1/3``, separated by blanks, commas or semicolons. Several
        lines are the rows of the kernel. A single line is used along both axes: each weight is
        the product of two of its numbers.

    Returns
    -------
    kernel : ndarray of shape (K, K)
        float64, with K from 1 to `MAX_SIZE`.

    Raises
    ------
    FcnlibError
        If a word is not a number, a number is too large, there are too many numbers, or the
        lines do not form a square.

    Examples
    --------
    >>> kernel_from_text("1 2 1")
    array([[1., 2., 1.],
           [2., 4., 2.],
           [1., 2., 1.]])

    """
    lines = [re.split(r"[,;\s]+", line.strip(" ,;\t\r")) for line in text.strip().split("\n")]
    if max(len(lines), *map(len, lines)) > MAX_SIZE:
        message = f"At most {MAX_SIZE} lines of {MAX_SIZE} numbers are allowed. Type fewer."
        raise FcnlibError("too_large", message)
    rows = [[_number(word) for word in line] for line in lines]
    if len(rows) == 1:
        return np.outer(rows[0], rows[0])
    for row in rows:
        if len(row) != len(rows):
            message = (
                f"{len(rows)} lines need {len(rows)} numbers each, but one line has {len(row)}. "
                f"Make the kernel square, or type one line to use it along both axes."
            )
            raise FcnlibError("not_square", message)
    return np.array(rows)


def _number(word: str) -> float:
    numerator, _, denominator = ascii_signs(word).partition("/")
    try:
        number = float(numerator) / float(denominator or 1)
    except (ValueError, ZeroDivisionError):
        number = math.nan
    if not abs(number) <= MAX_WEIGHT:
        message = (
            f"“{word[:20]}” is not a number from −{MAX_WEIGHT:,.0f} to {MAX_WEIGHT:,.0f}. Type "
            f"numbers such as 2, 0.5, -1 or 1/3, separated by blanks."
        )
        raise FcnlibError("not_a_number", message)
    return number
