"""Pixel attribution: the cells, weights, skips and receptive fields that determine a pixel's class.

After the score layers, the networks only add and upsample scores. The score of a pixel is
therefore a sum with one contribution from each layer that computes scores. The functions here
return each contribution. Where the upsampling kernels were trained, the trained weights are used
instead of the bilinear ones.
"""

import operator
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fcnlib.class_map import probabilities
from fcnlib.class_map.interpolation import margin
from fcnlib.class_map.pixels import pixel_scores
from fcnlib.kernels.bilinear import upsample_filt
from fcnlib.networks.fcn import SKIPS
from fcnlib.networks.receptive_field import Field
from fcnlib.segmentation.network_geometry import NetworkGeometry
from fcnlib.segmentation.pipeline import Segmentation
from fcnlib.transposed_convolution.depthwise import enlarged, taps
from fcnlib.typing import FloatArray

Indices = NDArray[np.integer[Any]]

_LONGEST = 1024
"""Most rows or columns that `telling_pixel` looks at. It skips pixels of a larger picture."""


class Cell(NamedTuple):
    """A cell that contributes to the scores of a pixel.

    Attributes
    ----------
    row, col : int
        Position of the cell.
    label : int
        Best class of the cell.
    weight : float
        Weight of the cell in the score of the pixel's best class.
    bilinear : float
        Weight of the cell in bilinear interpolation.
    scores : tuple of float
        Scores of the cell for the pixel's best classes.
    weights : tuple of float
        Weights of these scores. For each class, the sum over the cells of weight times score
        is the pixel's score.

    """

    row: int
    col: int
    label: int
    weight: float
    bilinear: float
    scores: tuple[float, ...]
    weights: tuple[float, ...]


@dataclass(frozen=True)
class PixelAttribution:
    """The best classes of one pixel and everything that determines them.

    Attributes
    ----------
    row, col : int
        The pixel.
    fields : mapping of str to Field
        Receptive field of the cell that covers the pixel, by layer name.
    classes : tuple of int
        The best classes, best first.
    scores, confidences : tuple of float
        Their scores, and their softmax over all classes.
    parts : mapping of str to tuple of float
        Contribution of each layer to these scores, by layer name. Empty if all scores come from
        one layer by bilinear interpolation.
    cells : tuple of Cell
        The cells around the pixel, row by row, at most four.

    """

    row: int
    col: int
    fields: Mapping[str, Field]
    classes: tuple[int, ...]
    scores: tuple[float, ...]
    confidences: tuple[float, ...]
    parts: Mapping[str, tuple[float, ...]]
    cells: tuple[Cell, ...]


