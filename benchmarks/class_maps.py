"""Benchmarks of the exact class map against libraries that upsample every class."""

from collections.abc import Iterator
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import peak_mb, seconds
from benchmarks.rows import Row
from fcnlib import class_map
from fcnlib.kernels.bilinear import bilinear_upsample_weights
from fcnlib.typing import LabelMap

FACTOR = 32
SMOOTHNESS = (4.0, 2.0, 1.0, 0.0)
"""Standard deviation of a Gaussian blur, in cells; 0 gives independent noise."""
EXACT_PEERS = {"one_by_one": "OpenCV, one class at a time", "dense": "PyTorch, every class"}


def rows() -> Iterator[Row]:
    """Measure each smoothness against the fastest peer, and one of them against the other peers."""
    name = "class map, 24 × 32 cells, 1000 classes"
    for smoothness in SMOOTHNESS:
        cells = "cell" if smoothness == 1 else "cells"
        kind = f"noise blurred over {smoothness:g} {cells}" if smoothness else "independent noise"
        ours_, peer = seconds(partial(ours, smoothness), partial(one_by_one, smoothness))
        yield Row(
            f"{name}, {kind}",
            ours_,
            peer,
            EXACT_PEERS["one_by_one"],
            peak_mb(f"class_maps.ours({smoothness})"),
            peak_mb(f"class_maps.one_by_one({smoothness})"),
            max_ratio=0.1 if smoothness else 1.1,
        )
    yield _against(dense, EXACT_PEERS["dense"], 1000)
    yield _against(resized, "TensorFlow resize", 1000)
    yield _against(rescaled, "scikit-image rescale", 100)
    yield _against(zoomed, "SciPy zoom, which treats borders differently", 100)
    yield _against(dense_kernel, "the post's dense kernel", 21)


@cache
def scores(smoothness: float, classes: int = 1000) -> NDArray[np.float32]:
    """Return random scores (24, 32, classes) of unit variance."""
    from scipy.ndimage import gaussian_filter

    noise = np.random.default_rng(0).standard_normal((24, 32, classes), np.float32)
    if smoothness:
        noise = gaussian_filter(noise, (smoothness, smoothness, 0))
    return noise / noise.std()


def ours(smoothness: float, classes: int = 1000) -> LabelMap:
    """Compute the class map like the app."""
    return class_map.upsampled_argmax(FACTOR, scores(smoothness, classes))


def one_by_one(smoothness: float, classes: int = 1000) -> LabelMap:
    """Upsample one class at a time with OpenCV and keep the best class so far."""
    return best_of_planes(scores(smoothness, classes))


def best_of_planes(cells: NDArray[np.float32]) -> LabelMap:
    """Return the label map of scores (h, w, C), one class at a time, with OpenCV."""
    import cv2

    planes = np.ascontiguousarray(cells.transpose(2, 0, 1))
    size = (planes.shape[2] * FACTOR, planes.shape[1] * FACTOR)
    best = cv2.resize(planes[0], size, interpolation=cv2.INTER_LINEAR)
    labels = np.zeros(best.shape, np.uint16)
    for index, plane in enumerate(planes[1:], 1):
        upsampled = cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR)
        # OpenCV compares and takes the maximum in parallel; NumPy does not.
        better = cv2.compare(upsampled, best, cv2.CMP_GT)
        cv2.max(upsampled, best, best)
        labels[better.view(bool)] = index
    return labels


def dense(smoothness: float, classes: int = 1000) -> LabelMap:
    """Upsample every class with PyTorch and take the best class."""
    import torch

    planes = torch.from_numpy(scores(smoothness, classes)).permute(2, 0, 1)[None]
    with torch.inference_mode():
        upsampled = torch.nn.functional.interpolate(
            planes, scale_factor=FACTOR, mode="bilinear", align_corners=False
        )
        return upsampled.argmax(1)[0].numpy()


def resized(smoothness: float, classes: int = 1000) -> LabelMap:
    """Upsample every class with TensorFlow's resize and take the best class."""
    from fcnlib import runtime

    tf, _, _ = runtime.load()
    cells = scores(smoothness, classes)
    size = (cells.shape[0] * FACTOR, cells.shape[1] * FACTOR)
    return tf.argmax(tf.image.resize(cells[None], size)[0], -1).numpy()


def rescaled(smoothness: float, classes: int = 100) -> LabelMap:
    """Upsample every class with scikit-image and take the best class."""
    from skimage.transform import rescale

    cells = scores(smoothness, classes)
    upsampled = rescale(cells, FACTOR, order=1, mode="edge", clip=False, channel_axis=-1)
    return upsampled.argmax(-1)


def zoomed(smoothness: float, classes: int = 100) -> LabelMap:
    """Upsample every class with SciPy and take the best class."""
    from scipy.ndimage import zoom

    cells = scores(smoothness, classes)
    upsampled = zoom(cells, (FACTOR, FACTOR, 1), order=1, mode="nearest", grid_mode=True)
    return upsampled.argmax(-1)


def dense_kernel(smoothness: float, classes: int = 21) -> LabelMap:
    """Upsample with a transposed convolution over all pairs of classes and take the best class."""
    from fcnlib import runtime

    tf, _, _ = runtime.load()
    cells = scores(smoothness, classes)
    kernel = bilinear_upsample_weights(FACTOR, classes)
    shape = (1, cells.shape[0] * FACTOR, cells.shape[1] * FACTOR, classes)
    upsampled = tf.nn.conv2d_transpose(cells[None], kernel, shape, FACTOR)
    return tf.argmax(upsampled[0], -1).numpy()


def _against(peer: Any, peer_name: str, classes: int) -> Row:
    times = seconds(partial(ours, 1.0, classes), partial(peer, 1.0, classes))
    return Row(
        f"class map, 24 × 32 cells, {classes} classes, noise blurred over 1 cell",
        *times,
        peer_name,
        peak_mb(f"class_maps.ours(1.0, {classes})"),
        peak_mb(f"class_maps.{peer.__name__}(1.0, {classes})"),
    )
