"""Example images with few pixels: the post's ramp, noise and photographs.

`fcnlib.upsampling.scripts` recreates each of them without this library.
"""

import numpy as np

from fcnlib import images
from fcnlib.checks import check_choice
from fcnlib.images.preprocessing import fit_long_side
from fcnlib.typing import Float64Array, FloatArray, RGBImage
from fcnlib.upsampling.methods import ramp

SIDE = 32
"""Pixels of the longer side. An image of 24 × 32 px becomes 768 × 1024 px at factor 32."""

SEED = 2016

NOISES = {"unit": "Noise in [0, 1]", "bright": "Noise in [0.5, 1]", "normal": "Normal noise"}
PICTURES = {"ramp": "The post's ramp", **NOISES, **images.SAMPLES}
"""Labels of the images that `example_image` returns, by key."""


def example_image(name: str) -> FloatArray:
    """Return an example image to upsample.

    Parameters
    ----------
    name : str
        A key of `PICTURES`.

    Returns
    -------
    image : ndarray of shape (H, W, 3), float64
        Values in [0, 1], except for ``"normal"``, which has mean 0 and standard deviation 1. The
        longer side has at most `SIDE` pixels.

    Raises
    ------
    ValueError
        If there is no image of this name.

    Examples
    --------
    >>> example_image("cat").shape
    (21, 32, 3)

    """
    check_choice(name, PICTURES, "name")
    if name == "ramp":
        return ramp()
    if name not in NOISES:
        return shrunk(images.sample(name))
    rng = np.random.default_rng(SEED)
    if name == "normal":
        return rng.normal(size=(24, 32, 3))
    return rng.uniform(0.5 if name == "bright" else 0, 1, size=(8, 10, 3))


def shrunk(image: RGBImage) -> Float64Array:
    """Return `image` in [0, 1], shrunk to at most `SIDE` pixels along its longer side.

    Examples
    --------
    >>> shrunk(np.full((64, 16, 3), 255, np.uint8)).shape
    (32, 8, 3)

    """
    return fit_long_side(image, SIDE) / 255
