"""Four orders of the same steps: upsampling, argmax and softmax.

The argmax is the index of the best class, and the softmax turns scores into probabilities.
Nearest-neighbor upsampling copies the scores of cells without changing their order, so the argmax
gives the same labels before and after it. Bilinear upsampling computes means. Means of scores and
means of probabilities give different labels, because the softmax is not linear. Both can differ
from the best class of the nearest cell.
"""

from dataclasses import dataclass

import numpy as np

from fcnlib.checks import positive_int
from fcnlib.class_map.argmax import label_map, upsampled_argmax
from fcnlib.class_map.interpolation import check_logits
from fcnlib.class_map.softmax import probabilities
from fcnlib.typing import BoolArray, FloatArray, LabelMap, Report, silent

ORDERS = {
    "argmax_nearest": "Best class, then nearest",
    "nearest_argmax": "Nearest, then best class",
    "bilinear_argmax": "Bilinear scores, then best class",
    "softmax_bilinear_argmax": "Bilinear probabilities, then best class",
}
"""Label of every order on the pages."""

REFERENCE = "bilinear_argmax"
"""The order used for class maps. The others are compared with it."""


@dataclass(frozen=True)
class OrderComparison:
    """The label maps of the scores of one image, for every order of the steps.

    Attributes
    ----------
    maps : dict of str to ndarray of shape (H, W)
        Label maps by the keys of `ORDERS`.
    between : tuple of int
        Classes of the reference map that are not the best class of any cell, largest area first.

    """

    maps: dict[str, LabelMap]
    between: tuple[int, ...]

    def differs(self, order: str) -> BoolArray:
        """Return where the labels of an order differ from those of `REFERENCE`, (H, W)."""
        return self.maps[order] != self.maps[REFERENCE]

    def share(self, label: int) -> float:
        """Return the share of the reference map that a class covers, in [0, 1]."""
        return float((self.maps[REFERENCE] == label).mean())


def compare_orders(
    factor: int, logits: FloatArray, shape: tuple[int, int] | None = None, report: Report = silent
) -> OrderComparison:
    """Compute the label maps of four orders of the steps.

    Parameters
    ----------
    factor : int
        Upsampling factor, in output pixels per cell along each axis.
    logits : ndarray of shape (h, w, C)
        Class scores, finite.
    shape : tuple of int, optional
        Height and width to crop the maps to, from the top left. By default they are not cropped.
    report : callable, optional
        Called with (fraction, text) after each block of cells.

    Returns
    -------
    comparison : OrderComparison
        The four maps and the classes that appear only between cells. No array of all classes
        at full size is created.

    Raises
    ------
    TypeError, ValueError
        If `factor` is not a positive integer, or if `logits` does not have shape (h, w, C), is
        empty or is not finite.

    Examples
    --------
    Halfway between two cells, the class that is second in both has the best mean score, but
    not the best mean probability:

    >>> orders = compare_orders(3, np.array([[[9.0, 0.0, 8.0], [0.0, 9.0, 8.0]]]))
    >>> orders.maps["bilinear_argmax"][0], orders.maps["softmax_bilinear_argmax"][0]
    (array([0, 0, 2, 2, 1, 1], dtype=uint8), array([0, 0, 0, 1, 1, 1], dtype=uint8))
    >>> orders.between
    (2,)

    """
    factor, logits = positive_int(factor), check_logits(logits)
    rows, cols = shape or (None, None)
    cells = label_map(logits)
    nearest = cells.repeat(factor, 0).repeat(factor, 1)
    by_score = upsampled_argmax(factor, logits, lambda done, text: report(done / 2, text))
    by_probability = upsampled_argmax(
        factor, probabilities(logits), lambda done, text: report(0.5 + done / 2, text)
    )
    maps = dict(zip(ORDERS, (nearest, nearest, by_score, by_probability), strict=True))
    cropped = {name: labels[:rows, :cols] for name, labels in maps.items()}
    classes, pixels = np.unique(cropped[REFERENCE], return_counts=True)
    largest_first = classes[np.argsort(-pixels, kind="stable")]
    between = largest_first[~np.isin(largest_first, cells)]
    return OrderComparison(cropped, tuple(between.tolist()))
