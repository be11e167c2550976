"""Colors that are easy to tell apart, and label maps drawn with them."""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from fcnlib.checks import label_array
from fcnlib.images.values import as_rgb8
from fcnlib.typing import Float64Array, LabelMap, RGBImage

# Okabe and Ito's set without black, the usual choice for every kind of color vision.
_FIRST_COLORS = "#e69f00", "#56b4e9", "#009e73", "#cc79a7", "#0072b2", "#d55e00", "#f0e442"

# Linear RGB as seen without long-wave (protan) and without medium-wave cones (deutan):
# G. M. Machado, M. M. Oliveira and L. A. F. Fernandes, "A Physiologically-based Model for
# Simulation of Color Vision Deficiency", IEEE TVCG 15(6), 2009, severity 1.0.
_PROTAN = [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
]
_DEUTAN = [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.011820, 0.042940, 0.968881],
]
_VISIONS = np.stack([np.eye(3), _PROTAN, _DEUTAN])


@cache
def palette(count: int) -> RGBImage:
    """Return `count` colors of which the first differ most, for every kind of color vision.

    The first seven colors are fixed. Each further color comes from a regular grid and has the
    largest distance to all colors before it. The distance of two colors is the smallest of their
    distances in normal, protan and deutan vision. Use the first colors for the largest regions.

    Parameters
    ----------
    count : int
        Number of colors, from 0 to 1000.

    Returns
    -------
    colors : ndarray of shape (count, 3), uint8
        RGB, read-only. ``palette(m)`` begins with ``palette(n)`` for m > n.

    Raises
    ------
    ValueError
        If `count` is out of range.

    Examples
    --------
    >>> palette(2).tolist()
    [[230, 159, 0], [86, 180, 233]]

    """
    if not 0 <= count <= 1000:
        msg = f"count must be from 0 to 1000, got {count}"
        raise ValueError(msg)
    # Short palettes do not need scikit-image, which takes a second to import.
    few = count <= len(_FIRST_COLORS)
    colors = from_hex(_FIRST_COLORS[:count]) if few else _spread_out()[:count]
    colors.flags.writeable = False
    return colors


def from_hex(colors: Sequence[str]) -> RGBImage:
    """Convert colors such as ``"#rrggbb"`` to an RGB array of shape (n, 3).

    Examples
    --------
    >>> from_hex(["#ff8000"])
    array([[255, 128,   0]], dtype=uint8)

    """
    digits = "".join(color.removeprefix("#") for color in colors)
    return np.array(list(bytes.fromhex(digits)), np.uint8).reshape(-1, 3)


def to_hex(colors: RGBImage) -> tuple[str, ...]:
    """Convert an RGB array of shape (n, 3) to colors such as ``"#rrggbb"``.

    Examples
    --------
    >>> to_hex(np.array([[255, 128, 0]], np.uint8))
    ('#ff8000',)

    """
    return tuple(f"#{bytes(color).hex()}" for color in colors)


def paint(labels: LabelMap, colors: NDArray[np.uint8]) -> RGBImage:
    """Give every pixel the color of its label.

    Parameters
    ----------
    labels : ndarray of int, shape (H, W)
        Row numbers of `colors`.
    colors : ndarray of shape (C, 3), uint8
        RGB of each label.

    Returns
    -------
    picture : ndarray of shape (H, W, 3), uint8
        RGB.

    Raises
    ------
    ValueError
        If a label has no color, is masked or is not an integer.

    Examples
    --------
    >>> paint(np.array([[1]]), palette(2)).tolist()
    [[[86, 180, 233]]]

    """
    return colors[label_array(labels, len(colors))]


def overlay(picture: RGBImage, painted: RGBImage, opacity: float) -> RGBImage:
    """Blend a painted label map with the picture it belongs to.

    Parameters
    ----------
    picture, painted : ndarray of shape (H, W, 3), uint8
        RGB, or what `as_rgb8` accepts.
    opacity : float
        0 shows only the picture, 1 only the map.

    Returns
    -------
    blend : ndarray of shape (H, W, 3), uint8
        RGB, rounded.

    Raises
    ------
    ValueError
        If `opacity` is out of range or the shapes differ, or as from `as_rgb8`.

    Examples
    --------
    >>> overlay(np.zeros((1, 1, 3), np.uint8), np.full((1, 1, 3), 200, np.uint8), 0.5)
    array([[[100, 100, 100]]], dtype=uint8)

    """
    if not 0 <= opacity <= 1:
        msg = f"opacity must be from 0 to 1, got {opacity}"
        raise ValueError(msg)
    picture, painted = as_rgb8(picture), as_rgb8(painted, "painted")
    if picture.shape != painted.shape:
        msg = f"picture and map must have the same shape, got {picture.shape} and {painted.shape}"
        raise ValueError(msg)
    blend = np.float32(1 - opacity) * picture + np.float32(opacity) * painted
    return blend.round().astype(np.uint8)


def colors_by_share(labels: Sequence[int], num_classes: int) -> NDArray[np.uint8]:
    """Return one color per class, in the palette's order for the classes in `labels`.

    Parameters
    ----------
    labels : sequence of int
        Classes that occur, the largest first.
    num_classes : int
        Number of classes C.

    Returns
    -------
    colors : ndarray of shape (C, 3), uint8
        RGB. Classes that do not occur are mid-gray.

    Examples
    --------
    >>> colors_by_share([2], 3).tolist()
    [[128, 128, 128], [128, 128, 128], [230, 159, 0]]

    """
    colors = np.full((num_classes, 3), 128, np.uint8)
    colors[list(labels)] = palette(len(labels))
    return colors


@cache
def _spread_out() -> RGBImage:
    """Return 1000 colors, each as far as possible from the colors before it."""
    steps = np.linspace(0, 255, 12).round()
    grid = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), -1).reshape(-1, 3)
    # Nearly white and nearly black regions look like holes in the map.
    grid = grid[(grid.max(-1) > 90) & (grid.min(-1) < 200)]
    colors = np.concatenate([from_hex(_FIRST_COLORS), grid])
    seen = _as_seen(colors)
    chosen = list(range(len(_FIRST_COLORS)))
    nearest = np.min([_distance(seen, seen[i]) for i in chosen], axis=0)
    while len(chosen) < 1000:
        chosen.append(int(nearest.argmax()))
        nearest = np.minimum(nearest, _distance(seen, seen[chosen[-1]]))
    return colors[chosen].astype(np.uint8)


def _as_seen(colors: Float64Array) -> Float64Array:
    """Convert RGB of shape (n, 3) to CIELAB of shape (n, 3 kinds of vision, 3)."""
    from skimage.color import rgb2lab

    srgb = colors / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    seen = np.einsum("vij,nj->nvi", _VISIONS, linear).clip(0, 1)
    srgb = np.where(seen <= 0.0031308, seen * 12.92, 1.055 * seen ** (1 / 2.4) - 0.055)
    return rgb2lab(srgb)


def _distance(seen: Float64Array, color: Float64Array) -> Float64Array:
    return np.linalg.norm(seen - color, axis=-1).min(-1)
