"""Effect of a border of zeros on a class map: lower confidence, but the same labels.

Near the border, a part of the kernel's weights lies outside the map. If there are zeros outside,
the score of every class is multiplied by the sum of the weights inside, which is the same
number for all classes. If the outermost cells are repeated instead, this number is one. So the
order of the classes stays the same, and only the differences between their scores shrink.
"""

from dataclasses import dataclass

import numpy as np

from fcnlib import scenes
from fcnlib.checks import check_choice
from fcnlib.class_map import cell_shares, label_map
from fcnlib.class_map.interpolation import check_logits
from fcnlib.class_map.softmax import probabilities
from fcnlib.typing import Float64Array, FloatArray, LabelMap
from fcnlib.upsampling.example_images import SEED
from fcnlib.upsampling.experiment import by_tensorflow
from fcnlib.upsampling.settings import CheckSettings

CELLS = (8, 11)
"""Rows and columns of the scores. At factor 32 they give a map of 256 × 352 px."""

SCORES = {"street": "A drawn street", "noise": "Noise"}

_LEAST_SHARE = 0.01  # added to every share, because the logarithm of zero is infinite


@dataclass(frozen=True)
class BorderXray:
    """The same scores upsampled with two borders.

    Attributes
    ----------
    labels_zero, labels_edge : ndarray of shape (factor * h, factor * w)
        Best class of every pixel, with zeros beyond the border and with the outermost cells
        repeated.
    confidence_zero, confidence_edge : ndarray of shape (factor * h, factor * w)
        Softmax of the best class, in (0, 1].
    gain : ndarray of shape (factor * h, factor * w)
        Factor by which a border of zeros multiplies a score, in (0, 1].
    residual : float
        Largest difference between the scores with zeros and `gain` times the scores with
        repeated cells. If the proof holds, it is a rounding error.

    """

    labels_zero: LabelMap
    labels_edge: LabelMap
    confidence_zero: FloatArray
    confidence_edge: FloatArray
    gain: FloatArray
    residual: float

    @property
    def changed(self) -> int:
        """Number of pixels whose labels differ."""
        return int((self.labels_zero != self.labels_edge).sum())


def border_xray(factor: int, scores: FloatArray) -> BorderXray:
    """Upsample scores with zeros and with repeated cells beyond the border, and compare the maps.

    Parameters
    ----------
    factor : int
        Pixels per cell along each axis.
    scores : ndarray of shape (h, w, C)
        Class scores, finite, float32 or float64.

    Returns
    -------
    xray : BorderXray
        Labels and confidence for both borders.

    Raises
    ------
    TypeError, ValueError
        If `factor` is not a positive integer, or if `scores` does not have shape (h, w, C), is
        masked or is not finite.

    Examples
    --------
    >>> xray = border_xray(2, np.array([[[0.0, 2.0]]]))
    >>> xray.changed, float(xray.gain[0, 0])
    (0, 0.5625)

    """
    scores = check_logits(scores)
    zero = by_tensorflow(CheckSettings(factor), scores)
    edge = by_tensorflow(CheckSettings(factor, border="edge"), scores)
    gain = by_tensorflow(CheckSettings(factor), np.ones_like(scores[..., :1]))
    return BorderXray(
        label_map(zero),
        label_map(edge),
        probabilities(zero).max(axis=-1),
        probabilities(edge).max(axis=-1),
        gain[..., 0],
        residual=float(np.abs(zero - gain * edge).max()),
    )


def xray_scores(name: str) -> Float64Array:
    """Return example class scores with `CELLS` rows and columns.

    Parameters
    ----------
    name : {"street", "noise"}
        For ``"street"``, logarithms of the share that each class of a drawn street has of a
        cell, so that their softmax is the share. For ``"noise"``, normally distributed noise of
        standard deviation 2.

    Returns
    -------
    scores : ndarray of shape (8, 11, 7)
        Scores of the classes in `scenes.CLASSES`.

    Raises
    ------
    ValueError
        If there are no scores of this name.

    Examples
    --------
    >>> xray_scores("noise").shape
    (8, 11, 7)

    """
    check_choice(name, SCORES, "name")
    rows, cols = CELLS
    classes = len(scenes.CLASSES)
    if name == "noise":
        return 2 * np.random.default_rng(SEED).normal(size=(rows, cols, classes))
    labels = scenes.scene(1, (32 * rows, 32 * cols)).labels
    return np.log(cell_shares(32, labels, classes).astype(np.float64) + _LEAST_SHARE)
