"""Memory needed to upsample scores: the kernel and the result.

The result contains either the scores of every class or only the class map. The image always has
768 × 1024 pixels, so a larger factor means fewer cells.
"""

from typing import NamedTuple

import numpy as np

from fcnlib.checks import positive_int
from fcnlib.class_map.tiling import work_nbytes
from fcnlib.kernels.bilinear import get_kernel_size

PICTURE = (768, 1024)
_FLOAT = 4


class Requirement(NamedTuple):
    """Minimum number of bytes that one method needs.

    Attributes
    ----------
    kernel : int
        Size of its weights.
    activations : int
        Size of its result: the scores of every class at full size or, for the exact map, the
        class map and the memory needed while computing it.

    """

    kernel: int
    activations: int

    @property
    def total(self) -> int:
        """Sum of both."""
        return self.kernel + self.activations


def requirements(factor: int, classes: int) -> dict[str, Requirement]:
    """Return the memory that four methods need for an image of 768 × 1024 pixels, in float32.

    Parameters
    ----------
    factor : int
        Pixels per cell along each axis. Must divide 256.
    classes : int
        Number of classes C.

    Returns
    -------
    requirements : dict of str to Requirement
        ``dense``: a kernel (K, K, C, C) from every class to every class, almost all of it
        zeros. ``depthwise``: one kernel per class, (K, K, C, 1). ``separable``: two triangle
        functions of K numbers, for rows and columns. ``exact``: the map of
        `class_map.upsampled_argmax`, whose weights are one side of the triangle.

    Raises
    ------
    TypeError, ValueError
        If `factor` or `classes` is not a positive integer, or if `factor` does not divide 256.

    Examples
    --------
    >>> {name: need.kernel for name, need in requirements(32, 1000).items()}
    {'dense': 16384000000, 'depthwise': 16384000, 'separable': 512, 'exact': 128}

    """
    size, classes = get_kernel_size(factor), positive_int(classes, "classes")
    if 256 % factor:
        msg = f"factor must divide 256, and so {PICTURE[0]} and {PICTURE[1]}, got {factor}"
        raise ValueError(msg)
    pixels = PICTURE[0] * PICTURE[1]
    scores = _FLOAT * pixels * classes
    labels = pixels * np.min_scalar_type(classes - 1).itemsize
    work = work_nbytes(factor, PICTURE[0] // factor, PICTURE[1] // factor, classes)
    return {
        "dense": Requirement(_FLOAT * size**2 * classes**2, scores),
        "depthwise": Requirement(_FLOAT * size**2 * classes, scores),
        "separable": Requirement(_FLOAT * 2 * size, scores),
        "exact": Requirement(_FLOAT * factor, labels + work),
    }
