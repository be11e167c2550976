"""What a border of zeros does to a map of classes: confidence falls, labels stay.

Near the border a part of the kernel's weights meets nothing but the border. With zeros there,
the score of every class is multiplied by what is left of the weights, the same number for
all classes; if the outermost cells are repeated instead, by one. So the order of the classes
stays, and only the gaps between their scores shrink.
"""

from dataclasses import dataclass

import numpy as np

from fcnlib import scenes
from fcnlib.class_map import cell_shares, label_map
from fcnlib.typing import Float64Array, FloatArray, LabelMap
from fcnlib.upsampling.example_images import SEED
from fcnlib.upsampling.experiment import by_tensorflow
from fcnlib.upsampling.settings import CheckSettings

CELLS = (8, 11)
"""Rows and columns of the scores: at factor 32 a map of 256 × 352 px."""

SCORES = {"street": "A drawn street", "noise": "Noise"}

_LEAST_SHARE = 0.01  # its logarithm stands for that of a class that a cell holds nothing of


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
        What the border of zeros leaves of a score, in (0, 1].
    residual : float
        Largest difference between the scores with zeros and `gain` times those with repeated
        cells: rounding, if the proof holds.

    """

    labels_zero: LabelMap
    labels_edge: LabelMap
    confidence_zero: FloatArray
    confidence_edge: FloatArray
    gain: FloatArray
    residual: float

    @property
    def changed(self) -> int:
        """How many pixels have another label."""
        return int((self.labels_zero != self.labels_edge).sum())


def border_xray(factor: int, scores: FloatArray) -> BorderXray:
    """Upsample scores with a border of zeros and with a repeated one, and compare the maps.

    Parameters
    ----------
    factor : int
        Pixels per cell, along each axis.
    scores : ndarray of shape (h, w, C)
        Class scores, finite, float32 or float64.

    Returns
    -------
    xray : BorderXray
        Labels and confidence for both.

    Examples
    --------
    >>> xray = border_xray(2, np.array([[[0.0, 2.0]]]))
    >>> xray.changed, float(xray.gain[0, 0])
    (0, 0.5625)

    """
    zero = by_tensorflow(CheckSettings(factor), scores)
    edge = by_tensorflow(CheckSettings(factor, border="edge"), scores)
    gain = by_tensorflow(CheckSettings(factor), np.ones_like(scores[..., :1]))
    residual = float(np.abs(zero - gain * edge).max())
    return BorderXray(
        label_map(zero), label_map(edge), confidence(zero), confidence(edge), gain[..., 0], residual
    )


def confidence(scores: FloatArray) -> FloatArray:
    """Return the softmax of the best class of every pixel, in (0, 1].

    Parameters
    ----------
    scores : ndarray of shape (..., C)
        Class scores, of any size: nothing overflows.

    Returns
    -------
    confidence : ndarray of shape (...)
        Of the type of `scores`.

    Examples
    --------
    >>> confidence(np.array([[0.0, 0.0], [0.0, -1e9]]))
    array([0.5, 1. ])

    """
    behind = scores - scores.max(axis=-1, keepdims=True)
    return 1 / np.exp(behind).sum(axis=-1)


def xray_scores(name: str) -> Float64Array:
    """Return class scores of `CELLS` to look at.

    Parameters
    ----------
    name : {"street", "noise"}
        Logarithms of the share that each class of a drawn street has of a cell, so that their
        softmax is the share; or normal noise of standard deviation 2.

    Returns
    -------
    scores : ndarray of shape (8, 11, 7)
        Of the classes of `scenes.CLASSES`.

    Raises
    ------
    ValueError
        If there are no such scores.

    Examples
    --------
    >>> xray_scores("noise").shape
    (8, 11, 7)

    """
    if name not in SCORES:
        msg = f"name must be one of {', '.join(SCORES)}, got {name!r}"
        raise ValueError(msg)
    rows, cols = CELLS
    classes = len(scenes.CLASSES)
    if name == "noise":
        return 2 * np.random.default_rng(SEED).normal(size=(rows, cols, classes))
    labels = scenes.scene(1, (32 * rows, 32 * cols)).labels
    return np.log(cell_shares(32, labels, classes).astype(np.float64) + _LEAST_SHARE)
