"""The softmax of class scores: exp(score), divided by its sum over the classes."""

import numpy as np

from fcnlib.class_map.interpolation import check_scores
from fcnlib.typing import FloatArray


def probabilities(scores: FloatArray) -> FloatArray:
    """Return the softmax over the classes. Scores of any size do not overflow.

    Parameters
    ----------
    scores : ndarray of shape (..., C)
        Class scores, finite.

    Returns
    -------
    probabilities : ndarray of shape (..., C)
        In [0, 1]. They add up to 1 over the classes.

    Raises
    ------
    ValueError
        If `scores` is empty, not floating point, masked or not finite.

    Examples
    --------
    >>> probabilities(np.log([1.0, 3.0]))
    array([0.25, 0.75])

    """
    odds = odds_of_classes(check_scores(scores))
    return odds / odds.sum(-1, keepdims=True)


def odds_of_classes(scores: FloatArray) -> FloatArray:
    """Return the odds of every class relative to the best one, in [0, 1], without checks.

    Examples
    --------
    >>> odds_of_classes(np.log([[1.0, 4.0]]))
    array([[0.25, 1.  ]])

    """
    relative = scores - scores.max(-1, keepdims=True)
    return np.exp(relative, out=relative)
