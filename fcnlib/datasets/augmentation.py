"""Scaling of a picture and its labels, and random changes for training."""

import numpy as np
from PIL import Image

from fcnlib.datasets.pairs import VOID
from fcnlib.images.preprocessing import MEAN_RGB, fit_long_side
from fcnlib.typing import ByteArray, RGBImage

SCALES = (0.75, 1.6)
BRIGHTNESS = 0.3  # largest relative change of all channels
COLOR = 0.1  # and of each channel on its own


def scaled(picture: RGBImage, labels: ByteArray, long_side: int) -> tuple[RGBImage, ByteArray]:
    """Return a picture scaled down to a long side, and its labels with the same size."""
    picture = fit_long_side(picture, long_side)
    return picture, resized_labels(labels, picture.shape[:2])


def resized_labels(labels: ByteArray, size: tuple[int, ...]) -> ByteArray:
    """Return labels (H, W) resized to a height and width by the nearest neighbor."""
    if labels.shape == tuple(size):
        return labels
    image = Image.fromarray(np.ascontiguousarray(labels))
    return np.array(image.resize((size[1], size[0]), Image.Resampling.NEAREST))


def augment(
    picture: RGBImage,
    labels: ByteArray,
    size: tuple[int, int],
    rng: np.random.Generator,
    scales: tuple[float, float] = SCALES,
) -> tuple[RGBImage, ByteArray]:
    """Scale, crop, mirror and brighten a picture at random, and its labels in the same way.

    Parameters
    ----------
    picture : ndarray of shape (H, W, 3), uint8
    labels : ndarray of shape (H, W), uint8
    size : tuple of int
        Height and width of the result.
    rng : numpy.random.Generator
        The only source of chance: equal generators give equal results.
    scales : tuple of float, optional
        Smallest and largest scale. Their logarithms are drawn uniformly.

    Returns
    -------
    picture, labels : ndarrays of shape ``(*size, 3)`` and `size`, uint8
        What lies outside of the scaled picture has ImageNet's mean color and is void.

    Examples
    --------
    >>> rng = np.random.default_rng([3, 0])
    >>> picture, labels = np.zeros((20, 30, 3), np.uint8), np.zeros((20, 30), np.uint8)
    >>> [array.shape for array in augment(picture, labels, (16, 16), rng)]
    [(16, 16, 3), (16, 16)]

    """
    scale = float(np.exp(rng.uniform(*np.log(scales))))
    # Per axis: where the result gets pixels, and which pixels of the scaled picture they are.
    to, of, stretch = [], [], []
    for side, wanted in zip(labels.shape, size, strict=True):
        scaled = max(1, round(side * scale))
        offset = int(rng.integers(abs(scaled - wanted) + 1))
        start, lead = (offset, 0) if scaled > wanted else (0, offset)
        count = min(scaled, wanted)
        to.append(slice(lead, lead + count))
        of.append(np.arange(start, start + count))
        stretch.append(side / scaled)
    # Pixel i of the scaled picture shows the source at (i + 1/2) · stretch; the labels have the
    # value of the pixel in which this point lies.
    rows, cols = (((i + 0.5) * s).astype(np.intp) for i, s in zip(of, stretch, strict=True))
    new_labels = np.full(size, VOID, np.uint8)
    new_labels[to[0], to[1]] = labels[np.ix_(rows, cols)]
    (top, bottom), (left, right) = (
        (i[0] * s, (i[-1] + 1) * s) for i, s in zip(of, stretch, strict=True)
    )
    part = Image.fromarray(picture).resize(
        (len(cols), len(rows)), Image.Resampling.BILINEAR, box=(left, top, right, bottom)
    )
    gains = 1 + rng.uniform(-BRIGHTNESS, BRIGHTNESS) + rng.uniform(-COLOR, COLOR, 3)
    new_picture = np.full((*size, 3), np.rint(MEAN_RGB), np.uint8)
    table = np.rint(np.outer(gains, np.arange(256))).clip(0, 255).astype(int)
    new_picture[to[0], to[1]] = np.asarray(part.point(table.ravel().tolist()))
    step = -1 if rng.random() < 0.5 else 1
    mirrored = new_picture[:, ::step], new_labels[:, ::step]
    return np.ascontiguousarray(mirrored[0]), np.ascontiguousarray(mirrored[1])