def attribute_pixel(
    result: Segmentation, row: int, col: int, geometry: NetworkGeometry, k: int = 3
) -> PixelAttribution:
    """Return the best classes of a pixel and everything that determines them.

    Parameters
    ----------
    result : Segmentation
        Result of the network for the image.
    row, col : int
        Pixel of the image.
    geometry : NetworkGeometry
        Geometry of the network that computed `result`.
    k : int, optional
        Number of classes to return.

    Returns
    -------
    attribution : PixelAttribution
        Its first class is ``result.label_map[row, col]``.

    Raises
    ------
    IndexError
        If the pixel lies outside the image.

    """
    row, col = operator.index(row), operator.index(col)
    height, width = result.label_map.shape
    if not (0 <= row < height and 0 <= col < width):
        msg = f"the pixel must lie in the image of {height} × {width} px, got ({row}, {col})"
        raise IndexError(msg)
    fields = {
        name: receptive.field(row // receptive.stride, col // receptive.stride)
        for name, receptive in geometry.receptive_fields.items()
    }
    factor, coarse_map = result.coarse_factor, result.coarse_map
    if not geometry.kernels:
        pixel = pixel_scores(factor, result.coarse_logits, row, col, k)
        best = np.array(pixel.classes)
        cells = tuple(
            _cell(result, (i, j), best, np.full(len(best), w), w) for i, j, w in pixel.cells
        )
        return PixelAttribution(row, col, fields, *pixel[:3], {}, cells)

    kernel = geometry.kernels[f"upscore{factor}"]
    trained = taps(factor, kernel, coarse_map.shape, row, col)
    bilinear = taps(factor, upsample_filt(len(kernel))[..., None], coarse_map.shape, row, col)
    by_layer = {
        name: np.sum([weights * part[i, j] for i, j, weights in trained], axis=0)
        for name, part in score_parts(result.sums, geometry.kernels).items()
    }
    scores = np.sum(list(by_layer.values()), axis=0)
    best = np.argsort(-scores, kind="stable")[:k]
    of_best = (best, scores[best], probabilities(scores)[best])
    classes, best_scores, confidences = (tuple(array.tolist()) for array in of_best)
    parts = {name: tuple(part[best].tolist()) for name, part in by_layer.items()}
    cells = tuple(
        _cell(result, (i, j), best, weights[best], float(plain.weights[0]))
        for (i, j, weights), plain in zip(trained, bilinear, strict=True)
    )
    return PixelAttribution(row, col, fields, classes, best_scores, confidences, parts, cells)


def telling_pixel(result: Segmentation) -> tuple[int, int]:
    """Return a pixel whose class is the best class of none of the cells around it.

    Such a class wins only between the cells, which shows why the weighted sum matters.

    Parameters
    ----------
    result : Segmentation
        A result with bilinear upsampling by a whole factor.

    Returns
    -------
    row, col : int
        The square between four cells with most of these pixels is chosen, and in it the pixel
        nearest to their mean. If there is no such pixel, the middle of the picture.

    """
    height, width = result.label_map.shape
    rows, cols = result.coarse_map.shape
    step = -(-max(height, width) // _LONGEST)
    labels = result.label_map[::step, ::step]
    # Square n lies between cells n - 1 and n; the outermost cells are repeated beyond the border.
    down, right = (
        (np.arange(0, side, step) + margin(result.coarse_factor)) // result.coarse_factor
        for side in (height, width)
    )
    candidates = np.ones(labels.shape, bool)
    for above, left in product((down - 1, down), (right - 1, right)):
        corner = np.ix_(above.clip(0, rows - 1), left.clip(0, cols - 1))
        candidates &= labels != result.coarse_map[corner]
    if not candidates.any():
        return height // 2, width // 2
    square = down[:, None] * (cols + 1) + right
    inside = np.argwhere(candidates & (square == np.bincount(square[candidates]).argmax()))
    nearest = ((inside - inside.mean(0)) ** 2).sum(1).argmin()
    row, col = (step * inside[nearest]).tolist()
    return row, col


def _cell(
    result: Segmentation,
    place: tuple[int, int],
    best: Indices,
    weights: FloatArray,
    bilinear: float,
) -> Cell:
    scores = tuple(result.coarse_logits[(*place, best)].tolist())
    by_class = tuple(weights.tolist())
    return Cell(*place, int(result.coarse_map[place]), by_class[0], bilinear, scores, by_class)


def score_parts(
    sums: Mapping[str, FloatArray], kernels: Mapping[str, FloatArray]
) -> dict[str, FloatArray]:
    """Split the last sum of a head into the contributions of the layers.

    Parameters
    ----------
    sums : mapping of str to ndarray
        Intermediate scores as returned by `fcn.build_head`, without the batch axis.
    kernels : mapping of str to ndarray of shape (K, K, C)
        Kernels of the upsampling layers by name.

    Returns
    -------
    parts : dict of str to ndarray of shape (h, w, C)
        Contributions by layer, the deepest first. They add up to the last of `sums`.

    """
    parts = {"fc7": sums["score_fr"]}
    for skip, kernel in SKIPS.items():
        if f"score_{skip}" in sums:
            parts = {name: enlarged(2, kernels[kernel], part) for name, part in parts.items()}
            parts[skip] = sums[f"score_{skip}"]
    return parts
