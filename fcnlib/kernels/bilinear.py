"""The bilinear kernel of a transposed convolution, as a plain NumPy array.

Rows come first, and the kernel carries the gain of the zero-stuffed signal that it is
applied to: the weights for factor ``f`` sum to ``f ** 2``, not to one.
"""

import operator

import numpy as np

from fcnlib.typing import Float32Array, Float64Array


def check_factor(factor: int, name: str = "factor") -> int:
    """Return `factor` as a Python int, or raise and say what came.

    Parameters
    ----------
    factor : int
        A count of at least 1. Any integer type will do, NumPy's included.
    name : str, optional
        What the caller's argument is called, for the message.

    Returns
    -------
    factor : int
        The same number.

    Raises
    ------
    TypeError
        If `factor` is not an integer; 2.0 is none.
    ValueError
        If `factor` is less than 1.

    Examples
    --------
    >>> check_factor(np.int64(3))
    3

    """
    try:
        number = operator.index(factor)
    except TypeError:
        kind = type(factor).__name__
        msg = f"{name} must be an integer, got {factor!r} ({kind}). Pass a whole number from 1 up."
        raise TypeError(msg) from None
    if number < 1:
        msg = f"{name} must be at least 1, got {number}. Pass a whole number from 1 up."
        raise ValueError(msg)
    return number


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
    The tent spans two input pixels. For an odd factor it is centred on an output pixel
    and its two outermost weights would be zero, hence one less. The rule is that of
    Caffe's ``BilinearFiller``. Twice the factor throughout would shift an odd factor's
    output by half a pixel.

    Examples
    --------
    >>> [get_kernel_size(factor) for factor in (1, 2, 3, 32)]
    [1, 4, 5, 64]

    """
    factor = check_factor(factor)
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
    size = check_factor(size, "size")
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
    classes = check_factor(number_of_classes, "number_of_classes")
    weights = np.zeros((size, size, classes, classes), dtype=np.float32)
    diagonal = np.arange(classes)
    weights[:, :, diagonal, diagonal] = upsample_filt(size)[:, :, np.newaxis]
    return weights
