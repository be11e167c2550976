"""Label maps of full size from coarse scores, without an array of every class.

Upsampling 24 × 32 cells of 1000 classes by 32 and taking the best class of each pixel needs
3 GB if done in that order. It need not be: inside the square between four neighbouring
cells, each class's score is a weighted mean of its scores at the four corners, with the
same weights for all classes. A class that another one matches or beats at all four corners
is matched or beaten everywhere inside, so it can be left out. Of 1000 classes a handful
per square are left where neighbouring cells are alike (about 600 if they are pure noise),
and those are compared pixel by pixel.

What happens beyond the border does not matter to labels: a border of zeros, as in the
transposed convolution, multiplies all classes' scores at a pixel by one number between 0
and 1, and so keeps their order. Here the outermost cells are repeated.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fcnlib.kernels import check_factor
from fcnlib.typing import BoolArray, Float32Array, FloatArray, LabelMap, Report, silent

_BAND_PIXELS = 1 << 20
"""Pixels worked on at once: bounds the extra memory at about 16 bytes each."""


def label_map(logits: FloatArray) -> LabelMap:
    """Return the best class of every cell, the lowest index on ties.

    Parameters
    ----------
    logits : ndarray of shape (h, w, C)
        Class scores.

    Returns
    -------
    labels : ndarray of shape (h, w)
        Class indices in [0, C), of the smallest unsigned type that holds them.

    Raises
    ------
    ValueError
        If `logits` is not (h, w, C) with finite values and at least one of each.

    Examples
    --------
    >>> label_map(np.array([[[0.0, 2.0, 1.0], [3.0, 3.0, 0.0]]]))
    array([[1, 0]], dtype=uint8)

    """
    logits = _check_logits(logits)
    return logits.argmax(-1).astype(_label_type(logits.shape[-1]))


def upsampled_argmax(factor: int, logits: FloatArray, report: Report = silent) -> LabelMap:
    """Return the label map of bilinearly upsampled scores, exactly.

    Equal to upsampling every class by `factor` and taking the best class of each pixel,
    except where two classes' scores differ by no more than the rounding of the
    interpolation itself.

    Parameters
    ----------
    factor : int
        Upsampling factor, in output pixels per cell along each axis.
    logits : ndarray of shape (h, w, C)
        Class scores, finite.
    report : callable, optional
        Told of the progress.

    Returns
    -------
    labels : ndarray of shape (factor * h, factor * w)
        Class indices in [0, C), of the smallest unsigned type that holds them; the lowest
        index on ties.

    Raises
    ------
    TypeError, ValueError
        If `factor` is not a positive integer, or `logits` is not (h, w, C) with finite
        values and at least one of each.

    Examples
    --------
    Halfway between two cells the class with the higher sum wins, which neither cell shows:

    >>> upsampled_argmax(3, np.array([[[9.0, 0.0, 8.0], [0.0, 9.0, 8.0]]]))
    array([[0, 0, 2, 2, 1, 1],
           [0, 0, 2, 2, 1, 1],
           [0, 0, 2, 2, 1, 1]], dtype=uint8)

    """
    factor = check_factor(factor)
    logits = _check_logits(logits)
    rows, cols, classes = logits.shape
    padded = np.pad(logits, ((1, 1), (1, 1), (0, 0)), mode="edge")
    # Squares reach half a cell beyond the picture on each side; that margin is cut off.
    margin = factor - factor // 2
    width = (cols + 1) * factor
    labels = np.empty((rows * factor, cols * factor), _label_type(classes))
    for first, last in _bands(rows + 1, max(1, _BAND_PIXELS // (width * factor))):
        band = _best_classes(factor, padded[first : last + 1]).astype(labels.dtype)
        start = first * factor - margin
        inside = slice(max(start, 0), min(start + len(band), len(labels)))
        cut = band[inside.start - start : inside.stop - start]
        labels[inside] = cut[:, margin : margin + labels.shape[1]]
        report(last / (rows + 1), f"Row {last} of {rows + 1} of cells")
    return labels


def cell_shares(factor: int, labels: LabelMap, num_classes: int) -> Float32Array:
    """Return the part of every cell that each class takes: a perfect coarse answer.

    Parameters
    ----------
    factor : int
        Pixels per cell along each axis.
    labels : ndarray of shape (factor * h, factor * w)
        Class indices in [0, num_classes).
    num_classes : int
        Number of classes C.

    Returns
    -------
    shares : ndarray of shape (h, w, C), float32
        In [0, 1], adding up to 1 in every cell.

    Raises
    ------
    ValueError
        If a side of `labels` is no multiple of `factor`.

    Examples
    --------
    >>> cell_shares(2, np.array([[0, 1], [1, 1]]), 2)
    array([[[0.25, 0.75]]], dtype=float32)

    """
    factor = check_factor(factor)
    rows, cols = (side // factor for side in labels.shape)
    if labels.shape != (rows * factor, cols * factor):
        msg = f"sides of labels must be multiples of {factor}, got {labels.shape}; crop them first"
        raise ValueError(msg)
    cells = labels.reshape(rows, factor, cols, factor)
    shares = [(cells == index).mean((1, 3), dtype=np.float32) for index in range(num_classes)]
    return np.stack(shares, -1)


def surviving_classes(logits: FloatArray) -> NDArray[np.intp]:
    """Count, for every square between four cells, the classes that can win inside it.

    Parameters
    ----------
    logits : ndarray of shape (h, w, C)
        Class scores, finite.

    Returns
    -------
    counts : ndarray of shape (h - 1, w - 1)
        Classes that no corner's winner matches or beats at all four corners, at least 1.

    Raises
    ------
    ValueError
        If `logits` is not (h, w, C) with finite values and at least one of each.

    Examples
    --------
    >>> surviving_classes(np.array([[[9.0, 0.0, 8.0], [0.0, 9.0, 1.0]]] * 2))
    array([[3]])

    """
    corners = _Corners.of(_check_logits(logits))
    return _can_win(corners).sum(-1).reshape(logits.shape[0] - 1, logits.shape[1] - 1)


class _Corners(NamedTuple):
    """Scores at the four corners of every square, each of shape (squares, C)."""

    top_left: FloatArray
    top_right: FloatArray
    bottom_left: FloatArray
    bottom_right: FloatArray

    @classmethod
    def of(cls, cells: FloatArray) -> "_Corners":
        flat = (cells[:-1, :-1], cells[:-1, 1:], cells[1:, :-1], cells[1:, 1:])
        return cls(*(corner.reshape(-1, cells.shape[-1]) for corner in flat))

    def pick(self, squares: NDArray[np.intp], classes: NDArray[np.intp]) -> list[FloatArray]:
        return [corner[squares, classes][:, None] for corner in self]


def _bands(count: int, size: int) -> Iterator[tuple[int, int]]:
    for first in range(0, count, size):
        yield first, min(first + size, count)


def _best_classes(factor: int, cells: FloatArray) -> NDArray[np.intp]:
    """Return labels (f * (h - 1), f * (w - 1)) of the squares between `cells` (h, w, C)."""
    corners = _Corners.of(cells)
    square, candidate = np.nonzero(_can_win(corners))
    count = np.bincount(square)
    first = np.cumsum(count) - count
    # Squares with most candidates come first, so those with a k-th one are a prefix.
    order = np.argsort(-count, kind="stable")
    labels = np.zeros((len(order), factor, factor), np.intp)
    best = np.full(labels.shape, -np.inf, cells.dtype)
    for k in range(count.max()):
        squares = order[: np.searchsorted(-count[order], -k)]
        classes = candidate[first[squares] + k]
        scores = _interpolate(factor, *corners.pick(squares, classes))
        # Candidates come in ascending order, so only a higher score replaces an earlier one.
        better = scores > best[: len(squares)]
        np.copyto(best[: len(squares)], scores, where=better)
        np.copyto(labels[: len(squares)], classes[:, None, None], where=better)
    rows, cols = cells.shape[0] - 1, cells.shape[1] - 1
    in_place = np.empty_like(labels)
    in_place[order] = labels
    tiles = in_place.reshape(rows, cols, factor, factor)
    return tiles.swapaxes(1, 2).reshape(rows * factor, cols * factor)


def _interpolate(
    factor: int,
    top_left: FloatArray,
    top_right: FloatArray,
    bottom_left: FloatArray,
    bottom_right: FloatArray,
) -> FloatArray:
    """Return scores (n, f, f) inside n squares from their corners, each (n, 1)."""
    # Pixel centres: (p + 1/2) / f for even f; for odd f one centre falls on the cell's.
    phase = (np.arange(factor) + (factor % 2 == 0) / 2) / factor
    phase = phase.astype(top_left.dtype)
    top = top_left * (1 - phase) + top_right * phase
    bottom = bottom_left * (1 - phase) + bottom_right * phase
    return top[:, None] * (1 - phase)[:, None] + bottom[:, None] * phase[:, None]


def _can_win(corners: _Corners) -> BoolArray:
    """Return (squares, C): whether no corner's winner beats the class at all corners."""
    squares, classes = corners.top_left.shape
    possible = np.ones((squares, classes), bool)
    index = np.arange(classes)
    for winners in [corner.argmax(-1)[:, None] for corner in corners]:
        escapes = index == winners
        for corner in corners:
            score = np.take_along_axis(corner, winners, -1)
            escapes |= corner > score
            # On a tie the lower index wins, so a winner does not beat a lower equal one.
            escapes |= (corner == score) & (index < winners)
        possible &= escapes
    return possible


def _check_logits(logits: FloatArray) -> FloatArray:
    logits = np.asarray(logits)
    if logits.ndim != 3 or 0 in logits.shape:
        msg = f"logits must have shape (h, w, C), none of them 0, got {logits.shape}"
        raise ValueError(msg)
    if not np.issubdtype(logits.dtype, np.floating):
        msg = f"logits must be floating point, got {logits.dtype}"
        raise ValueError(msg)
    if not np.isfinite(logits).all():
        msg = "logits must be finite: with an infinite score no weighted mean is defined"
        raise ValueError(msg)
    return logits


def _label_type(classes: int) -> np.dtype[np.unsignedinteger]:
    return np.min_scalar_type(classes - 1)
