"""Random pictures and scores, the same on every machine, and what many of them give."""

from collections.abc import Callable, Mapping

import numpy as np

from fcnlib.facts.tolerances import Measured
from fcnlib.typing import Float64Array, FloatArray
from fcnlib.upsampling.experiment import run_check
from fcnlib.upsampling.settings import CheckSettings

MEASURED = "measured before"
"""The source of what nobody published: this project, with the libraries in `MEASURED_WITH`."""

MEASURED_WITH = "TensorFlow 2.21, tf-slim 1.1.0, scikit-image 0.26 and NumPy 2.4"

SEEDS = range(20)
SHAPE = (12, 16)
"""Rows and columns of all random input here: enough to have an interior, and quick."""

FACTORS = (2, 3, 4, 5, 6, 7, 8, 9, 16, 32)


def normal(channels: int, seed: int = 0) -> Float64Array:
    """Return random scores (12, 16, channels) with mean 0 and variance 1."""
    return np.random.default_rng(seed).normal(size=(*SHAPE, channels))


def uniform(channels: int, seed: int = 0, low: float = 0.0) -> Float64Array:
    """Return a random picture (12, 16, channels) with values from `low` to 1."""
    return np.random.default_rng(seed).uniform(low, 1, size=(*SHAPE, channels))


def spread(trial: Callable[[int], Mapping[str, float]]) -> Measured:
    """Return the least and the greatest value that a trial gives, over `SEEDS`.

    Parameters
    ----------
    trial : callable
        Told a seed, returns values by label.

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


def difference(setting: CheckSettings, image: FloatArray) -> float:
    """Return the largest difference of TensorFlow's result from scikit-image's.

    Examples
    --------
    >>> difference(CheckSettings(2, "float64"), np.ones((2, 2, 1)))
    0.0

    """
    agreement = run_check(setting, image).agreement
    return agreement.max_difference if agreement else float("inf")
