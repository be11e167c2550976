"""The last layers of two networks that run on phones, replaced by other upsamplings.

DeepLab's last layer interpolates its scores bilinearly. A transposed convolution with a triangle
kernel gives the same result. The last layer of the selfie segmentation is a transposed convolution
whose kernels were learned.
"""

from collections.abc import Mapping
from itertools import product

import numpy as np

from fcnlib.checks import label_plane
from fcnlib.class_map import label_map, resized_argmax
from fcnlib.class_map.interpolation import check_logits
from fcnlib.kernels import upsample_filt
from fcnlib.networks import deeplab, selfie_segmentation
from fcnlib.networks.network import Network
from fcnlib.networks.selfie_segmentation import LastLayer
from fcnlib.transposed_convolution.checkerboard import polyphase_sums
from fcnlib.typing import BoolArray, Float32Array, FloatArray, LabelMap, RGBImage
from fcnlib.upsampling import upsample_tf

FACTOR = deeplab.GRID.factor
RESIZE, TRIANGLE, POST, NEAREST = "resize", "triangle", "post", "nearest"
"""The layer as trained, and what it can be replaced by; see `voc_label_maps`."""


def voc_label_maps(coarse_logits: Float32Array) -> dict[str, LabelMap]:
    """Return the label maps of DeepLab's scores with its last layer and with three others.

    Parameters
    ----------
    coarse_logits : ndarray of shape (h, w, 21), float32
        Scores of the cells.

    Returns
    -------
    label_maps : dict of str to ndarray of shape (8 (h - 1) + 1, 8 (w - 1) + 1)
        At the size of the network's input:

        - ``"resize"``: the network's own layer, bilinear with aligned corners;
        - ``"triangle"``: a transposed convolution of stride 8 with a triangle of 15 × 15 weights,
          which is centered on a pixel like the cells, cropped by 7 pixels;
        - ``"post"``: the post's layer, with its 16 × 16 kernel and ``"SAME"`` padding. It treats
          cells as blocks of 8 × 8 pixels, so their centers lie 3.5 pixels further down and to
          the right than the network was trained for;
        - ``"nearest"``: every pixel takes the class of the nearest cell.

    """
    coarse_logits = check_logits(coarse_logits)
    made = resized_label_maps(coarse_logits)
    height, width = made[RESIZE].shape
    # The full result of the triangle begins 7 pixels before the first cell's center. "SAME" cuts
    # 3 of them, and the other 4 are cut here.
    by_kernel = {
        TRIANGLE: upsample_tf(FACTOR, coarse_logits, upsample_filt(2 * FACTOR - 1))[4:, 4:],
        POST: upsample_tf(FACTOR, coarse_logits),
    }
    return {
        RESIZE: made[RESIZE],
        **{name: label_map(logits[:height, :width]) for name, logits in by_kernel.items()},
        NEAREST: made[NEAREST],
    }


def resized_label_maps(coarse_logits: Float32Array) -> dict[str, LabelMap]:
    """Return those of `voc_label_maps` that need no TensorFlow: ``"resize"`` and ``"nearest"``.

    Parameters
    ----------
    coarse_logits : ndarray of shape (h, w, 21), float32
        Scores of the cells, finite.

    Returns
    -------
    label_maps : dict of str to ndarray of shape (8 (h - 1) + 1, 8 (w - 1) + 1), uint8
        Class of every pixel of the network's input.

    Raises
    ------
    ValueError
        As from `class_map.resized_argmax`.

    """
    coarse_logits = check_logits(coarse_logits)
    size = _size(coarse_logits)
    nearest = label_map(coarse_logits)[np.ix_(*map(_nearest_cells, size))]
    return {
        RESIZE: resized_argmax(FACTOR, coarse_logits, size, aligned_corners=True),
        NEAREST: nearest.astype(np.uint8),
    }


