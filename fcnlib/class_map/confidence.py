"""Confidence maps: the softmax of the best class at every pixel.

The softmax turns the scores of all classes into probabilities. The best class can be found without
the scores of classes that cannot win, but the softmax needs the scores of all classes at every
pixel. To save memory, they are upsampled for a few squares between cells at a time.
"""

import numpy as np

from fcnlib.checks import positive_int
from fcnlib.class_map.interpolation import check_logits, interpolate, margin, neighbors, phases
from fcnlib.class_map.softmax import odds_of_classes
from fcnlib.typing import Float32Array, FloatArray, Report, silent

_BLOCK = 1 << 16
"""Number of scores processed at once, about as many as fit into a processor's cache."""


def confidence_map(factor: int, logits: FloatArray, report: Report = silent) -> Float32Array:
    """Return the softmax of every pixel's best class after bilinear upsampling.

    Parameters
    ----------
    factor : int
        Upsampling factor, in output pixels per cell along each axis.
    logits : ndarray of shape (h, w, C)
        Class scores, finite. The outermost cells are repeated beyond the border.
    report : callable, optional
        Called with (fraction, text) after each row of cells.

    Returns
    -------
    confidence : ndarray of shape (factor * h, factor * w), float32
        In [1 / C, 1]: the probability of the best class if the scores are log odds.

    Raises
    ------
    TypeError, ValueError
        If `factor` is not a positive integer, or if `logits` does not have shape (h, w, C), is
        empty or is not finite.

    Examples
    --------
    >>> confidence_map(2, np.log([[[1.0, 3.0]]]))
    array([[0.75, 0.75],
           [0.75, 0.75]], dtype=float32)

    """
    factor, logits = positive_int(factor), check_logits(logits)
    rows = len(logits)
    confidence = np.empty((rows * factor, logits.shape[1] * factor), np.float32)
    phase = phases(factor, logits.dtype)
    weights = np.stack([1 - phase, phase], 1)
    for pixel, line in enumerate(confidence):
        above, below, down = neighbors(factor, pixel, rows)
        # Interpolate columns first, so that only one row of cells has to be widened.
        along = _along_row(interpolate(logits[above], logits[below], down), weights)
        line[:] = along[margin(factor) :][: len(line)]
        done, within = divmod(pixel + 1, factor)
        if within == 0:
            report(done / rows, f"Row {done} of {rows}")
    return confidence


def _along_row(cells: FloatArray, weights: FloatArray) -> FloatArray:
    """Return confidences (f * (w + 1),) in a row of squares from the scores (w, C) at its height.

    `weights` (f, 2) belong to the cells before and after each pixel of a square.
    """
    cells = np.pad(cells, ((1, 1), (0, 0)), mode="edge")
    ends = np.stack([cells[:-1], cells[1:]], 1)
    confidence = np.empty((len(ends), len(weights)), cells.dtype)
    step = max(1, _BLOCK // (len(weights) * cells.shape[1]))
    for first in range(0, len(ends), step):
        # The best class has odds of 1 relative to itself.
        odds = odds_of_classes(weights @ ends[first : first + step])
        confidence[first : first + step] = 1 / odds.sum(-1)
    return confidence.ravel()
