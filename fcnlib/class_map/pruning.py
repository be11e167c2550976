"""Which classes can win in a tile: rounds that most of them do not survive.

Inside a tile, each class's score is a weighted mean of its scores at the tile's four
corners, with the same weights for all classes. Take the class that is best in the middle,
the leader: a class that it beats at all four corners is beaten everywhere inside, so it
is out. Those left contend again for the tile's quarters, each with a leader of its own.

Nothing is lost to rounding. Scores are centered, so no error is large beside the score
itself: a class goes out when it is behind by more than all roundings on the way can add up
to. In the first round, where the corners are the cells themselves, it also goes out when it
is nowhere ahead and would come after the leader on a tie.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fcnlib.typing import BoolArray, FloatArray

Indices = NDArray[np.intp]

_ROUNDINGS = 64
"""More roundings than there are in two scores of a pixel and in those of a tile's corners."""


@dataclass(frozen=True)
class Tiles:
    """Tiles of one size, and the classes that can win in each.

    Attributes
    ----------
    row, col : ndarray of int, shape (T,)
        Place of each tile, counted in tiles.
    tile : ndarray of int, shape (n,)
        Tile of each candidate, ascending, every tile at least once.
    label : ndarray of int, shape (n,)
        Its class, ascending within a tile.
    corners : ndarray of shape (2, 2, n)
        Its scores at the corners of the tile: top and bottom, left and right.

    """

    row: Indices
    col: Indices
    tile: Indices
    label: Indices
    corners: FloatArray

    @cached_property
    def count(self) -> Indices:
        """How many classes contend for each tile, (T,)."""
        return np.bincount(self.tile, minlength=len(self.row))

    @cached_property
    def first(self) -> Indices:
        """Where each tile's candidates begin, (T,)."""
        return np.cumsum(self.count) - self.count

    def where(self, chosen: BoolArray) -> "Tiles":
        """Return the tiles for which `chosen` (T,) holds."""
        number = np.cumsum(chosen) - 1
        kept = np.flatnonzero(chosen[self.tile])
        return Tiles(
            self.row[chosen],
            self.col[chosen],
            number[self.tile[kept]],
            self.label[kept],
            self.corners.take(kept, -1),
        )

    def halves(self) -> Iterator["Tiles"]:
        """Yield the first half of the tiles, then the second."""
        first = np.arange(len(self.row)) < len(self.row) // 2
        yield self.where(first)
        yield self.where(~first)

    def quarters(self) -> "Tiles":
        """Return every tile cut in four, each quarter with the classes that can win there."""
        grid = _with_middles(self.corners)
        parts = []
        for number, (down, right) in enumerate(np.ndindex(2, 2)):
            corners = grid[down : down + 2, right : right + 2]
            kept = np.flatnonzero(self._unbeaten(corners))
            tile = self.tile[kept] + number * len(self.row)
            place = 2 * self.row + down, 2 * self.col + right
            parts.append((*place, tile, self.label[kept], corners.take(kept, -1)))
        return Tiles(*(np.concatenate(part, -1) for part in zip(*parts, strict=True)))

    def _unbeaten(self, corners: FloatArray) -> BoolArray:
        """Tell which candidates, scored so at the corners, the leader does not beat."""
        middle = corners.sum((0, 1))
        best = np.maximum.reduceat(middle, self.first)
        level = np.flatnonzero(middle == best[self.tile])
        leader = np.empty_like(self.first)
        leader[self.tile[level]] = level
        bar = _just_below(corners.take(leader, -1))
        unbeaten = np.zeros(len(self.tile), bool)
        for corner in np.ndindex(2, 2):
            unbeaten |= corners[corner] >= bar[corner][self.tile]
        return unbeaten


def first_round(cells: FloatArray) -> Tiles:
    """Find the classes that can win in each square between four cells.

    Parameters
    ----------
    cells : ndarray of shape (h + 1, w + 1, C)
        Class scores, centered.

    Returns
    -------
    squares : Tiles
        The h * w squares, row by row, with the classes left in each.

    Examples
    --------
    >>> first_round(np.array([[[0.0, -9.0, -1.0, -2.0], [-9.0, 0.0, -1.0, -2.0]]] * 2)).label
    array([0, 1, 2])

    """
    cols = cells.shape[1] - 1
    corners = [cells[:-1, :-1], cells[:-1, 1:], cells[1:, :-1], cells[1:, 1:]]
    beside = cells[:-1] + cells[1:]
    leader = (beside[:, :-1] + beside[:, 1:]).argmax(-1)[..., None]
    bars = [np.take_along_axis(corner, leader, -1) for corner in corners]
    near = np.zeros(corners[0].shape, bool)
    for corner, bar in zip(corners, bars, strict=True):
        near |= corner >= _just_below(bar)
    tile, label = np.divmod(np.flatnonzero(near), cells.shape[2])
    row, col = np.divmod(np.arange(leader.size), cols)
    scores = corner_scores(cells, row[tile], col[tile], label)
    remains = label <= leader.ravel()[tile]
    for score, bar in zip(scores.reshape(4, -1), bars, strict=True):
        remains |= score > bar.ravel()[tile]
    return Tiles(row, col, tile[remains], label[remains], scores[..., remains])


def corner_scores(cells: FloatArray, row: Indices, col: Indices, label: Indices) -> FloatArray:
    """Return scores (2, 2, n) of classes `label` at the cells from (row, col) to one further.

    Examples
    --------
    >>> cells = np.arange(12.0).reshape(2, 3, 2)
    >>> corner_scores(cells, np.array([0]), np.array([1]), np.array([1]))[..., 0]
    array([[ 3.,  5.],
           [ 9., 11.]])

    """
    _, width, classes = cells.shape
    start = (row * width + col) * classes + label
    scores = np.empty((2, 2, len(start)), cells.dtype)
    for down, right in np.ndindex(2, 2):
        scores[down, right] = cells.ravel()[start + (down * width + right) * classes]
    return scores


def _with_middles(corners: FloatArray) -> FloatArray:
    """Return scores (3, 3, n) at corners, edges' middles and center from those at corners."""
    grid = np.empty((3, 3, corners.shape[-1]), corners.dtype)
    grid[::2, ::2] = corners
    grid[1, ::2] = (corners[0] + corners[1]) / 2
    grid[:, 1] = (grid[:, 0] + grid[:, 2]) / 2
    return grid


def _just_below(scores: FloatArray) -> FloatArray:
    """Return what no computed score falls below if it is truly at least one of `scores`."""
    return scores * (1 + _ROUNDINGS * np.finfo(scores.dtype).eps)
