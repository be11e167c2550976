"""Label maps between cells: tiles with one possible class are filled, others are subdivided.

Each square between four cells is a tile. Its candidates are the classes that
`fcnlib.class_map.pruning` leaves. A tile with a single candidate is filled. Any other tile is
divided into quarters, which have fewer candidates. In tiles of a few pixels, the candidates are
compared pixel by pixel.

Example with 1000 classes: where neighboring cells are similar, about five candidates per square
remain after the first pass. If the scores are random noise, a third of the classes remain, but
only two classes remain in tiles an eighth as wide.
"""

import numpy as np

from fcnlib.class_map.interpolation import interpolate, phases
from fcnlib.class_map.pruning import Tiles, corner_scores, first_pass
from fcnlib.typing import FloatArray, LabelMap

_LEAF = 6
"""Largest side, in pixels, of a tile that is compared pixel by pixel."""
_AT_ONCE = 1 << 16
"""Largest number of candidates to subdivide at once, at about 60 bytes each. With more, the tiles
are processed in two halves."""


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
        Class indices, in the smallest unsigned type that can hold them. The lowest index wins
        ties.

    Examples
    --------
    >>> best_classes(4, np.array([[[0.0, -9.0, -2.0], [-9.0, 0.0, -2.0]]] * 2))[0]
    array([0, 2, 2, 1], dtype=uint8)

    """
    buffer = _LabelBuffer(factor, cells)
    buffer.fill(first_pass(cells), buffer.side)
    return buffer.pixels()


class _LabelBuffer:
    """Labels of the squares between cells, in slots that can be halved down to leaves.

    The number of leaves of a square along each axis is a power of two. A leaf has as many slots
    as the largest number of pixels in any leaf. In leaves with fewer pixels, the last slots stay
    unused.
    """

    def __init__(self, factor: int, cells: FloatArray) -> None:
        leaves = 1
        while factor > _LEAF * leaves:
            leaves *= 2
        leaf = -(-factor // leaves)
        self.side = leaf * leaves
        # Twice the phase in pixels, so that the leaf of a pixel is found without rounding.
        doubled = 2 * np.arange(factor) + (factor + 1) % 2
        home = doubled * leaves // (2 * factor)
        self._slots = home * leaf + np.arange(factor) - np.searchsorted(home, home)
        self._phases = np.zeros(self.side, cells.dtype)
        self._phases[self._slots] = phases(factor, cells.dtype)
        self._cells = cells
        shape = (cells.shape[0] - 1) * self.side, (cells.shape[1] - 1) * self.side
        self._labels = np.empty(shape, np.min_scalar_type(cells.shape[2] - 1))

    def pixels(self) -> LabelMap:
        """Return the labels of the slots that hold pixels, (f * h, f * w)."""
        rows, cols = (
            (np.arange(0, slots, self.side)[:, None] + self._slots).ravel()
            for slots in self._labels.shape
        )
        return self._labels[np.ix_(rows, cols)]

    def fill(self, tiles: Tiles, size: int) -> None:
        """Fill tiles of `size` slots: those with one candidate at once, the others in parts."""
        # (rows of tiles, rows in each, columns of tiles, columns in each)
        slots = self._labels.reshape(len(self._labels) // size, size, -1, size)
        single = tiles.count == 1
        winner = tiles.label[tiles.first[single], None, None]
        slots[tiles.row[single], :, tiles.col[single], :] = winner
        if single.all():
            return
        tiles = tiles.where(~single)
        if size <= _LEAF:
            slots[tiles.row, :, tiles.col, :] = self._compared(tiles, size)
        elif len(tiles.label) > _AT_ONCE and len(tiles.row) > 1:
            first_half = np.arange(len(tiles.row)) < len(tiles.row) // 2
            for half in (first_half, ~first_half):
                self.fill(tiles.where(half), size)
        else:
            self.fill(tiles.quarters(), size // 2)

    def _compared(self, tiles: Tiles, size: int) -> LabelMap:
        """Return labels (T, size, size) of tiles from the scores of every pixel."""
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
            top, bottom = interpolate(corners[:, 0, None], corners[:, 1, None], right[:, :n])
            scores = interpolate(top, bottom, down[..., :n])
            # Candidates come in ascending order, so only a higher score replaces a lower one.
            np.copyto(labels[..., :n], label.astype(labels.dtype), where=scores > best[..., :n])
            np.maximum(best[..., :n], scores, out=best[..., :n])
        in_place: LabelMap = np.empty((len(order), size, size), labels.dtype)
        in_place[order] = labels.transpose(2, 0, 1)
        return in_place
