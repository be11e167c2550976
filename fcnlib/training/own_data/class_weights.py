"""Weights that keep rare classes from being ignored."""

import numpy as np

from fcnlib.datasets.dataset import Dataset
from fcnlib.datasets.pairs import PairReader
from fcnlib.typing import AnyArray, Float32Array, Report, silent

CLIP = 10.0
"""Largest ratio between the median frequency and that of a class, and back."""


def balanced(dataset: Dataset, read: PairReader, report: Report = silent) -> Float32Array:
    """Return one weight per class from the labels of the training pictures.

    The frequency of a class is its share of the pixels of those pictures in which it occurs. The
    weight is the square root of the median frequency divided by that of the class, after this
    ratio is clipped to [1 / `CLIP`, `CLIP`]. The square root is a compromise: weights in full
    proportion make the network predict rare classes far too often. A class that never occurs gets
    the weight 1.

    References
    ----------
    .. [1] D. Eigen and R. Fergus, "Predicting Depth, Surface Normals and Semantic Labels with a
       Common Multi-Scale Convolutional Architecture", ICCV 2015, section 6.3.2, for the median
       frequency. :arxiv:`1411.4734`.

    """
    classes = len(dataset.classes)
    pixels, pixels_with = np.zeros(classes), np.zeros(classes)
    pairs = dataset.splits["train"]
    for done, pair in enumerate(pairs, 1):
        if found := read(pair):
            counts = np.bincount(found[1].ravel(), minlength=256)[:classes]
            pixels += counts
            pixels_with += np.where(counts > 0, counts.sum(), 0)
        report(done / len(pairs), f"Counting classes: {done} of {len(pairs)} pictures")
    return from_counts(pixels, pixels_with)


def from_counts(pixels: AnyArray, pixels_with: AnyArray) -> Float32Array:
    """Return the weights of `balanced` for counted pixels.

    Parameters
    ----------
    pixels : ndarray of shape (C,)
        Pixels of each class.
    pixels_with : ndarray of shape (C,)
        Pixels that count in the pictures in which the class occurs.

    Examples
    --------
    The frequencies are 0.8, 0.2 and 0.05; the median is 0.2:

    >>> import numpy as np
    >>> from_counts(np.array([80, 20, 5]), np.array([100, 100, 100])).tolist()
    [0.5, 1.0, 2.0]

    """
    occurs = pixels > 0
    if not occurs.any():
        return np.ones(len(pixels), np.float32)
    frequency = np.divide(pixels, pixels_with, out=np.ones(len(pixels)), where=occurs)
    ratio = np.clip(np.median(frequency[occurs]) / frequency, 1 / CLIP, CLIP)
    return np.where(occurs, np.sqrt(ratio), 1).astype(np.float32)
