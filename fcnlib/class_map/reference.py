"""The class map by its definition: every class enlarged in full, one after the other.

It needs no array of all classes either, but computes every score of every pixel. It is
slow, and here to be compared with.
"""

import time
from typing import NamedTuple

import numpy as np

from fcnlib.checks import positive_int
from fcnlib.class_map.argmax import upsampled_argmax
from fcnlib.class_map.interpolation import between, check_logits, margin, phases
from fcnlib.typing import Float32Array, FloatArray, LabelMap, Report, silent

_TRIES = 3
SMOOTHNESS = {"smooth": 2.0, "noise": 0.0}
"""Standard deviation of the blur of random scores, in cells."""


class ArgmaxTiming(NamedTuple):
    """Two ways to one map, timed.

    Attributes
    ----------
    exact, one_by_one : float
        Seconds that `upsampled_argmax` and `enlarged_one_by_one` took.
    differing : int
        Pixels to which they give different classes.
    pixels : int
        Pixels in all.

    """

    exact: float
    one_by_one: float
    differing: int
    pixels: int


def enlarged_one_by_one(factor: int, logits: FloatArray, report: Report = silent) -> LabelMap:
    """Return the label map of bilinearly upsampled scores with a running maximum.

    Parameters
    ----------
    factor : int
        Upsampling factor, in output pixels per cell along each axis.
    logits : ndarray of shape (h, w, C)
        Class scores, finite.
    report : callable, optional
        Told of every class.

    Returns
    -------
    labels : ndarray of shape (factor * h, factor * w)
        As `upsampled_argmax` returns them.

    Raises
    ------
    TypeError, ValueError
        If `factor` is not a positive integer, or `logits` is not (h, w, C) with finite
        values and at least one of each.

    Examples
    --------
    >>> enlarged_one_by_one(3, np.array([[[9.0, 0.0, 8.0], [0.0, 9.0, 8.0]]]))[0]
    array([0, 0, 2, 2, 1, 1], dtype=uint8)

    """
    factor, logits = positive_int(factor), check_logits(logits)
    classes = logits.shape[2]
    best = _enlarged(factor, logits[..., 0])
    labels = np.zeros(best.shape, np.min_scalar_type(classes - 1))
    for label in range(1, classes):
        scores = _enlarged(factor, logits[..., label])
        labels[scores > best] = label
        np.maximum(best, scores, out=best)
        report((label + 1) / classes, f"Class {label + 1} of {classes}")
    return labels


def random_scores(kind: str, classes: int = 1000) -> Float32Array:
    """Return random scores (24, 32, C), float32, to try maps on: always the same.

    Parameters
    ----------
    kind : {"smooth", "noise"}
        Whether neighboring cells are alike, as a network's are, or not at all.
    classes : int, optional
        Number of classes C.

    Examples
    --------
    >>> random_scores("noise", 5).shape
    (24, 32, 5)

    """
    from scipy.ndimage import gaussian_filter

    noise = np.random.default_rng(0).standard_normal((24, 32, classes), np.float32)
    width = SMOOTHNESS[kind]
    return gaussian_filter(noise, (width, width, 0))


def benchmark_argmax(factor: int, logits: FloatArray, report: Report = silent) -> ArgmaxTiming:
    """Time the exact map and its definition on the same scores, and compare the maps.

    Parameters
    ----------
    factor : int
        Upsampling factor, in output pixels per cell along each axis.
    logits : ndarray of shape (h, w, C)
        Class scores, finite.
    report : callable, optional
        Told of the progress.

    Returns
    -------
    benchmark_argmax : ArgmaxTiming
        The exact map's time is the best of three, since it is short.

    Examples
    --------
    >>> benchmark_argmax(2, np.eye(3)[None]).differing
    0

    """
    report(0.0, "The exact map")
    tries = []
    for _ in range(_TRIES):
        started = time.perf_counter()
        exact = upsampled_argmax(factor, logits)
        tries.append(time.perf_counter() - started)
    started = time.perf_counter()
    slow = enlarged_one_by_one(factor, logits, report)
    seconds = time.perf_counter() - started
    return ArgmaxTiming(min(tries), seconds, int((exact != slow).sum()), exact.size)


def _enlarged(factor: int, scores: FloatArray) -> FloatArray:
    """Return one class's scores (h, w) as (f * h, f * w), enlarged along rows, then columns."""
    phase = phases(factor, scores.dtype)[:, None]
    for _ in range(2):
        scores = np.pad(scores.T, ((1, 1), (0, 0)), mode="edge")
        squares = between(scores[:-1, None], scores[1:, None], phase)
        size = factor * (len(scores) - 2)
        scores = squares.reshape(-1, scores.shape[1])[margin(factor) :][:size]
    return scores
