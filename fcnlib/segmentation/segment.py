"""From a picture to its class maps, with everything on the way kept to look at."""

import io
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from fcnlib import class_map
from fcnlib.images import colors
from fcnlib.networks import Network, Scores, shipped
from fcnlib.networks.grid import CellGrid
from fcnlib.typing import Float32Array, LabelMap, Report, RGBImage, silent

T = TypeVar("T")

NPZ_VERSION = 2
"""Version of the file that `Segmentation.to_npz` writes. Version 1 had no ``version``, and
called ``coarse_logits`` and ``coarse_factor`` by the names ``logits`` and ``factor``."""

NPZ_CONTENTS = (
    "picture (H, W, 3) RGB; padding: rows and columns added at bottom and right; "
    "coarse_logits (h, w, C): class scores of each cell of the padded picture; "
    "coarse_factor: pixels per cell; upsampling: how label_map was made from coarse_logits; "
    "coarse_map (h, w) and label_map (H, W): indices into class_names"
)


@dataclass(frozen=True)
class ClassShare:
    """How much of a picture one class takes.

    Attributes
    ----------
    index : int
        Channel of the scores.
    name : str
        Its name.
    share : float
        Part of the picture's pixels in the full-size map, in [0, 1].
    cells : int
        Cells of the coarse map.

    """

    index: int
    name: str
    share: float
    cells: int


@dataclass(frozen=True)
class Segmentation:
    """A picture and what a network made of it.

    Attributes
    ----------
    network : str
        The network's name.
    class_names : tuple of str
        Name of each class.
    picture : ndarray of shape (H, W, 3), uint8
        The picture as the network saw it, without padding.
    padding : tuple of int
        Rows added at the bottom and columns added at the right, repeating the edge, so that
        both sides are multiples of 32.
    coarse_logits : ndarray of shape (h, w, C), float32
        Scores of each cell of the padded picture, before they are upsampled for the last time.
    coarse_factor : int
        Pixels per cell along each axis.
    coarse_map : ndarray of shape (h, w)
        Best class of each cell.
    label_map : ndarray of shape (H, W)
        Best class of each pixel after upsampling `coarse_logits` as `upsampling` says.
    upsampling : str
        How the last upsampling was done. With ``"bilinear"``, `class_map.upsampled_argmax` of
        `coarse_factor` and `coarse_logits`, cropped by `padding`, gives `label_map`. With
        ``"learned"``, the network's own transposed convolution was used, whose kernels are
        among its weights, so a bilinear upsampling gives nearly the same map, not the same.
        With ``"aligned corners"`` and ``"scaled"``, the picture was scaled to `input_size` for
        the network, and `class_map.resized_argmax` of `coarse_factor`, `coarse_logits` and
        the picture's size gives `label_map`.
    input_size : tuple of int, or None
        Rows and columns of the network's input.
    sums : mapping of str to ndarray
        Scores on the way to `coarse_logits` in a network with skips; empty for one without.
    seconds : mapping of str to float
        Time each stage took.
    palette : ndarray of shape (C, 3), uint8, or None
        RGB of each class where the network has colors of its own.
    precision : str
        Number format that the network computed in.
    strips : int
        In how many strips its early layers saw the picture.
    original_size : tuple of int, or None
        Rows and columns of the picture before it was scaled, where that is known.

    """

    network: str
    class_names: tuple[str, ...]
    picture: RGBImage
    padding: tuple[int, int]
    coarse_logits: Float32Array
    coarse_factor: int
    coarse_map: LabelMap
    label_map: LabelMap
    upsampling: str = "bilinear"
    input_size: tuple[int, ...] | None = None
    sums: Mapping[str, Float32Array] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    palette: RGBImage | None = None
    precision: str = "float32"
    strips: int = 1
    original_size: tuple[int, ...] | None = None

    @cached_property
    def classes(self) -> tuple[ClassShare, ...]:
        """The classes in either map, largest share of the full-size map first."""
        count = len(self.class_names)
        pixels = np.bincount(self.label_map.ravel(), minlength=count)
        cells = np.bincount(self.coarse_map.ravel(), minlength=count)
        order = sorted(np.flatnonzero(pixels + cells), key=lambda i: (-pixels[i], -cells[i], i))
        return tuple(
            ClassShare(
                int(i), self.class_names[i], float(pixels[i] / self.label_map.size), int(cells[i])
            )
            for i in order
        )

    @cached_property
    def colors(self) -> NDArray[np.uint8]:
        """One color per class, (C, 3): the network's own, or the first for the largest."""
        if self.palette is not None:
            return self.palette
        return colors.colors_by_share([c.index for c in self.classes], len(self.class_names))

    def painted(self) -> RGBImage:
        """Return the full-size map in colors, (H, W, 3)."""
        return colors.paint(self.label_map, self.colors)

    def painted_coarse(self) -> RGBImage:
        """Return the coarse map in colors, each cell one pixel: (h, w, 3)."""
        return colors.paint(self.coarse_map, self.colors)

    def overlay(self, opacity: float) -> RGBImage:
        """Return the full-size map over the picture, (H, W, 3); `opacity` in [0, 1]."""
        return colors.overlay(self.picture, self.painted(), opacity)

    def to_npz(self) -> bytes:
        """Return picture, scores, both maps and the class names as a compressed NPZ file."""
        file = io.BytesIO()
        np.savez_compressed(
            file,
            version=np.array(NPZ_VERSION),
            contents=np.array(NPZ_CONTENTS),
            picture=self.picture,
            padding=np.array(self.padding),
            coarse_logits=self.coarse_logits,
            coarse_factor=np.array(self.coarse_factor),
            upsampling=np.array(self.upsampling),
            input_size=np.array(self.input_size or self.picture.shape[:2]),
            coarse_map=self.coarse_map,
            label_map=self.label_map,
            class_names=np.array(self.class_names),
        )
        return file.getvalue()


