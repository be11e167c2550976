"""How one pixel of a segmentation came to its class: cells, weights, skips, what was seen.

The networks add and enlarge scores and do nothing else with them, so a pixel's score is a
sum of what each layer's scores give it, and every part can be told by itself. Where the
enlarging kernels were trained, these are the weights that count, not the bilinear ones.
"""

import operator
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from fcnlib.class_map.pixels import pixel_scores
from fcnlib.class_map.step_order import probabilities
from fcnlib.kernels.bilinear import upsample_filt
from fcnlib.networks.receptive_field import Field
from fcnlib.segmentation.network_geometry import SKIPS, NetworkGeometry
from fcnlib.segmentation.segment import Segmentation
from fcnlib.transposed_convolution.depthwise import enlarged, taps
from fcnlib.typing import FloatArray


class Cell(NamedTuple):
    """A cell that a pixel's score was made from.

    Attributes
    ----------
    row, col : int
        The cell.
    label : int
        Its own best class.
    weight : float
        Its weight in the score of the pixel's best class.
    bilinear : float
        The weight that bilinear interpolation gives it.

    """

    row: int
    col: int
    label: int
    weight: float
    bilinear: float


@dataclass(frozen=True)
class PixelAttribution:
    """The best classes of one pixel and all that they come from.

    Attributes
    ----------
    row, col : int
        The pixel.
    fields : mapping of str to Field
        What the cell that covers the pixel sees of the picture, by the layer's name.
    classes : tuple of int
        The best classes, best first.
    scores, confidences : tuple of float
        Their scores, and their softmax over all classes.
    parts : mapping of str to tuple of float
        What each layer adds to these scores, by the layer's name; empty where one gives all.
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
    """Tell how a pixel came to its class.

    Parameters
    ----------
    result : Segmentation
        What the network made of the picture.
    row, col : int
        Pixel of the picture.
    geometry : NetworkGeometry
        Of the network that `result` comes from.
    k : int, optional
        How many classes to tell of.

    Returns
    -------
    attribute_pixel : PixelAttribution
        Its first class is that of ``result.label_map`` at the pixel.

    Raises
    ------
    IndexError
        If the pixel is outside the picture.

    """
    row, col = operator.index(row), operator.index(col)
    height, width = result.label_map.shape
    if not (0 <= row < height and 0 <= col < width):
        msg = f"the pixel must lie in the picture of {height} × {width} px, got ({row}, {col})"
        raise IndexError(msg)
    fields = {
        name: one.field(row // one.stride, col // one.stride)
        for name, one in geometry.receptive_fields.items()
    }
    tell = _by_kernels if geometry.kernels else _by_interpolation
    return PixelAttribution(row, col, fields, *tell(result, row, col, geometry, k))


def score_parts(
    sums: Mapping[str, FloatArray], kernels: Mapping[str, FloatArray]
) -> dict[str, FloatArray]:
    """Split a head's last sum into what each layer adds to it.

    Parameters
    ----------
    sums : mapping of str to ndarray
        Scores on the way, as `fcn.fcn_8s` and its kin return them, without the batch axis.
    kernels : mapping of str to ndarray of shape (K, K, C)
        The kernels of the enlargements by name.

    Returns
    -------
    parts : dict of str to ndarray of shape (h, w, C)
        By layer, the deepest first; they add up to the last of `sums`.

    """
    parts = {"fc7": sums["score_fr"]}
    for skip, kernel in SKIPS.items():
        if f"score_{skip}" in sums:
            parts = {name: enlarged(2, kernels[kernel], part) for name, part in parts.items()}
            parts[skip] = sums[f"score_{skip}"]
    return parts


def _by_interpolation(
    result: Segmentation, row: int, col: int, _: NetworkGeometry, k: int
) -> tuple[Any, ...]:
    pixel = pixel_scores(result.coarse_factor, result.coarse_logits, row, col, k)
    cells = tuple(
        Cell(one.row, one.col, int(result.coarse_map[one.row, one.col]), one.weight, one.weight)
        for one in pixel.cells
    )
    return pixel.classes, pixel.scores, pixel.confidences, {}, cells


def _by_kernels(
    result: Segmentation, row: int, col: int, geometry: NetworkGeometry, k: int
) -> tuple[Any, ...]:
    factor, shape = result.coarse_factor, result.coarse_map.shape
    kernel = geometry.kernels[f"upscore{factor}"]
    around = taps(factor, kernel, shape, row, col)
    by_layer = {
        name: sum(tap.weights * part[tap.row, tap.col] for tap in around)
        for name, part in score_parts(result.sums, geometry.kernels).items()
    }
    scores = np.sum(list(by_layer.values()), axis=0)
    best = np.argsort(-scores, kind="stable")[:k]
    parts = {name: tuple(part[best].tolist()) for name, part in by_layer.items()}
    bilinear = taps(factor, upsample_filt(len(kernel))[..., None], shape, row, col)
    cells = tuple(
        Cell(
            tap.row,
            tap.col,
            int(result.coarse_map[tap.row, tap.col]),
            float(tap.weights[best[0]]),
            float(plain.weights[0]),
        )
        for tap, plain in zip(around, bilinear, strict=True)
    )
    figures = (best, scores[best], probabilities(scores)[best])
    return *(tuple(figure.tolist()) for figure in figures), parts, cells
