"""Projection from meters in a street to pixels in a picture, and rasterization of outlines.

Only additions, products, quotients and square roots are used. IEEE 754 rounds these the same way
everywhere, so one seed gives the same scene on every machine.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from fcnlib.typing import Float64Array, IndexArray

SAMPLES = 2
"""Samples per pixel along each axis; averaging them smooths the edges of the picture."""


@dataclass(frozen=True)
class Camera:
    """A level pinhole camera.

    Attributes
    ----------
    horizon, vanishing : float
        Row and column, in pixels, of the point where lines parallel to the view meet.
    eye : float
        Height of the camera above the ground, in meters.
    focal : float
        Pixels per meter at a depth of one meter.

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
        """Return rows and columns of points (right, up, ahead), all in meters.

        Parameters
        ----------
        points : array_like of shape (N, 3)
            Points in front of the camera, so `ahead` is positive.

        Returns
        -------
        positions : ndarray of shape (N, 2)
            Row and column in pixels. The center of a pixel is at its index plus one half.

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
        First column inside and first column after it, for the rows from `top` on.

    """

    top: int
    left: IndexArray
    right: IndexArray


def rectangle(left: float, right: float, low: float, high: float) -> list[tuple[float, float]]:
    """Return the four corners of a rectangle in order, starting at (`left`, `low`).

    Examples
    --------
    >>> rectangle(0, 2, 0, 1)
    [(0, 0), (2, 0), (2, 1), (0, 1)]

    """
    return [(left, low), (right, low), (right, high), (left, high)]


def polygon(positions: Float64Array, shape: tuple[int, int]) -> Spans:
    """Return the samples whose centers lie inside a convex polygon.

    Parameters
    ----------
    positions : ndarray of shape (N, 2)
        Corners in order, row and column in pixels.
    shape : tuple of int
        Rows and columns of the sample grid. The spans are clipped to it.

    Examples
    --------
    >>> square = np.array([(0, 0), (0, 2), (2, 2), (2, 0)], dtype=float)
    >>> polygon(square, (8, 8)).right
    array([4, 4, 4, 4])

    """
    start = positions
    end = np.concatenate([positions[1:], positions[:1]])
    corner_rows = start[:, 0].tolist()
    window = samples(min(corner_rows), max(corner_rows), shape[0])
    rows = centers(window)
    first, last = start[:, :1], end[:, :1]
    # An edge that starts or ends exactly on a row counts for one of its two neighbors only.
    crosses = (first <= rows) != (last <= rows)
    slope = (end[:, 1:] - start[:, 1:]) / np.where(first == last, 1.0, last - first)
    cols = start[:, 1:] + (rows - first) * slope
    left = np.minimum.reduce(cols, axis=0, where=crosses, initial=np.inf)
    right = np.maximum.reduce(cols, axis=0, where=crosses, initial=-np.inf)
    return _clip(window.start, left, right, shape[1])


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
    window = samples(row - row_radius, row + row_radius, shape[0])
    inside = np.maximum(0.0, 1.0 - ((centers(window) - row) / row_radius) ** 2)
    half = col_radius * np.sqrt(inside)
    return _clip(window.start, col - half, col + half, shape[1])


def samples(first: float, last: float, count: int) -> slice:
    """Return the samples whose centers lie between two positions in pixels, out of `count`.

    Examples
    --------
    >>> samples(1.0, 2.5, 8)
    slice(2, 5, None)

    """
    # The center of sample i is at (i + 0.5) / SAMPLES pixels.
    begin = min(max(math.ceil(first * SAMPLES - 0.5), 0), count)
    return slice(begin, min(max(math.ceil(last * SAMPLES - 0.5), begin), count))


def centers(window: slice) -> Float64Array:
    """Return the centers of a range of samples, in pixels."""
    return (np.arange(window.start, window.stop) + 0.5) / SAMPLES


def _clip(top: int, left: Float64Array, right: Float64Array, count: int) -> Spans:
    begin, end = (
        np.minimum(np.maximum(np.ceil(cols * SAMPLES - 0.5), 0), count).astype(np.intp)
        for cols in (left, right)
    )
    return Spans(top, begin, end)
