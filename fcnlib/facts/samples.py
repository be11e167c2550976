"""Random images and scores, the same on every machine, and the range of results for many seeds."""

from collections.abc import Callable, Mapping

import numpy as np

from fcnlib.facts.tolerances import Measured
from fcnlib.typing import Float64Array, FloatArray
from fcnlib.upsampling.experiment import run_check
from fcnlib.upsampling.settings import CheckSettings

SEEDS = range(20)
SHAPE = (12, 16)
"""Rows and columns of all random input: enough to have an interior, few enough to be fast."""

FACTORS = (2, 3, 4, 5, 6, 7, 8, 9, 16, 32)


def normal(channels: int, seed: int = 0) -> Float64Array:
    """Return random scores (12, 16, channels) with mean 0 and variance 1."""
    return np.random.default_rng(seed).normal(size=(*SHAPE, channels))


def uniform(channels: int, seed: int = 0, low: float = 0.0) -> Float64Array:
    """Return a random image (12, 16, channels) with values from `low` to 1."""
    return np.random.default_rng(seed).uniform(low, 1, size=(*SHAPE, channels))


def spread(trial: Callable[[int], Mapping[str, float]]) -> Measured:
    """Return the smallest and the largest value of a trial for all seeds in `SEEDS`.

    Parameters
    ----------
    trial : callable
        Called with a seed; returns values by label.

    Returns
    -------
    measured : mapping of str to pair of float
        By the same labels.

    Examples
    --------
    >>> spread(lambda seed: {"square": seed**2})
    {'square': (0.0, 361.0)}

    """
    trials = [trial(seed) for seed in SEEDS]
    columns = {label: [float(values[label]) for values in trials] for label in trials[0]}
    return {label: (min(column), max(column)) for label, column in columns.items()}


def difference(settings: CheckSettings, image: FloatArray) -> float:
    """Return the largest difference between TensorFlow's and scikit-image's result.

    It is infinite if their shapes differ.

    Examples
    --------
    >>> difference(CheckSettings(2, "float64"), np.ones((2, 2, 1)))
    0.0

    """
    agreement = run_check(settings, image).agreement
    return agreement.max_difference if agreement else float("inf")


def largest_difference(a: FloatArray, b: FloatArray) -> float:
    """Return the largest absolute difference between two arrays."""
    return float(np.abs(a - b).max())
