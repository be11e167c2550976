"""Drawn street scenes with a class label for every pixel.

The number of scenes is unlimited and nothing is downloaded. The seed alone determines a scene,
on every machine. Each pixel belongs to one of seven classes: sky, building, tree (includes all
leaves and trunks), road (includes sidewalks and curbs), school bus, car and person.
`TRAIN_SEEDS`, `VALIDATION_SEEDS` and `TEST_SEEDS` do not overlap.

Examples
--------
>>> example = scene(7)
>>> example.picture.shape, example.labels.shape
((160, 224, 3), (160, 224))

"""

from dataclasses import dataclass

import numpy as np

from fcnlib.images.colors import from_hex
from fcnlib.scenes.street import draw
from fcnlib.typing import LabelMap, RGBImage

CLASSES = ("sky", "building", "tree", "road", "bus", "car", "person")
"""Class names; a label is an index into this tuple."""

PALETTE = ("#9ad4f5", "#8a6f5c", "#1f9e77", "#c9c9cf", "#f2b701", "#3554b5", "#d5470b")
"""One color per class; color-blind readers can tell them apart as well. None is like the color of
wrong pixels."""

COLORS = from_hex(PALETTE)
"""`PALETTE` as an array of RGB values, shape (7, 3)."""

SIZE = (160, 224)
"""Default height and width of a scene in pixels."""

TRAIN_SEEDS = range(10_000, 1_000_000)
VALIDATION_SEEDS = range(5_000, 5_200)
TEST_SEEDS = range(200)


@dataclass(frozen=True)
class Scene:
    """A drawn picture and its ground truth.

    Attributes
    ----------
    picture : ndarray of uint8, shape (H, W, 3)
        RGB in [0, 255].
    labels : ndarray of uint8, shape (H, W)
        Index into `CLASSES` for every pixel.

    """

    picture: RGBImage
    labels: LabelMap


def scene(seed: int, size: tuple[int, int] = SIZE) -> Scene:
    """Draw the street scene of a seed.

    Parameters
    ----------
    seed : int
        Not negative; see `TRAIN_SEEDS`, `VALIDATION_SEEDS` and `TEST_SEEDS`.
    size : tuple of int, optional
        Height and width in pixels, each at least 32.

    Returns
    -------
    scene : Scene
        Picture and labels.

    Raises
    ------
    ValueError
        If the seed is negative or the size too small.

    """
    if seed < 0 or min(size) < 32:
        msg = (
            "A scene needs a seed of at least 0 and a size of at least 32 × 32 pixels; "
            f"got seed {seed} and size {size[0]} × {size[1]}."
        )
        raise ValueError(msg)
    rng = np.random.Generator(np.random.PCG64(seed))
    return Scene(*draw(size, rng).finish(rng))