def segment(
    picture: RGBImage, network: Network | str = "voc", report: Report = silent
) -> Segmentation:
    """Run a network on a picture of any size and compute the class of every pixel.

    Parameters
    ----------
    picture : ndarray of shape (H, W, 3), uint8
        RGB.
    network : Network or str, optional
        A network, or the name of one in `shipped.NETWORKS`, which is loaded once and kept. By
        default DeepLab v3, which was trained to segment photographs.
    report : callable, optional
        Called with (fraction, text) before each stage.

    Returns
    -------
    segmentation : Segmentation
        Scores, maps, classes and timings.

    Raises
    ------
    ValueError
        If there is no network of that name.
    WeightsError
        If the network's weights are missing or damaged.

    """
    if isinstance(network, str):
        network = shipped.loaded(network)
    seconds: dict[str, float] = {}
    height, width = picture.shape[:2]
    fitted = network.grid.fit(picture)
    report(0.05, f"{network.name} on {fitted.shape[0]} × {fitted.shape[1]} px")
    strips = _within(0.05, 0.85, report)
    scores = _timed(seconds, "network", lambda: network.scores(fitted, strips))
    cells, factor = scores.coarse_logits, scores.coarse_factor
    report(0.85, f"Upsampling {' × '.join(map(str, cells.shape))} scores × {factor}")
    coarse = _timed(seconds, "coarse map", lambda: class_map.label_map(cells))
    full = _timed(
        seconds,
        "upsampled map",
        lambda: _full_map(network.grid, scores, (height, width), _within(0.85, 1.0, report)),
    )
    scaled = network.grid.scales
    padding = (0, 0) if scaled else (fitted.shape[0] - height, fitted.shape[1] - width)
    return Segmentation(
        network=network.name,
        class_names=network.class_names,
        picture=picture,
        padding=padding,
        coarse_logits=cells,
        coarse_factor=factor,
        coarse_map=coarse,
        label_map=full,
        upsampling=_upsampling(network.grid, scores),
        input_size=fitted.shape[:2],
        sums=scores.sums,
        seconds=seconds,
        palette=network.palette,
        precision=network.precision,
        strips=scores.strips,
    )


def _full_map(grid: CellGrid, scores: Scores, size: tuple[int, int], report: Report) -> LabelMap:
    """Return the class of every pixel of the picture, (H, W)."""
    height, width = size
    if grid.scales:
        return class_map.resized_argmax(
            scores.coarse_factor, scores.coarse_logits, size, aligned_corners=grid.corners
        )
    if scores.logits is not None:
        return class_map.label_map(scores.logits)[:height, :width]
    full = class_map.upsampled_argmax(scores.coarse_factor, scores.coarse_logits, report)
    return full[:height, :width]


def _upsampling(grid: CellGrid, scores: Scores) -> str:
    if grid.scales:
        return "aligned corners" if grid.corners else "scaled"
    return "bilinear" if scores.logits is None else "learned"


def _within(start: float, stop: float, report: Report) -> Report:
    """Return a report whose 0 and 1 are `start` and `stop` of another."""
    return lambda fraction, text: report(start + (stop - start) * fraction, text)


def _timed(seconds: dict[str, float], stage: str, work: Callable[[], T]) -> T:
    started = time.perf_counter()
    result = work()
    seconds[stage] = time.perf_counter() - started
    return result