def between_classes(coarse_map: LabelMap) -> BoolArray:
    """Return which pixels lie between cells of different classes.

    Parameters
    ----------
    coarse_map : ndarray of int, shape (h, w)
        Best class of every cell.

    Returns
    -------
    between : ndarray of bool, shape (8 (h - 1) + 1, 8 (w - 1) + 1)
        Where the layer interpolates between up to four cells that do not all have the same class.

    Raises
    ------
    ValueError
        As from `checks.label_plane`.

    Examples
    --------
    >>> between_classes(np.array([[1, 1, 2]])).sum()
    np.int64(7)

    """
    coarse_map = label_plane(coarse_map, name="coarse_map")
    places = [np.arange(FACTOR * (side - 1) + 1) / FACTOR for side in coarse_map.shape]
    sides = [(np.floor(place).astype(int), np.ceil(place).astype(int)) for place in places]
    corners = np.stack([coarse_map[np.ix_(*corner)] for corner in product(*sides)])
    return (corners != corners[0]).any(0)


def people_masks(activations: Float32Array, layer: LastLayer) -> dict[str, Float32Array]:
    """Return the mask of the selfie segmentation with its last layer and with two others.

    Parameters
    ----------
    activations : ndarray of shape (128, 128, 16), float32
        Input of the last layer.
    layer : LastLayer
        Its 16 learned kernels of 2 × 2 weights, and the bias.

    Returns
    -------
    masks : dict of str to ndarray of shape (256, 256)
        Probabilities of a person: ``"learned"`` with the learned kernels, ``"nearest"`` with every
        weight of a kernel replaced by the kernel's mean weight, and ``"bilinear"`` with the same
        means, but interpolated bilinearly instead of repeated.

    """
    from scipy.special import expit

    # Stride and kernel size are both 2, so the copies of a kernel do not overlap: the score of
    # pixel (2 i + p, 2 j + q) is the sum over channels of activation (i, j) times weight (p, q).
    activations = check_logits(activations)
    kernels = layer.kernels[:, :, 0]
    if activations.shape[2] != kernels.shape[2]:
        msg = (
            f"activations must have {kernels.shape[2]} channels, one for each kernel, got shape "
            f"{activations.shape}"
        )
        raise ValueError(msg)
    learned = np.einsum("ijc,pqc->ipjq", activations, kernels)
    height, width = (2 * side for side in activations.shape[:2])
    mean = activations @ kernels.mean((0, 1))
    scores = {
        "learned": learned.reshape(height, width),
        "nearest": mean.repeat(2, 0).repeat(2, 1),
        "bilinear": upsample_tf(2, np.pad(mean, 1, mode="edge"))[2:-2, 2:-2],
    }
    return {name: expit(score + layer.bias) for name, score in scores.items()}


def phase_sums(layer: LastLayer) -> FloatArray:
    """Return the polyphase sums of the learned kernels, (16, 2, 2).

    Each output pixel receives exactly one weight of each kernel, so the sums are the weights
    themselves. Where they differ, a constant input gives a checkerboard.
    """
    kernels = np.moveaxis(layer.kernels[:, :, 0], -1, 0)
    return np.array([polyphase_sums(kernel, 2) for kernel in kernels])


def people_activations(network: Network, picture: RGBImage) -> Float32Array:
    """Return the input of the last layer of the selfie segmentation, (128, 128, 16)."""
    fitted = selfie_segmentation.GRID.fit(picture)
    activations: Float32Array = network.scores(fitted, end_points=["activations"]).end_points[
        "activations"
    ]
    return activations


def changed(label_maps: Mapping[str, LabelMap]) -> dict[str, float]:
    """Return the share of pixels whose label differs from the first map's, by name.

    Raises
    ------
    ValueError
        If the maps differ in shape, or as from `checks.label_plane`.

    Examples
    --------
    >>> changed({"a": np.array([[1, 1]]), "b": np.array([[1, 2]])})
    {'b': 0.5}

    """
    maps = {name: label_plane(labels, name=name) for name, labels in label_maps.items()}
    first, *others = maps
    if len({labels.shape for labels in maps.values()}) > 1:
        msg = f"label maps must have one shape, got {[labels.shape for labels in maps.values()]}"
        raise ValueError(msg)
    return {name: float((maps[name] != maps[first]).mean()) for name in others}


def _size(coarse_logits: Float32Array) -> tuple[int, int]:
    """Return the height and width of the network's input that has these cells."""
    height, width = (FACTOR * (side - 1) + 1 for side in coarse_logits.shape[:2])
    return height, width


def _nearest_cells(side: int) -> "np.ndarray[tuple[int], np.dtype[np.intp]]":
    """Return the nearest cell of every pixel; cell i is centered on pixel 8 i."""
    return (np.arange(side) + FACTOR // 2) // FACTOR
