"""Four orders of the same steps: enlarge, take the best class, turn scores to probabilities.

Copying cells keeps their scores' order, so with nearest neighbors it does not matter when
the best class is taken. Bilinear means of scores and of probabilities are two different
things, since the softmax is not linear, and neither is the best class of the nearest cell.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np

from fcnlib.checks import positive_int
from fcnlib.class_map.argmax import label_map, upsampled_argmax
from fcnlib.class_map.interpolation import check_logits
from fcnlib.typing import BoolArray, FloatArray, LabelMap, Report, silent

ORDERS = {
    "argmax_nearest": "Best class, then nearest",
    "nearest_argmax": "Nearest, then best class",
    "bilinear_argmax": "Bilinear scores, then best class",
    "softmax_bilinear_argmax": "Bilinear probabilities, then best class",
}
"""The orders in words."""

REFERENCE = "bilinear_argmax"
"""The order that class maps are made in; the others are compared with it."""


@dataclass(frozen=True)
class OrderComparison:
    """The label maps of one picture's scores in every order of the steps.

    Attributes
    ----------
    maps : dict of str to ndarray of shape (H, W)
        By the keys of `ORDERS`.
    between : tuple of int
        Classes of the reference map that are no cell's best class, the largest first.

    """

    maps: dict[str, LabelMap]
    between: tuple[int, ...]

    def differs(self, order: str) -> BoolArray:
        """Return where an order's labels are not those of `REFERENCE`, (H, W)."""
        return self.maps[order] != self.maps[REFERENCE]

    def share(self, label: int) -> float:
        """Return the part of the reference map that a class takes, in [0, 1]."""
        return float((self.maps[REFERENCE] == label).mean())


def compare_orders(
    factor: int,
    logits: FloatArray,
    shape: tuple[int, int] | None = None,
    report: Report = silent,
) -> OrderComparison:
    """Take the steps from scores to labels in four orders.

    Parameters
    ----------
    factor : int
        Upsampling factor, in output pixels per cell along each axis.
    logits : ndarray of shape (h, w, C)
        Class scores, finite.
    shape : tuple of int, optional
        Height and width to cut the maps to, from the top left; by default they are whole.
    report : callable, optional
        Told of the progress.

    Returns
    -------
    comparison : OrderComparison
        All four maps and what is new between the cells. No array of every class at full
        size is made on the way.

    Raises
    ------
    TypeError, ValueError
        If `factor` is not a positive integer, or `logits` is not (h, w, C) with finite
        values and at least one of each.

    Examples
    --------
    Halfway between two cells the class that is second in both has the best mean score, but
    not the best mean probability:

    >>> orders = compare_orders(3, np.array([[[9.0, 0.0, 8.0], [0.0, 9.0, 8.0]]]))
    >>> orders.maps["bilinear_argmax"][0], orders.maps["softmax_bilinear_argmax"][0]
    (array([0, 0, 2, 2, 1, 1], dtype=uint8), array([0, 0, 0, 1, 1, 1], dtype=uint8))
    >>> orders.between
    (2,)

    """
    factor = positive_int(factor)
    logits = check_logits(logits)
    rows, cols = shape or (factor * logits.shape[0], factor * logits.shape[1])
    cells = label_map(logits)
    copied = cells.repeat(factor, 0).repeat(factor, 1)
    scores = upsampled_argmax(factor, logits, partial(_half, report, 0.0))
    odds = upsampled_argmax(factor, probabilities(logits), partial(_half, report, 0.5))
    maps = dict(zip(ORDERS, (copied, copied, scores, odds), strict=True))
    cut = {name: labels[:rows, :cols] for name, labels in maps.items()}
    return OrderComparison(cut, _new_classes(cut[REFERENCE], cells))


def probabilities(logits: FloatArray) -> FloatArray:
    """Return the softmax of every cell's scores.

    Parameters
    ----------
    logits : ndarray of shape (..., C)
        Class scores, finite.

    Returns
    -------
    probabilities : ndarray of shape (..., C)
        In [0, 1], adding up to 1 over the classes.

    Examples
    --------
    >>> probabilities(np.log([1.0, 3.0]))
    array([0.25, 0.75])

    """
    odds = np.exp(logits - logits.max(-1, keepdims=True))
    return odds / odds.sum(-1, keepdims=True)


def _half(report: Report, start: float, fraction: float, text: str) -> None:
    report(start + fraction / 2, text)


def _new_classes(labels: LabelMap, cells: LabelMap) -> tuple[int, ...]:
    classes, pixels = np.unique(labels, return_counts=True)
    largest_first = classes[np.argsort(-pixels, kind="stable")]
    return tuple(largest_first[~np.isin(largest_first, cells)].tolist())
