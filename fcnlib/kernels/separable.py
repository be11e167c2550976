"""Image enlargement by a whole factor with any kernel, applied along rows and columns.

Samples are at pixel centers: output pixel i is at input position
``(i + 1/2) / factor - 1/2``. Outside the image, the border pixels are repeated.
"""

import numpy as np
from numpy.typing import ArrayLike

from fcnlib.checks import positive_int, real_array
from fcnlib.kernels.continuous import Kernel
from fcnlib.kernels.resampling import scaled_kernels, support
from fcnlib.typing import Float64Array


def resize_separable(kernel: Kernel, image: ArrayLike, factor: int) -> Float64Array:
    """Return `image` enlarged by `factor` with `kernel`.

    Parameters
    ----------
    kernel : Kernel
        Kernel to apply along each axis.
    image : array_like of shape (H, W) or (H, W, C)
        Image with values of any range.
    factor : int
        Output pixels per input pixel, along each axis; at least 1.

    Returns
    -------
    enlarged : ndarray of shape (factor * H, factor * W) or (factor * H, factor * W, C)
        Enlarged image. It is not clipped, and kernels with negative weights can leave the
        range of `image`.

    Raises
    ------
    TypeError
        If `factor` is not an integer.
    ValueError
        If `factor` is less than 1, or `image` has another shape or type, no pixels, or values
        that are masked or not finite.

    Examples
    --------
    >>> from fcnlib.kernels import KERNELS
    >>> resize_separable(KERNELS["triangle"], [[0, 1]], 2)
    array([[0.  , 0.25, 0.75, 1.  ],
           [0.  , 0.25, 0.75, 1.  ]])

    """
    pixels = real_array(image, "image", (2, 3)).astype(np.float64)
    rows, columns = (axis_weights(kernel, size, factor) for size in pixels.shape[:2])
    return np.einsum("ih,hw...,jw->ij...", rows, pixels, columns, optimize=True)


def axis_weights(kernel: Kernel, size: int, factor: int) -> Float64Array:
    """Return the weight of each input pixel in each output pixel, along one axis.

    Parameters
    ----------
    kernel : Kernel
        Kernel to apply.
    size : int
        Number of input pixels, at least 1.
    factor : int
        Output pixels per input pixel, at least 1.

    Returns
    -------
    weights : ndarray of shape (factor * size, size)
        Matrix such that ``weights @ line`` is the enlarged line. Each row sums to one if
        the kernel's weights do.

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
    margin = support(kernel)
    positions = (np.arange(size * factor) + 0.5) / factor - 0.5
    padded = scaled_kernels(kernel, np.ones(size + 2 * margin), positions + margin)
    weights = np.zeros((size, len(positions)))
    # The border pixels also get the weights of the pixels outside the image that repeat them.
    pixel = np.clip(np.arange(len(padded)) - margin, 0, size - 1)
    np.add.at(weights, pixel, padded)
    return weights.T


def zone_plate(size: int) -> Float64Array:
    """Return rings that become finer outwards, up to Nyquist at the middle of each side.

    Parameters
    ----------
    size : int
        Number of rows and of columns, at least 1.

    Returns
    -------
    image : ndarray of shape (size, size)
        Gray values in [0, 1].

    Examples
    --------
    >>> zone_plate(3).round(2)
    array([[0.25, 0.75, 0.25],
           [0.75, 1.  , 0.75],
           [0.25, 0.75, 0.25]])

    """
    offset = np.arange(positive_int(size, "size")) - (size - 1) / 2
    squared_radius = np.add.outer(offset**2, offset**2)
    # The local frequency is radius / size cycles per pixel: 1/2 at radius size / 2.
    return (1 + np.cos(np.pi * squared_radius / size)) / 2
