"""Branch-and-bound pruning: classes that can be the best one somewhere in a tile.

A tile is the square between the centers of four cells, or a quarter of a larger tile. Inside it,
the score of each class is a weighted mean of its scores at the four corners, with the same weights
for all classes. The leader is the class with the best score in the middle. A class that the leader
beats at all four corners is beaten everywhere inside, so it is removed. The remaining candidates
are compared again in the quarters of the tile. Each quarter has its own leader.

Rounding errors never remove the best class. Each cell's best score is subtracted from its scores,
so every rounding error is small relative to the reduced score. A class is removed only if the
leader's advantage is larger than the sum of all possible rounding errors. In the first pass, the
corners are the cells themselves and therefore exact. This pass also removes a class that is nowhere
better than the leader and has a higher index, because the lower index wins ties.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fcnlib.class_map.interpolation import check_scores
from fcnlib.typing import BoolArray, FloatArray

Indices = NDArray[np.intp]

_ROUNDINGS = 64
"""More roundings than occur in two scores of a pixel and in those at the corners of a tile."""


@dataclass(frozen=True)
class Tiles:
    """Tiles of one size and the classes that can win in each of them.

    Attributes
    ----------
    row, col : ndarray of int, shape (T,)
        Position of each tile, in tiles.
    tile : ndarray of int, shape (n,)
        Tile of each candidate, in ascending order. Every tile occurs at least once.
    label : ndarray of int, shape (n,)
        Class of each candidate, in ascending order within a tile.
    corners : ndarray of shape (2, 2, n)
        Score of each candidate at the corners of the tile: top and bottom, left and right.

    """

    row: Indices
    col: Indices
    tile: Indices
    label: Indices
    corners: FloatArray

    @cached_property
    def count(self) -> Indices:
        """Number of candidates of each tile, (T,)."""
        return np.bincount(self.tile, minlength=len(self.row))

    @cached_property
    def first(self) -> Indices:
        """Index of the first candidate of each tile, (T,)."""
        return np.cumsum(self.count) - self.count

    def where(self, chosen: BoolArray) -> "Tiles":
        """Return the tiles for which `chosen` (T,) is true."""
        number = np.cumsum(chosen) - 1
        kept = np.flatnonzero(chosen[self.tile])
        tile, corners = number[self.tile[kept]], self.corners.take(kept, -1)
        return Tiles(self.row[chosen], self.col[chosen], tile, self.label[kept], corners)

    def quarters(self) -> "Tiles":
        """Divide every tile into four and return them with the classes that can win there."""
        grid = _with_middles(self.corners)
        parts = []
        for number, (down, right) in enumerate(np.ndindex(2, 2)):
            corners = grid[down : down + 2, right : right + 2]
            kept = np.flatnonzero(self._unbeaten(corners))
            tile = self.tile[kept] + number * len(self.row)
            position = 2 * self.row + down, 2 * self.col + right
            parts.append((*position, tile, self.label[kept], corners.take(kept, -1)))
        return Tiles(*(np.concatenate(part, -1) for part in zip(*parts, strict=True)))

    def _unbeaten(self, corners: FloatArray) -> BoolArray:
        """Return which candidates the leader does not beat at all corners, given their scores."""
        middle = corners.sum((0, 1))
        best = np.maximum.reduceat(middle, self.first)
        level = np.flatnonzero(middle == best[self.tile])
        leader = np.empty_like(self.first)
        # Of candidates that tie, the last one assigned becomes the leader. Any of them is valid.
        leader[self.tile[level]] = level
        threshold = _just_below(corners.take(leader, -1))
        return np.logical_or.reduce(corners >= threshold[..., self.tile], axis=(0, 1))


def first_pass(cells: FloatArray) -> Tiles:
    """Find the classes that can win in each square between four cells.

    Parameters
    ----------
    cells : ndarray of shape (h + 1, w + 1, C)
        Class scores, centered.

    Returns
    -------
    squares : Tiles
        The h * w squares, row by row, with their candidates.

    Examples
    --------
    >>> first_pass(np.array([[[0.0, -9.0, -1.0, -2.0], [-9.0, 0.0, -1.0, -2.0]]] * 2)).label
    array([0, 1, 2])

    """
    corners = [cells[:-1, :-1], cells[:-1, 1:], cells[1:, :-1], cells[1:, 1:]]
    vertical = cells[:-1] + cells[1:]
    leader = (vertical[:, :-1] + vertical[:, 1:]).argmax(-1)[..., None]
    thresholds = [np.take_along_axis(corner, leader, -1) for corner in corners]
    # First a loose test on all classes, then the exact one on the few that pass it.
    near = np.zeros(corners[0].shape, bool)
    for corner, threshold in zip(corners, thresholds, strict=True):
        near |= corner >= _just_below(threshold)
    tile, label = np.divmod(np.flatnonzero(near), cells.shape[2])
    row, col = np.divmod(np.arange(leader.size), cells.shape[1] - 1)
    scores = corner_scores(cells, row[tile], col[tile], label)
    remains = label <= leader.ravel()[tile]
    for score, threshold in zip(scores.reshape(4, -1), thresholds, strict=True):
        remains |= score > threshold.ravel()[tile]
    return Tiles(row, col, tile[remains], label[remains], scores[..., remains])


def remaining_between(first: FloatArray, second: FloatArray) -> Indices:
    """Return the classes that `first_pass` leaves on the line between the centers of two cells.

    The leader is the class with the best score in the middle of the line. All classes that win
    somewhere on the line remain, and so do all that are better than the leader at one end.

    Parameters
    ----------
    first, second : ndarray of shape (C,)
        Class scores of both cells, finite.

    Returns
    -------
    labels : ndarray of int
        Class indices in ascending order.

    Raises
    ------
    ValueError
        If the cells differ in their number of classes, or as from `interpolation.check_scores`.

    Examples
    --------
    >>> remaining_between(np.array([9.0, 0.0, 8.0, 1.0]), np.array([0.0, 9.0, 8.0, 1.0]))
    array([0, 1, 2])

    """
    first, second = _check_pair(first, second)
    pair = np.stack([first - first.max(), second - second.max()])
    # A line is a square whose upper and lower corners are equal.
    return first_pass(np.stack([pair, pair])).label


def winners_between(first: FloatArray, second: FloatArray) -> list[int]:
    """Return the classes that win somewhere on the line between the centers of two cells.

    Parameters
    ----------
    first, second : ndarray of shape (C,)
        Class scores of both cells, finite.

    Returns
    -------
    labels : list of int
        Class indices in the order in which they win. A class that only ties is left out.

    Raises
    ------
    ValueError
        As from `remaining_between`.

    Examples
    --------
    >>> winners_between(np.array([9.0, 0.0, 8.0, 8.5]), np.array([0.0, 9.0, 8.0, 1.0]))
    [0, 2, 1]

    """
    first, second = _check_pair(first, second)
    labels = remaining_between(first, second)
    start = first[labels].astype(float)
    slope = second[labels] - start
    # Of classes that are equal at the start, the one that rises fastest is the first to win.
    winners = [int(np.lexsort((slope, start))[-1])]
    while (steeper := np.flatnonzero(slope > slope[winners[-1]])).size:
        last = winners[-1]
        meeting = (start[last] - start[steeper]) / (slope[steeper] - slope[last])
        if meeting.min() >= 1:
            break
        winners.append(int(steeper[np.lexsort((-slope[steeper], meeting))[0]]))
    return labels[winners].tolist()


def corner_scores(cells: FloatArray, row: Indices, col: Indices, label: Indices) -> FloatArray:
    """Return the scores (2, 2, n) of classes `label` at four cells, the upper left at (row, col).

    Examples
    --------
    >>> cells = np.arange(12.0).reshape(2, 3, 2)
    >>> corner_scores(cells, np.array([0]), np.array([1]), np.array([1]))[..., 0]
    array([[ 3.,  5.],
           [ 9., 11.]])

    """
    # Flat indices: NumPy gathers them faster than three index arrays.
    _, width, classes = cells.shape
    start = (row * width + col) * classes + label
    scores = np.empty((2, 2, len(start)), cells.dtype)
    for down, right in np.ndindex(2, 2):
        scores[down, right] = cells.ravel()[start + (down * width + right) * classes]
    return scores


def _check_pair(first: FloatArray, second: FloatArray) -> tuple[FloatArray, FloatArray]:
    first, second = check_scores(first, "first"), check_scores(second, "second")
    if first.ndim != 1 or first.shape != second.shape:
        msg = f"first and second must have one shape (C,), got {first.shape} and {second.shape}"
        raise ValueError(msg)
    return first, second


def _with_middles(corners: FloatArray) -> FloatArray:
    """Return scores (3, 3, n) at the corners, edge midpoints and center from those at corners."""
    grid = np.empty((3, 3, corners.shape[-1]), corners.dtype)
    grid[::2, ::2] = corners
    grid[1, ::2] = (corners[0] + corners[1]) / 2
    grid[:, 1] = (grid[:, 0] + grid[:, 2]) / 2
    return grid


def _just_below(scores: FloatArray) -> FloatArray:
    """Return lower bounds for computed scores whose true values are at least `scores`."""
    # Centered scores are 0 or less, so a factor above 1 lowers them.
    return scores * (1 + _ROUNDINGS * np.finfo(scores.dtype).eps)
