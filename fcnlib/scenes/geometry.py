"""From metres in a street to pixels in a picture, and from outlines to pixels.

Only additions, products, quotients and square roots are used, which IEEE 754 rounds alike
everywhere: one seed gives one scene on every machine.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fcnlib.typing import Float64Array

SAMPLES = 2
"""Samples per pixel along each axis; their mean smooths the edges of the picture."""


@dataclass(frozen=True)
class Camera:
    """A level pinhole camera.

    Attributes
    ----------
    horizon, vanishing : float
        Row and column, in pixels, at which parallels along the view meet.
    eye : float
        Height of the camera over the ground, in metres.
    focal : float
        Pixels per metre at a depth of one metre.

    Examples
    --------
    >>> camera = Camera(horizon=70.0, vanishing=112.0, eye=2.0, focal=200.0)
    >>> camera.project([(1.0, 0.0, 10.0)])
    array([[110., 132.]])

    """

    horizon: float
    vanishing: float
    eye: float
    focal: float

    def project(self, points: object) -> Float64Array:
        """Return rows and columns of points (right, up, ahead), all in metres.

        Parameters
        ----------
        points : array_like of shape (N, 3)
            Points in front of the camera, so `ahead` is positive.

        Returns
        -------
        positions : ndarray of shape (N, 2)
            Row and column in pixels; a pixel's center lies at its index plus one half.

        """
        right, up, ahead = np.asarray(points, dtype=np.float64).T
        scale = self.focal / ahead
        positions = np.empty((len(scale), 2))
        positions[:, 0] = self.horizon + (self.eye - up) * scale
        positions[:, 1] = self.vanishing + right * scale
        return positions


class Spans(NamedTuple):
    """The samples inside an outline: one run of columns in each row.

    Attributes
    ----------
    top : int
        First row.
    left, right : ndarray of shape (N,)
        Columns `left` (inside) to `right` (outside) of the rows from `top` on.

    """

    top: int
    left: NDArray[np.intp]
    right: NDArray[np.intp]


def polygon(positions: Float64Array, shape: tuple[int, int]) -> Spans:
    """Return the samples whose centers lie inside a convex polygon.

    Parameters
    ----------
    positions : ndarray of shape (N, 2)
        Corners in order, row and column in pixels.
    shape : tuple of int
        Rows and columns of the grid of samples, to which the spans are cut.

    Examples
    --------
    >>> square = np.array([(0, 0), (0, 2), (2, 2), (2, 0)], dtype=float)
    >>> polygon(square, (8, 8)).right
    array([4, 4, 4, 4])

    """
    start = positions
    end = np.concatenate([positions[1:], positions[:1]])
    corner_rows = start[:, 0].tolist()
    top, rows = _rows(min(corner_rows), max(corner_rows), shape[0])
    first, last = start[:, :1], end[:, :1]
    crosses = (first <= rows) != (last <= rows)
    slope = (end[:, 1:] - start[:, 1:]) / np.where(first == last, 1.0, last - first)
    cols = start[:, 1:] + (rows - first) * slope
    left = np.minimum.reduce(cols, axis=0, where=crosses, initial=np.inf)
    right = np.maximum.reduce(cols, axis=0, where=crosses, initial=-np.inf)
    return _cut(top, left, right, shape[1])


def ellipse(
    row: float, col: float, row_radius: float, col_radius: float, shape: tuple[int, int]
) -> Spans:
    """Return the samples inside an upright ellipse, all lengths in pixels.

    Examples
    --------
    >>> spans = ellipse(2.0, 2.0, 1.0, 1.0, (8, 8))
    >>> spans.top, spans.right - spans.left
    (2, array([2, 4, 4, 2]))

    """
    top, rows = _rows(row - row_radius, row + row_radius, shape[0])
    inside = np.maximum(0.0, 1.0 - ((rows - row) / row_radius) ** 2)
    half = col_radius * np.sqrt(inside)
    return _cut(top, col - half, col + half, shape[1])


def _rows(first: float, last: float, count: int) -> tuple[int, Float64Array]:
    top = min(max(math.ceil(first * SAMPLES - 0.5), 0), count)
    bottom = min(max(math.ceil(last * SAMPLES - 0.5), top), count)
    return top, (np.arange(top, bottom) + 0.5) / SAMPLES


def _cut(top: int, left: Float64Array, right: Float64Array, count: int) -> Spans:
    begin, end = (
        np.minimum(np.maximum(np.ceil(cols * SAMPLES - 0.5), 0), count).astype(np.intp)
        for cols in (left, right)
    )
    return Spans(top, begin, end)
