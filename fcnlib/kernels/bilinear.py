"""Discrete bilinear kernels for upsampling with a transposed convolution.

A transposed convolution inserts zeros between the input pixels before it filters. To compensate
for these zeros, the weights of the kernel for factor ``f`` sum to ``f ** 2``, not to one.
"""

import numpy as np

from fcnlib.checks import positive_int
from fcnlib.typing import Float32Array, Float64Array


def get_kernel_size(factor: int) -> int:
    """Return the side length of the bilinear kernel for upsampling by `factor`.

    Parameters
    ----------
    factor : int
        Output pixels per input pixel, along each axis; at least 1.

    Returns
    -------
    size : int
        ``2 * factor - factor % 2``: 1, 4, 5, 8, 9 for factors 1 to 5.

    Notes
    -----
    The triangle function spans two input pixels. For an odd factor it is centered on an
    output pixel, so its last weight would be zero and is left out. Caffe's
    ``BilinearFiller`` uses the same rule. A size of ``2 * factor`` would shift the output by
    half a pixel if the factor is odd.

    Examples
    --------
    >>> [get_kernel_size(factor) for factor in (1, 2, 3, 32)]
    [1, 4, 5, 64]

    """
    factor = positive_int(factor)
    return 2 * factor - factor % 2


def upsample_filt(size: int) -> Float64Array:
    """Return the bilinear kernel with `size` rows and columns.

    Parameters
    ----------
    size : int
        Side length K of the kernel, usually from `get_kernel_size`; at least 1.

    Returns
    -------
    kernel : ndarray of shape (K, K)
        Weights in (0, 1], float64. If K is the kernel size of factor f, every phase
        ``kernel[p::f, q::f]`` sums to one, so a constant image stays constant.

    Notes
    -----
    Along one axis the weights are the triangle ``1 - |i - c| / f`` with
    ``c = (K - 1) / 2`` and ``f = (K + 1) // 2``. The kernel is its outer product with itself.

    Examples
    --------
    >>> upsample_filt(4) * 16
    array([[1., 3., 3., 1.],
           [3., 9., 9., 3.],
           [3., 9., 9., 3.],
           [1., 3., 3., 1.]])

    """
    size = positive_int(size, "size")
    factor = (size + 1) // 2
    weights = 1 - np.abs(np.arange(size) - (size - 1) / 2) / factor
    return np.outer(weights, weights)


def bilinear_upsample_weights(factor: int, number_of_classes: int) -> Float32Array:
    """Return transposed-convolution weights that upsample each class separately.

    Parameters
    ----------
    factor : int
        Output pixels per input pixel along each axis, at least 1. Also the stride to use.
    number_of_classes : int
        Number of channels C, at least 1.

    Returns
    -------
    weights : ndarray of shape (K, K, C, C)
        float32, in TensorFlow's order ``[height, width, out, in]``, with
        ``K = get_kernel_size(factor)``. Only ``weights[:, :, i, i]`` is non-zero, because
        any other weight would add one class to another.

    Notes
    -----
    The array takes ``4 * K**2 * C**2`` bytes: at factor 32, 6.89 MiB for 21 classes, but
    15,625 MiB for 1000 classes.

    Examples
    --------
    >>> weights = bilinear_upsample_weights(2, 3)
    >>> weights.shape, float(weights[..., 1, 1].sum()), float(weights[..., 1, 2].sum())
    ((4, 4, 3, 3), 4.0, 0.0)

    """
    size = get_kernel_size(factor)
    classes = positive_int(number_of_classes, "number_of_classes")
    weights = np.zeros((size, size, classes, classes), dtype=np.float32)
    diagonal = np.arange(classes)
    weights[:, :, diagonal, diagonal] = upsample_filt(size)[:, :, np.newaxis]
    return weights
