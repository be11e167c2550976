"""What enlarging scores takes: the kernel, and what must be held beside it.

The picture keeps its 768 × 1024 pixels, so a larger factor means fewer cells.
"""

import os
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fcnlib.checks import positive_int
from fcnlib.class_map.tiling import work_nbytes
from fcnlib.kernels.bilinear import get_kernel_size

PICTURE = (768, 1024)
_FLOAT = 4
_CGROUP = Path("/sys/fs/cgroup/memory.max")


class Requirement(NamedTuple):
    """Bytes that one way of enlarging needs at least.

    Attributes
    ----------
    kernel : int
        Its weights.
    beside : int
        What it fills: the scores of every class at full size, or the class map alone and the
        memory in which that is made.

    """

    kernel: int
    activations: int

    @property
    def total(self) -> int:
        """Both together."""
        return self.kernel + self.activations


def requirements(factor: int, classes: int) -> dict[str, Requirement]:
    """Return what four ways of mapping a picture of 768 × 1024 pixels need, in float32.

    Parameters
    ----------
    factor : int
        Pixels per cell along each axis; a divisor of 256.
    classes : int
        Number of classes C.

    Returns
    -------
    requirements : dict of str to Requirement
        A kernel (K, K, C, C) from every class to every class, nearly all zeros; one kernel
        per class (K, K, C, 1); a pair of tents of K numbers for rows and columns; and the
        exact map of `class_map.upsampled_argmax`, whose weights are one tent's slope.

    Raises
    ------
    TypeError, ValueError
        If `factor` or `classes` is not a positive integer, or `factor` no divisor of 256.

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
    cells = PICTURE[0] // factor, PICTURE[1] // factor
    return {
        "dense": Requirement(_FLOAT * size**2 * classes**2, scores),
        "depthwise": Requirement(_FLOAT * size**2 * classes, scores),
        "separable": Requirement(_FLOAT * 2 * size, scores),
        "exact": Requirement(_FLOAT * factor, labels + work_nbytes(factor, *cells, classes)),
    }


def machine_nbytes(limit: Path = _CGROUP) -> int | None:
    """Return how much memory this process may use at most, or None where nobody tells.

    Parameters
    ----------
    limit : Path, optional
        Where Linux tells what a container may use.

    Examples
    --------
    >>> machine_nbytes() is None or machine_nbytes() > 2**20
    True

    """
    try:
        installed = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None
    try:
        return min(installed, int(limit.read_text()))
    except (OSError, ValueError):
        return installed
