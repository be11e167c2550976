"""What a training told step by step, in few enough points to draw it every second."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fcnlib.training.trainer import Progress
from fcnlib.typing import Float64Array

MAX_POINTS = 100


@dataclass(frozen=True)
class Curves:
    """A history in few points, each the mean over a block of steps.

    Attributes
    ----------
    step : ndarray of shape (n,)
        Last step of each block.
    loss, mean_iu : ndarray of shape (n,)
        Means over the block.

    """

    step: Float64Array
    loss: Float64Array
    mean_iu: Float64Array


def curves(history: Sequence[Progress], most: int = MAX_POINTS) -> Curves:
    """Thin a history to at most so many points.

    Parameters
    ----------
    history : sequence of Progress
        Of every step, in order.
    most : int, optional
        Most points, at least 1.

    Returns
    -------
    curves : Curves
        Blocks of equal length, but for the last.

    Examples
    --------
    >>> history = [Progress(step, loss, 0.5, 0.1) for step, loss in [(1, 2.0), (2, 1.0), (3, 0.5)]]
    >>> curves(history, most=2).loss.tolist()
    [1.5, 0.5]

    """
    values = np.array([(p.step, p.loss, p.mean_iu) for p in history], np.float64).reshape(-1, 3)
    block = max(1, -(-len(values) // most))
    blocks = [values[first : first + block] for first in range(0, len(values), block)]
    rows = np.array([(b[-1, 0], *b[:, 1:].mean(0)) for b in blocks]).reshape(-1, 3)
    return Curves(*rows.T)
