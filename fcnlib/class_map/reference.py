"""The class map by its definition: upsample every class in full, one after another.

Like `upsampled_argmax`, this needs no array of all classes, but it computes every score of every
pixel. It is slow and serves as the reference that `upsampled_argmax` is compared with.
"""

import time
from typing import NamedTuple

import numpy as np

from fcnlib.checks import positive_int
from fcnlib.class_map.argmax import upsampled_argmax
from fcnlib.class_map.interpolation import check_logits, interpolate, margin, phases
from fcnlib.typing import Float32Array, FloatArray, LabelMap, Report, silent

_REPEATS = 3
SMOOTHNESS = {"smooth": 2.0, "noise": 0.0}
"""Standard deviation of the Gaussian blur of random scores, in cells."""


class ArgmaxTiming(NamedTuple):
    """Run times and agreement of two methods for the same map.

    Attributes
    ----------
    exact, one_by_one : float
        Run times of `upsampled_argmax` and `enlarged_one_by_one`, in seconds.
    differing : int
        Number of pixels to which they assign different classes.
    pixels : int
        Number of all pixels.

    """

    exact: float
    one_by_one: float
    differing: int
    pixels: int


def enlarged_one_by_one(factor: int, logits: FloatArray, report: Report = silent) -> LabelMap:
    """Return the label map of bilinearly upsampled scores, using a running maximum.

    Parameters
    ----------
    factor : int
        Upsampling factor, in output pixels per cell along each axis.
    logits : ndarray of shape (h, w, C)
        Class scores, finite.
    report : callable, optional
        Called with (fraction, text) after each class.

    Returns
    -------
    labels : ndarray of shape (factor * h, factor * w)
        As returned by `upsampled_argmax`.

    Raises
    ------
    TypeError, ValueError
        If `factor` is not a positive integer, or if `logits` does not have shape (h, w, C), is
        empty or is not finite.

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
    """Return random scores (24, 32, C), float32, for trying out maps. They never change.

    Parameters
    ----------
    kind : {"smooth", "noise"}
        Whether neighboring cells have similar scores, as those of a network do, or
        independent ones.
    classes : int, optional
        Number of classes C.

    Examples
    --------
    >>> random_scores("noise", 5).shape
    (24, 32, 5)

    """
    from scipy.ndimage import gaussian_filter

    noise = np.random.default_rng(0).standard_normal((24, 32, classes), np.float32)
    return gaussian_filter(noise, (SMOOTHNESS[kind], SMOOTHNESS[kind], 0))


def benchmark_argmax(factor: int, logits: FloatArray, report: Report = silent) -> ArgmaxTiming:
    """Time the exact map and the reference on the same scores, and compare their labels.

    Parameters
    ----------
    factor : int
        Upsampling factor, in output pixels per cell along each axis.
    logits : ndarray of shape (h, w, C)
        Class scores, finite.
    report : callable, optional
        Called with (fraction, text) at the start and after each class of the reference.

    Returns
    -------
    timing : ArgmaxTiming
        The time of the exact map is the best of three runs, since it is short.

    Examples
    --------
    >>> benchmark_argmax(2, np.eye(3)[None]).differing
    0

    """
    report(0.0, "The exact map")
    times = []
    for _ in range(_REPEATS):
        started = time.perf_counter()
        exact = upsampled_argmax(factor, logits)
        times.append(time.perf_counter() - started)
    started = time.perf_counter()
    reference = enlarged_one_by_one(factor, logits, report)
    seconds = time.perf_counter() - started
    return ArgmaxTiming(min(times), seconds, int((exact != reference).sum()), exact.size)


def _enlarged(factor: int, scores: FloatArray) -> FloatArray:
    """Upsample the scores (h, w) of one class to (f * h, f * w), along rows, then columns."""
    phase = phases(factor, scores.dtype)[:, None]
    for _ in range(2):
        # Each pass transposes, so the second one handles the other axis and restores the order.
        scores = np.pad(scores.T, ((1, 1), (0, 0)), mode="edge")
        squares = interpolate(scores[:-1, None], scores[1:, None], phase)
        size = factor * (len(scores) - 2)
        scores = squares.reshape(-1, scores.shape[1])[margin(factor) :][:size]
    return scores
