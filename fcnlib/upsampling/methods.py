"""Bilinear upsampling with scikit-image and with TensorFlow, which give the same result.

scikit-image resamples the image. TensorFlow runs the layer of a fully convolutional network: a
transposed convolution whose weights are the bilinear kernel. Both assume zeros beyond the
border, so both darken the rim in the same way. `fcnlib.upsampling.experiment` changes these
options to show which of them make the results differ.
"""

from typing import Literal

import numpy as np

from fcnlib.checks import positive_int, unmasked
from fcnlib.kernels.bilinear import bilinear_upsample_weights, get_kernel_size, upsample_filt
from fcnlib.runtime import load
from fcnlib.typing import FloatArray

DENSE_LIMIT = 256 * 2**20
"""Largest dense kernel in bytes. At factor 32, 21 classes take 7 MiB and 1000 take 15 GiB."""


def ramp(size: int = 3) -> FloatArray:
    """Return the post's image: gray levels from black to white along the diagonal.

    Parameters
    ----------
    size : int, optional
        Number of rows and of columns; at least 2.

    Returns
    -------
    image : ndarray of shape (size, size, 3)
        RGB with three equal channels, float64 in [0, 1].

    Raises
    ------
    ValueError
        If `size` is 1: one pixel cannot be both black and white.

    Examples
    --------
    >>> ramp()[..., 0]
    array([[0.  , 0.25, 0.5 ],
           [0.25, 0.5 , 0.75],
           [0.5 , 0.75, 1.  ]])

    """
    if positive_int(size, "size") == 1:
        msg = "size must be at least 2, got 1. A ramp needs two ends."
        raise ValueError(msg)
    half = np.linspace(0, 0.5, size)
    return np.stack([np.add.outer(half, half)] * 3, axis=-1)


def upsample_skimage(
    factor: int,
    input_img: FloatArray,
    *,
    mode: Literal["constant", "edge", "reflect"] = "constant",
    clip: bool = False,
    channel_axis: int | None = -1,
) -> FloatArray:
    """Upsample by bilinear interpolation with scikit-image.

    Parameters
    ----------
    factor : int
        Output pixels per input pixel along each axis; at least 1.
    input_img : ndarray of shape (H, W) or (H, W, C)
        float32 or float64, finite, with any range of values.
    mode : {"constant", "edge", "reflect"}, optional
        What is assumed beyond the border: zeros, the outermost pixels again, or a mirror image.
    clip : bool, optional
        Whether to clip the result to the input's range.
    channel_axis : int or None, optional
        The axis that is not enlarged. None enlarges all three. Ignored for shape (H, W).

    Returns
    -------
    upsampled : ndarray of shape (factor * H, factor * W) or (factor * H, factor * W, C)
        Has the input's type. Without `channel_axis`, the shape is (factor * H, factor * W,
        factor * C).

    Raises
    ------
    TypeError, ValueError
        If the input has another type or shape, is empty, masked or not finite.

    Notes
    -----
    Two defaults differ from those of scikit-image. Its ``clip=True`` clips the result to the
    input's range, but the zeros beyond the border correctly make the rim darker than this
    range: for an image in [0.5, 1], clipping changes the rim by 0.2 to 0.4. The post's ramp
    contains a zero, so it cannot show this. And its ``channel_axis=None`` resamples the
    channels as a third axis.

    Examples
    --------
    >>> upsample_skimage(2, np.ones((1, 2)))
    array([[0.5625, 0.75  , 0.75  , 0.5625],
           [0.5625, 0.75  , 0.75  , 0.5625]])

    """
    from skimage.transform import rescale

    factor = positive_int(factor)
    image = _check_image(input_img)
    return rescale(
        image,
        factor,
        order=1,
        mode=mode,
        cval=0,
        clip=clip,
        anti_aliasing=False,
        channel_axis=channel_axis if image.ndim == 3 else None,
    )


def upsample_tf(factor: int, input_img: FloatArray, kernel: FloatArray | None = None) -> FloatArray:
    """Upsample with TensorFlow's transposed convolution by the bilinear kernel.

    Parameters
    ----------
    factor : int
        As for `upsample_skimage`; also the stride.
    input_img : ndarray of shape (H, W) or (H, W, C)
        As for `upsample_skimage`.
    kernel : ndarray of shape (K, K), optional
        Finite weights to use instead of the bilinear ones. At least `factor` rows and columns,
        because gaps would remain with fewer.

    Returns
    -------
    upsampled : ndarray of shape (factor * H, factor * W) or (factor * H, factor * W, C)
        As from `upsample_skimage`.

    Raises
    ------
    TypeError, ValueError
        As from `upsample_skimage`, and if `kernel` has another shape, fewer than `factor` rows or
        columns, or weights that are masked or not finite.

    Notes
    -----
    Channels do not mix, so they are passed as a batch of gray images of shape (C, H, W, 1), with
    one kernel of shape (K, K, 1, 1).

    Examples
    --------
    >>> upsample_tf(2, np.ones((1, 2)))
    array([[0.5625, 0.75  , 0.75  , 0.5625],
           [0.5625, 0.75  , 0.75  , 0.5625]])

    """
    factor = positive_int(factor)
    image = _check_image(input_img)
    channels = image.reshape(*image.shape[:2], -1).transpose(2, 0, 1)[..., np.newaxis]
    if kernel is None:
        kernel = upsample_filt(get_kernel_size(factor))
    weights = _check_kernel(kernel, factor)[..., np.newaxis, np.newaxis]
    upsampled = _conv2d_transpose(factor, channels, weights)[..., 0].transpose(1, 2, 0)
    return upsampled.reshape(*upsampled.shape[:2], *image.shape[2:])


