"""The bilinear kernel of a transposed convolution, as a plain NumPy array.

Rows come first, and the kernel carries the gain of the zero-stuffed signal that it is
applied to: the weights for factor ``f`` sum to ``f ** 2``, not to one.
"""

import numpy as np

from fcnlib.checks import positive_int
from fcnlib.typing import Float32Array, Float64Array


def get_kernel_size(factor: int) -> int:
    """Return the side of the bilinear kernel for upsampling by `factor`.

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
    The tent spans two input pixels. For an odd factor it is centered on an output pixel
    and its two outermost weights would be zero, hence one less. The rule is that of
    Caffe's ``BilinearFiller``. Twice the factor throughout would shift an odd factor's
    output by half a pixel.

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
        Side K of the kernel, as `get_kernel_size` gives it; at least 1.

    Returns
    -------
    kernel : ndarray of shape (K, K)
        Weights in (0, 1], float64. Every phase ``kernel[p::f, q::f]`` sums to one for
        the factor f that K belongs to, so a constant picture stays constant.

    Notes
    -----
    Along one axis, with ``c = (K - 1) / 2`` and ``f = (K + 1) // 2``, the weights are
    ``1 - |i - c| / f``, a tent; the kernel is the outer product of two of them.

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
    tent = 1 - np.abs(np.arange(size) - (size - 1) / 2) / factor
    return np.outer(tent, tent)


def bilinear_upsample_weights(factor: int, number_of_classes: int) -> Float32Array:
    """Return the weights that make a transposed convolution upsample each class by itself.

    Parameters
    ----------
    factor : int
        Output pixels per input pixel, along each axis; also the stride to use.
    number_of_classes : int
        Channels C of the class map; at least 1.

    Returns
    -------
    weights : ndarray of shape (K, K, C, C)
        float32, in TensorFlow's order ``[height, width, out, in]``, with
        ``K = get_kernel_size(factor)``. Only ``weights[:, :, i, i]`` is filled: anything
        off the diagonal would add one class to another.

    Notes
    -----
    The array takes ``4 * K**2 * C**2`` bytes: 6.89 MiB for 21 classes at factor 32, but
    15,625 MiB for 1000.

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
