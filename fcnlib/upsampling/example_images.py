"""Pictures small enough that single pixels show: the post's ramp, noise, shrunk photographs.

Each can be made again elsewhere from what is said here, which `fcnlib.upsampling.scripts` does.
"""

import numpy as np

from fcnlib import images
from fcnlib.images.preprocessing import fit_long_side
from fcnlib.typing import Float64Array, FloatArray, RGBImage
from fcnlib.upsampling.methods import ramp

SIDE = 32
"""Pixels of the longer side: 24 × 32 becomes 768 × 1024 at factor 32."""

SEED = 2016

NOISES = {
    "unit": "Noise in [0, 1]",
    "bright": "Noise in [0.5, 1]",
    "normal": "Normal noise",
}
PICTURES = {"ramp": "The post's ramp", **NOISES, **images.SAMPLES}
"""Names for people of the pictures that `lab_picture` knows."""


def lab_picture(name: str) -> FloatArray:
    """Return a picture to upsample.

    Parameters
    ----------
    name : str
        A key of `PICTURES`.

    Returns
    -------
    image : ndarray of shape (H, W, 3), float64
        In [0, 1], but for ``"normal"``, which has mean 0 and standard deviation 1. The
        longer side has at most `SIDE` pixels.

    Raises
    ------
    ValueError
        If there is no such picture.

    Examples
    --------
    >>> lab_picture("cat").shape
    (21, 32, 3)

    """
    if name not in PICTURES:
        msg = f"name must be one of {', '.join(PICTURES)}, got {name!r}"
        raise ValueError(msg)
    if name == "ramp":
        return ramp()
    return _noise(name) if name in NOISES else shrunk(images.sample(name))


def shrunk(image: RGBImage) -> Float64Array:
    """Return `image` with at most `SIDE` pixels along its longer side, in [0, 1].

    Examples
    --------
    >>> shrunk(np.full((64, 16, 3), 255, np.uint8)).shape
    (32, 8, 3)

    """
    return fit_long_side(image, SIDE) / 255


def _noise(name: str) -> Float64Array:
    rng = np.random.default_rng(SEED)
    if name == "normal":
        return rng.normal(size=(24, 32, 3))
    return rng.uniform(0.5 if name == "bright" else 0, 1, size=(8, 10, 3))
