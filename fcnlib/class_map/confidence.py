"""How sure a class map is: the softmax of the best class at every pixel.

Unlike the best class itself, its softmax depends on all classes, so each is enlarged. That
is done for a few squares between cells at a time, so little more than the map is held.
"""

import numpy as np

from fcnlib.checks import positive_int
from fcnlib.class_map.interpolation import between, check_logits, margin, phases
from fcnlib.typing import Float32Array, FloatArray, Report, silent

_BLOCK = 1 << 16
"""Scores worked on at once, about as many as stay in a processor's cache."""


def confidence_map(factor: int, logits: FloatArray, report: Report = silent) -> Float32Array:
    """Return the softmax of every pixel's best class after bilinear upsampling.

    Parameters
    ----------
    factor : int
        Upsampling factor, in output pixels per cell along each axis.
    logits : ndarray of shape (h, w, C)
        Class scores, finite. Beyond their border the outermost cells are repeated.
    report : callable, optional
        Told of the progress.

    Returns
    -------
    confidence : ndarray of shape (factor * h, factor * w), float32
        In [1 / C, 1]: the probability of the best class if scores are taken for log odds.

    Raises
    ------
    TypeError, ValueError
        If `factor` is not a positive integer, or `logits` is not (h, w, C) with finite
        values and at least one of each.

    Examples
    --------
    >>> confidence_map(2, np.log([[[1.0, 3.0]]]))
    array([[0.75, 0.75],
           [0.75, 0.75]], dtype=float32)

    """
    factor = positive_int(factor)
    logits = check_logits(logits)
    rows = len(logits)
    confidence = np.empty((rows * factor, logits.shape[1] * factor), np.float32)
    phase = phases(factor, logits.dtype)
    weights = np.stack([1 - phase, phase], 1)
    for pixel, line in enumerate(confidence, margin(factor)):
        square, within = divmod(pixel, factor)
        above, below = logits[max(square - 1, 0)], logits[min(square, rows - 1)]
        along = _along_row(between(above, below, phase[within]), weights)
        line[:] = along[margin(factor) :][: len(line)]
        if within == 0 or pixel == len(confidence) + margin(factor) - 1:
            report((pixel + 1 - margin(factor)) / len(confidence), f"Row {square} of {rows}")
    return confidence


def _along_row(cells: FloatArray, weights: FloatArray) -> FloatArray:
    """Return confidences (f * (w + 1),) in a row of squares from scores (w, C) at its height.

    `weights` (f, 2) are those of the cells before and after each pixel of a square.
    """
    cells = np.pad(cells, ((1, 1), (0, 0)), mode="edge")
    ends = np.stack([cells[:-1], cells[1:]], 1)
    confidence = np.empty((len(ends), len(weights)), cells.dtype)
    step = max(1, _BLOCK // (len(weights) * cells.shape[1]))
    for first in range(0, len(ends), step):
        scores = weights @ ends[first : first + step]
        scores -= scores.max(-1, keepdims=True)
        confidence[first : first + step] = 1 / np.exp(scores, out=scores).sum(-1)
    return confidence.ravel()
