"""A network in miniature whose gradient either passes the upsampling or stops there.

The network is a convolution that turns a picture into a few scores. Its scores are then enlarged
to a map in one of three ways, and the loss compares the map with the truth. TensorFlow can only
send the loss's gradient back through operations that it records itself.
"""

from typing import Any, NamedTuple

import numpy as np

from fcnlib.kernels.bilinear import get_kernel_size, upsample_filt
from fcnlib.runtime import load
from fcnlib.typing import Float64Array
from fcnlib.upsampling.methods import upsample_skimage

SIDE, FACTOR = 12, 4
"""Pixels along each side of the picture, and pixels for each score."""


class Backward(NamedTuple):
    """What TensorFlow computes forward, and what it returns as gradients.

    Attributes
    ----------
    loss : float
        Mean squared error of the map.
    result : ndarray of shape (SIDE, SIDE)
        The map: the enlarged scores.
    gradients : dict of str to ndarray or None
        Gradient of the loss by what it belongs to: ``"map"``, ``"scores"`` and ``"weights"``
        of the convolution, and with the layer also ``"kernel"``, the weights of the upsampling.
        None if TensorFlow returned None, because no gradient arrives there.

    """

    loss: float
    result: Float64Array
    gradients: dict[str, Float64Array | None]


def picture_and_truth() -> tuple[Float64Array, Float64Array]:
    """Return a noisy picture of a disc, and the disc, both of shape (SIDE, SIDE)."""
    rows, cols = np.mgrid[:SIDE, :SIDE] - (SIDE - 1) / 2
    truth = (np.hypot(rows, cols) < SIDE / 3).astype(np.float64)
    return truth + 0.1 * np.random.default_rng(0).normal(size=truth.shape), truth


def gradients_through(method: str) -> Backward:
    """Run the network forward and backward in TensorFlow, with one way of upsampling.

    Parameters
    ----------
    method : {"layer", "library", "resize"}
        ``"layer"`` is ``tf.nn.conv2d_transpose`` with the bilinear kernel, ``"library"`` is a
        call of scikit-image, and ``"resize"`` is ``tf.image.resize``.

    Returns
    -------
    backward : Backward

    Raises
    ------
    ValueError
        If `method` is another one.

    Examples
    --------
    >>> gradients_through("library").gradients["scores"] is None
    True

    """
    if method not in ("layer", "library", "resize"):
        msg = f'method must be "layer", "library" or "resize", got {method!r}.'
        raise ValueError(msg)
    tf = load().tf
    picture, truth = picture_and_truth()
    weights = np.random.default_rng(1).normal(size=(FACTOR, FACTOR, 1, 1)) / FACTOR**2
    kernel = upsample_filt(get_kernel_size(FACTOR))[..., np.newaxis, np.newaxis]
    # A GPU may round the factors to TensorFloat-32, which has 11 bits.
    with tf.device("/CPU:0"):
        values = {"weights": tf.Variable(weights)}
        if method == "layer":
            values["kernel"] = tf.Variable(kernel)
        with tf.GradientTape() as tape:
            values["scores"] = tf.nn.conv2d(
                picture[np.newaxis, ..., np.newaxis], values["weights"], FACTOR, "VALID"
            )
            values["map"] = _enlarged(method, values)
            # The result of a call outside TensorFlow is where its records begin again.
            tape.watch(values["map"])
            loss = tf.reduce_mean(tf.square(values["map"][0, ..., 0] - truth))
        found = tape.gradient(loss, values)
    gradients: dict[str, Float64Array | None] = {}
    for name in ("map", "kernel", "scores", "weights"):
        if name in values:
            gradients[name] = None if found[name] is None else _plane(found[name])
    return Backward(float(loss), _plane(values["map"][0]), gradients)


def _enlarged(method: str, values: dict[str, Any]) -> Any:
    tf, scores = load().tf, values["scores"]
    if method == "library":
        enlarged = tf.numpy_function(_by_skimage, [scores], tf.float64)
        return tf.reshape(enlarged, (1, SIDE, SIDE, 1))
    if method == "resize":
        return tf.cast(tf.image.resize(scores, (SIDE, SIDE)), tf.float64)
    return tf.nn.conv2d_transpose(scores, values["kernel"], (1, SIDE, SIDE, 1), FACTOR, "SAME")


def _by_skimage(scores: Float64Array) -> Float64Array:
    """Enlarge a batch of one with scikit-image, which knows no gradient."""
    return upsample_skimage(FACTOR, scores[0])[np.newaxis].astype(np.float64)


def _plane(array: Any) -> Float64Array:
    """Return a tensor without its axes of length 1, as float64."""
    return np.squeeze(np.asarray(array, np.float64))
