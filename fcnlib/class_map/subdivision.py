"""The label map between cells: whole tiles at once, pixel by pixel only where it is close.

A square between four cells is a tile with the classes that `fcnlib.class_map.pruning` leaves
in it. A tile with a single class is painted; any other is cut into quarters, where fewer are left.
Tiles of a few pixels are compared pixel by pixel.

Of 1000 classes a handful per square are left at first where neighboring cells are alike,
and a third where they are pure noise; on tiles of an eighth of its side it is two.
"""

import numpy as np

from fcnlib.class_map.interpolation import between, phases
from fcnlib.class_map.pruning import Tiles, corner_scores, first_round
from fcnlib.typing import FloatArray, LabelMap

_LEAF = 6
"""Largest side, in pixels, of a tile that is compared pixel by pixel."""
_AT_ONCE = 1 << 16
"""Contenders cut into quarters at once, some 60 bytes each; with more, tiles take turns."""


def best_classes(factor: int, cells: FloatArray) -> LabelMap:
    """Return the best class of every pixel in the squares between cells.

    Parameters
    ----------
    factor : int
        Pixels per cell along each axis.
    cells : ndarray of shape (h + 1, w + 1, C)
        Class scores, centered.

    Returns
    -------
    labels : ndarray of shape (factor * h, factor * w)
        Class indices, of the smallest unsigned type that holds them; the lowest on ties.

    Examples
    --------
    >>> best_classes(4, np.array([[[0.0, -9.0, -2.0], [-9.0, 0.0, -2.0]]] * 2))[0]
    array([0, 2, 2, 1], dtype=uint8)

    """
    canvas = _LabelBuffer(factor, cells)
    canvas.paint(first_round(cells), canvas.side)
    return canvas.pixels()


class _LabelBuffer:
    """Labels of the squares between cells, in slots that halve down to leaves.

    A square has as many leaves along each axis as a power of two, and a leaf as many slots
    as the most pixels that fall into one. In other leaves the last slots stay unused.
    """

    def __init__(self, factor: int, cells: FloatArray) -> None:
        leaves = 1
        while factor > _LEAF * leaves:
            leaves *= 2
        leaf = -(-factor // leaves)
        self.side = leaf * leaves
        middle = 2 * np.arange(factor) + (factor + 1) % 2
        home = middle * leaves // (2 * factor)
        self._slots = home * leaf + np.arange(factor) - np.searchsorted(home, home)
        self._phases = np.zeros(self.side, cells.dtype)
        self._phases[self._slots] = phases(factor, cells.dtype)
        self._cells = cells
        shape = (cells.shape[0] - 1) * self.side, (cells.shape[1] - 1) * self.side
        self._labels = np.empty(shape, np.min_scalar_type(cells.shape[2] - 1))

    def pixels(self) -> LabelMap:
        """Return the labels of the slots that hold pixels, (f * h, f * w)."""
        if len(self._slots) == self.side:
            return self._labels
        rows = self._labels.reshape(-1, self.side, self._labels.shape[1])[:, self._slots]
        rows = rows.reshape(-1, self._labels.shape[1] // self.side, self.side)
        return rows[..., self._slots].reshape(len(rows), -1)

    def paint(self, tiles: Tiles, size: int) -> None:
        """Fill tiles of `size` slots: those of one class at once, the others in parts."""
        slots = self._by_tile(size)
        single = tiles.count == 1
        only = tiles.label[tiles.first[single], None, None]
        slots[tiles.row[single], :, tiles.col[single], :] = only
        if single.all():
            return
        tiles = tiles.where(~single)
        if size <= _LEAF:
            slots[tiles.row, :, tiles.col, :] = self._compared(tiles, size)
        elif len(tiles.label) > _AT_ONCE and len(tiles.row) > 1:
            for half in tiles.halves():
                self.paint(half, size)
        else:
            self.paint(tiles.quarters(), size // 2)

    def _by_tile(self, size: int) -> LabelMap:
        """Return the slots as (rows of tiles, rows in each, columns of tiles, columns in each)."""
        return self._labels.reshape(len(self._labels) // size, size, -1, size)

    def _compared(self, tiles: Tiles, size: int) -> LabelMap:
        """Return labels (T, size, size) of tiles by the score of every pixel."""
        # Tiles with most candidates come first, so those with a k-th one are the first few.
        order = np.argsort(-tiles.count, kind="stable")
        count, first = tiles.count[order], tiles.first[order]
        row, tile_row = np.divmod(tiles.row[order], self.side // size)
        col, tile_col = np.divmod(tiles.col[order], self.side // size)
        phase = self._phases.reshape(-1, size).T
        down, right = phase[:, None, tile_row], phase[:, tile_col]
        best = np.full((size, size, len(order)), -np.inf, self._cells.dtype)
        labels = np.empty(best.shape, self._labels.dtype)
        for k in range(count[0]):
            n = np.searchsorted(-count, -k)
            label = tiles.label[first[:n] + k]
            corners = corner_scores(self._cells, row[:n], col[:n], label)
            top, bottom = between(corners[:, 0, None], corners[:, 1, None], right[:, :n])
            scores = between(top, bottom, down[..., :n])
            # Contenders come in ascending order, so only a higher score replaces a lower.
            np.copyto(labels[..., :n], label.astype(labels.dtype), where=scores > best[..., :n])
            np.maximum(best[..., :n], scores, out=best[..., :n])
        in_place: LabelMap = np.empty((len(order), size, size), labels.dtype)
        in_place[order] = labels.transpose(2, 0, 1)
        return in_place
