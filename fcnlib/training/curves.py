"""Training curves, reduced to a number of points that can be redrawn every second."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from fcnlib.training.options import Progress
from fcnlib.typing import Float64Array

MAX_POINTS = 100


class Curves(NamedTuple):
    """Loss and mean IU over the steps; each point is the mean over a block of steps.

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


def curves(history: Sequence[Progress], max_points: int = MAX_POINTS) -> Curves:
    """Average the progress of a training over blocks of steps.

    Parameters
    ----------
    history : sequence of Progress
        Progress of every step, in order.
    max_points : int, optional
        Largest number of blocks, at least 1.

    Returns
    -------
    curves : Curves
        Means over blocks of equal length; the last block may be shorter.

    Examples
    --------
    >>> history = [Progress(step, loss, 0.5, 0.1) for step, loss in [(1, 2.0), (2, 1.0), (3, 0.5)]]
    >>> curves(history, max_points=2).loss.tolist()
    [1.5, 0.5]

    """
    values = np.array([(p.step, p.loss, p.mean_iu) for p in history], np.float64).reshape(-1, 3)
    block = max(1, -(-len(values) // max_points))  # quotient rounded up
    blocks = [values[first : first + block] for first in range(0, len(values), block)]
    # The reshapes keep three columns when there are no steps yet.
    rows = np.array([(b[-1, 0], *b[:, 1:].mean(0)) for b in blocks]).reshape(-1, 3)
    return Curves(*rows.T)
