"""How sure a class map is: the softmax of the best class at every pixel.

Unlike the best class itself, its softmax depends on all classes, so each is enlarged. That
is done for a few pixels at a time: what is held at once is the map and one small block.
"""

import numpy as np

from fcnlib.bilinear import check_factor
from fcnlib.squares import between, check_logits, margin, phases
from fcnlib.typing import Float32Array, FloatArray, Report, silent

_BLOCK = 1 << 17
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
    factor = check_factor(factor)
    logits = check_logits(logits)
    rows = len(logits)
    confidence = np.empty((rows * factor, logits.shape[1] * factor), np.float32)
    phase = phases(factor, logits.dtype)
    for pixel, line in enumerate(confidence, margin(factor)):
        square, within = divmod(pixel, factor)
        above, below = logits[max(square - 1, 0)], logits[min(square, rows - 1)]
        line[:] = _along_row(factor, between(above, below, phase[within]))
        if within == factor - 1 or square == rows:
            report((pixel + 1 - margin(factor)) / len(confidence), f"Confidence, row {square}")
    return confidence


def _along_row(factor: int, cells: FloatArray) -> FloatArray:
    """Return confidences (f * w,) of one row of pixels from scores (w, C) at its height."""
    cells = np.pad(cells, ((1, 1), (0, 0)), mode="edge")
    phase = phases(factor, cells.dtype)[:, None]
    confidence = np.empty((len(cells) - 1) * factor, cells.dtype)
    step = max(1, _BLOCK // cells.shape[1])
    for first in range(0, len(confidence), step):
        pixels = np.arange(first, min(first + step, len(confidence)))
        square, within = np.divmod(pixels, factor)
        scores = between(cells[square], cells[square + 1], phase[within])
        scores -= scores.max(-1, keepdims=True)
        confidence[pixels] = 1 / np.exp(scores, out=scores).sum(-1)
    return confidence[margin(factor) :][: (len(cells) - 2) * factor]
