"""A picture enlarged by a whole factor with any kernel: along its rows, then its columns.

Pixels are small squares, and a sample lies in the middle of each: output pixel i looks at
``(i + 1/2) / factor - 1/2``. Beyond the border the last row and column go on.
"""

import numpy as np
from numpy.typing import ArrayLike

from fcnlib.checks import positive_int
from fcnlib.kernels.continuous import Kernel
from fcnlib.kernels.resampling import scaled_kernels, support
from fcnlib.typing import Float64Array


def resize_separable(kernel: Kernel, image: ArrayLike, factor: int) -> Float64Array:
    """Return `image` enlarged by `factor` with `kernel`.

    Parameters
    ----------
    kernel : Kernel
        What stands between the samples, along each axis.
    image : array_like of shape (H, W) or (H, W, C)
        Of any range.
    factor : int
        Output pixels per input pixel, along each axis; at least 1.

    Returns
    -------
    enlarged : ndarray of shape (factor * H, factor * W) or (factor * H, factor * W, C)
        Not clipped: kernels with lobes below zero leave the range of `image`.

    Raises
    ------
    TypeError
        If `factor` is not an integer.
    ValueError
        If `factor` is less than 1, or `image` has another shape or no pixel.

    Examples
    --------
    >>> from fcnlib.kernels import KERNELS
    >>> resize_separable(KERNELS["triangle"], [[0, 1]], 2)
    array([[0.  , 0.25, 0.75, 1.  ],
           [0.  , 0.25, 0.75, 1.  ]])

    """
    picture = np.asarray(image, dtype=np.float64)
    if picture.ndim not in (2, 3) or not picture.size:
        msg = (
            f"image must have shape (H, W) or (H, W, C) with no side of 0, got {picture.shape}. "
            "Pass one picture."
        )
        raise ValueError(msg)
    rows, columns = (axis_weights(kernel, side, factor) for side in picture.shape[:2])
    return np.einsum("ih,hw...,jw->ij...", rows, picture, columns, optimize=True)


def axis_weights(kernel: Kernel, size: int, factor: int) -> Float64Array:
    """Return how much each input pixel counts in each output pixel, along one axis.

    Parameters
    ----------
    kernel : Kernel
        What stands between the samples.
    size : int
        Input pixels, at least 1.
    factor : int
        Output pixels per input pixel, at least 1.

    Returns
    -------
    weights : ndarray of shape (factor * size, size)
        ``weights @ line`` enlarges a line. Each row sums to one if the kernel does.

    Raises
    ------
    TypeError, ValueError
        If `size` or `factor` is not an integer of at least 1.

    Examples
    --------
    >>> from fcnlib.kernels import KERNELS
    >>> axis_weights(KERNELS["box"], size=2, factor=2)
    array([[1., 0.],
           [1., 0.],
           [0., 1.],
           [0., 1.]])

    """
    size, factor = positive_int(size, "size"), positive_int(factor)
    beyond = support(kernel)
    positions = (np.arange(size * factor) + 0.5) / factor - 0.5
    padded = scaled_kernels(kernel, np.ones(size + 2 * beyond), positions + beyond)
    weights = np.zeros((size, len(positions)))
    pixel = np.clip(np.arange(len(padded)) - beyond, 0, size - 1)
    np.add.at(weights, pixel, padded)
    return weights.T


def zone_plate(size: int) -> Float64Array:
    """Return rings that grow finer outwards, up to Nyquist in the middle of each side.

    Parameters
    ----------
    size : int
        Rows, and columns, at least 1.

    Returns
    -------
    picture : ndarray of shape (size, size)
        Gray in [0, 1].

    Examples
    --------
    >>> zone_plate(3).round(2)
    array([[0.25, 0.75, 0.25],
           [0.75, 1.  , 0.75],
           [0.25, 0.75, 0.25]])

    """
    from_middle = np.arange(positive_int(size, "size")) - (size - 1) / 2
    squared = np.add.outer(from_middle**2, from_middle**2)
    return (1 + np.cos(np.pi * squared / size)) / 2