def upsample_tf_dense(factor: int, input_img: FloatArray) -> FloatArray:
    """Upsample as the post does, with one kernel of shape (K, K, C, C) for all channels.

    Parameters
    ----------
    factor, input_img
        As for `upsample_tf`.

    Returns
    -------
    upsampled : ndarray
        As from `upsample_tf`. For float64 input the values agree only to about 1e-7, because
        `bilinear_upsample_weights` returns float32.

    Raises
    ------
    TypeError, ValueError
        As from `upsample_tf`, and if the kernel would take more than `DENSE_LIMIT` bytes.

    """
    image = _check_image(input_img)
    batch = image.reshape(1, *image.shape[:2], -1)
    nbytes = dense_kernel_nbytes(factor, batch.shape[-1])
    if nbytes > DENSE_LIMIT:
        msg = (
            f"the dense kernel for factor {factor} and {batch.shape[-1]} channels takes {nbytes:,} "
            f"bytes; {DENSE_LIMIT:,} are allowed. Use upsample_tf, which needs no such kernel."
        )
        raise ValueError(msg)
    weights = bilinear_upsample_weights(factor, batch.shape[-1])
    upsampled = _conv2d_transpose(factor, batch, weights)[0]
    return upsampled.reshape(*upsampled.shape[:2], *image.shape[2:])


def dense_kernel_nbytes(factor: int, channels: int) -> int:
    """Return the size in bytes of a dense float32 kernel of shape (K, K, channels, channels).

    Examples
    --------
    >>> dense_kernel_nbytes(32, 1000)
    16384000000

    """
    return 4 * get_kernel_size(factor) ** 2 * positive_int(channels, "channels") ** 2


def corner_gain(factor: int) -> float:
    """Return the factor by which zeros beyond the border darken a corner pixel, in (0.25, 1].

    Along each axis, the center of the outermost output pixel lies ``(factor - 1) / (2 * factor)``
    input pixels beyond the center of the outermost input pixel. The next input pixel beyond
    it is zero.

    Examples
    --------
    >>> corner_gain(2)
    0.5625

    """
    factor = positive_int(factor)
    return ((factor + 1) / (2 * factor)) ** 2


def _check_image(image: FloatArray) -> FloatArray:
    """Return `image` as an array after checking its type, shape and values."""
    image = unmasked(image, "input_img")
    if image.dtype not in (np.float32, np.float64):
        msg = (
            f"input_img must hold float32 or float64, got {image.dtype}. Convert it first, "
            f"for example input_img.astype(np.float32) / 255 for bytes."
        )
        raise TypeError(msg)
    if image.ndim not in (2, 3) or not image.size:
        msg = (
            f"input_img must have shape (H, W) or (H, W, C) with no side of 0, got {image.shape}. "
            f"Pass one image at a time."
        )
        raise ValueError(msg)
    if not np.isfinite(image).all():
        msg = (
            "input_img must be finite, got NaN or infinity. Replace them first: a transposed "
            "convolution would spread each of them over a whole kernel."
        )
        raise ValueError(msg)
    return image


def _check_kernel(kernel: FloatArray, factor: int) -> FloatArray:
    """Return `kernel` as an array after checking that it leaves no gaps at this factor."""
    kernel = unmasked(kernel, "kernel")
    numbers = kernel.dtype.kind in "biuf"
    if kernel.ndim != 2 or min(kernel.shape) < factor or not numbers:
        msg = (
            f"kernel must have shape (K, K) with K from {factor} up, so that copies of it leave no "
            f"gaps, and hold real numbers, got {kernel.dtype} of shape {kernel.shape}."
        )
        raise ValueError(msg)
    if not np.isfinite(kernel).all():
        msg = "kernel must be finite, got NaN or infinity. Pass finite weights."
        raise ValueError(msg)
    return kernel


def _conv2d_transpose(stride: int, batch: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the layer's output (N, stride * H, stride * W, C) for `batch` (N, H, W, C)."""
    count, height, width, channels = batch.shape
    tf = load().tf
    # A GPU may round the factors to TensorFloat-32, which has 11 bits.
    with tf.device("/CPU:0"):
        upsampled = tf.nn.conv2d_transpose(
            batch,
            weights.astype(batch.dtype),
            output_shape=(count, stride * height, stride * width, channels),
            strides=stride,
            padding="SAME",
        )
    return upsampled.numpy()
