"""Label maps of a picture that was scaled to a network's input.

The other functions of `class_map` upsample by a whole factor. Here the scores are interpolated to
the original size of the picture, for any scale. There are two conventions for the position of
cells, and both are supported. Either each cell is centered on a pixel, as in TensorFlow's
``resize_bilinear(align_corners=True)``, or each cell covers a block of pixels. DeepLab was trained
with the first.
"""

import numpy as np
from numpy.typing import NDArray

from fcnlib.checks import positive_int
from fcnlib.class_map.interpolation import check_logits
from fcnlib.typing import Float32Array, FloatArray

_BAND = 1 << 18
"""Pixels whose scores are interpolated at once."""


def resized_argmax(
    factor: int, coarse_logits: FloatArray, size: tuple[int, int], *, aligned_corners: bool
) -> NDArray[np.uint8]:
    """Return the best class of every pixel, from scores interpolated to a picture's size.

    Parameters
    ----------
    factor : int
        Pixels of the network's input from one cell to the next.
    coarse_logits : ndarray of shape (h, w, C)
        Scores of the cells, finite, C at most 256.
    size : tuple of int
        Height and width of the picture that was scaled to the network's input.
    aligned_corners : bool
        True: cell (i, j) is centered on pixel (factor * i, factor * j) of the network's input,
        which has ``factor * (h - 1) + 1`` rows. False: every cell covers a block of `factor` ×
        `factor` pixels, and the input has ``factor * h`` rows.

    Returns
    -------
    labels : ndarray of shape (H, W), uint8
        Class indices, the lowest index on ties.

    Raises
    ------
    TypeError, ValueError
        If `factor` or a side is not a positive integer, or if `coarse_logits` does not have shape
        (h, w, C), has more than 256 classes, is masked or is not finite.

    Notes
    -----
    The center of a picture's pixel is followed through the scaling to its place in the
    network's input, and from there to the cells, between which scores are interpolated
    bilinearly. Beyond the outermost cells' centers, their scores are repeated. A picture of
    the network's own input size gets exactly the upsampling that the network was trained
    with. Classes that can win nowhere are left out and rows are interpolated in bands, so a
    large picture needs no array of all scores of all pixels.

    Examples
    --------
    Halfway between two cells the class with the higher sum wins, which neither cell shows:

    >>> logits = np.array([[[9, 0, 8], [0, 9, 8]]], np.float32)
    >>> resized_argmax(4, logits, (1, 5), aligned_corners=True)
    array([[0, 2, 2, 2, 1]], dtype=uint8)

    """
    factor, coarse_logits = positive_int(factor), check_logits(coarse_logits)
    size = positive_int(size[0], "height"), positive_int(size[1], "width")
    if coarse_logits.shape[2] > 256:
        msg = (
            f"coarse_logits must have at most 256 classes, got shape {coarse_logits.shape}. For "
            "more, use upsampled_argmax, which upsamples by a whole factor."
        )
        raise ValueError(msg)
    classes = possible_winners(coarse_logits)
    logits = np.ascontiguousarray(coarse_logits[..., classes].transpose(2, 0, 1))
    rows, cols = (
        interpolation_weights(factor, cells, side, aligned_corners=aligned_corners)
        for cells, side in zip(logits.shape[1:], size, strict=True)
    )
    labels = np.empty(size, np.uint8)
    step = max(1, _BAND // size[1])
    for start in range(0, size[0], step):
        band = rows[start : start + step] @ logits @ cols.T
        labels[start : start + step] = classes[band.argmax(0)]
    return labels


def possible_winners(logits: FloatArray, places: int = 1) -> NDArray[np.uint8]:
    """Return the classes that can be among the best ones between some four neighboring cells.

    Parameters
    ----------
    logits : ndarray of shape (h, w, C)
        Scores of the cells, finite, C at most 256.
    places : int, optional
        1 for the classes that can be best at a pixel, 2 for those that can be best or second best.

    Returns
    -------
    classes : ndarray of uint8
        In ascending order: all such classes, and possibly some that are so nowhere.

    Notes
    -----
    A class with a lower score than another at all four corners of a square has a lower score
    everywhere between them, because bilinear weights are not negative. In each square, a class is
    compared with the `places` classes whose scores at the corners have the highest sums.

    Examples
    --------
    >>> logits = np.array([[[9, 5, 0, 1], [9, 5, 1, 0]]], np.float32)
    >>> possible_winners(logits).tolist(), possible_winners(logits, 2).tolist()
    ([0], [0, 1])

    """
    padded = np.pad(logits, ((0, 1), (0, 1), (0, 0)), mode="edge")
    corners = np.stack([padded[:-1, :-1], padded[:-1, 1:], padded[1:, :-1], padded[1:, 1:]])
    leaders = np.argsort(-corners.sum(0), axis=-1, kind="stable")[None, ..., :places]
    beaten = [
        np.all(corners < np.take_along_axis(corners, leaders[..., [place]], -1), axis=0)
        for place in range(leaders.shape[-1])
    ]
    return np.flatnonzero(~np.all(beaten, axis=(0, 1, 2))).astype(np.uint8)


def interpolation_weights(
    factor: int, cells: int, side: int, *, aligned_corners: bool
) -> Float32Array:
    """Return the weights (side, cells) of linear interpolation from cells to pixels."""
    scaled = factor * (cells - 1) + 1 if aligned_corners else factor * cells
    # Pixel centers are at i + 0.5 of a side; a block's center is (factor - 1) / 2 pixels in.
    first = 0 if aligned_corners else (factor - 1) / 2
    place = ((np.arange(side) + 0.5) * scaled / side - 0.5 - first) / factor
    distance = np.abs(place.clip(0, cells - 1)[:, None] - np.arange(cells))
    return np.maximum(1 - distance, 0).astype(np.float32)
