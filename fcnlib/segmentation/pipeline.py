"""Segmentation of an image: class maps, scores and timings."""

import io
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fcnlib import class_map
from fcnlib.checks import label_plane
from fcnlib.images import as_rgb8, colors
from fcnlib.networks import Network, Scores, shipped
from fcnlib.networks.grid import CellGrid
from fcnlib.typing import Float32Array, LabelMap, Report, RGBImage, silent

NPZ_VERSION = 2
"""Version of the file that `Segmentation.to_npz` writes. Version 1 had no ``version``, and its
names for ``coarse_logits`` and ``coarse_factor`` were ``logits`` and ``factor``."""

NPZ_CONTENTS = (
    "picture (H, W, 3) RGB; padding: rows and columns added at bottom and right; "
    "coarse_logits (h, w, C): class scores of each cell of the padded picture; "
    "coarse_factor: pixels per cell; upsampling: how label_map was made from coarse_logits; "
    "coarse_map (h, w) and label_map (H, W): indices into class_names"
)


@dataclass(frozen=True)
class ClassShare:
    """The share of an image that one class covers.

    Attributes
    ----------
    index : int
        Channel of the scores.
    name : str
        Name of the class.
    share : float
        Share of the image's pixels in the full-size map, in [0, 1].
    cells : int
        Number of cells in the coarse map.

    """

    index: int
    name: str
    share: float
    cells: int


@dataclass(frozen=True, eq=False)  # arrays cannot be compared with ==, and results are cache keys
class Segmentation:
    """An image and a network's result for it. Results are only equal if they are the same object.

    Attributes
    ----------
    network : str
        Name of the network.
    class_names : tuple of str
        Name of each class.
    picture : ndarray of shape (H, W, 3), uint8
        The image that the network was given, without padding.
    padding : tuple of int
        Rows added at the bottom and columns added at the right, by repeating the edge, so that
        both sides are multiples of 32.
    coarse_logits : ndarray of shape (h, w, C), float32
        Scores of each cell of the padded image, before the last upsampling.
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
        part of its weights, so bilinear upsampling gives a similar map, but not the same one.
        With ``"aligned corners"`` and ``"scaled"``, the picture was scaled to `input_size` for
        the network, and `class_map.resized_argmax` of `coarse_factor`, `coarse_logits` and
        the picture's size gives `label_map`.
    input_size : tuple of int, or None
        Rows and columns of the network's input.
    sums : mapping of str to ndarray
        Intermediate scores that lead to `coarse_logits` in a network with skips. Empty for a
        network without skips.
    seconds : mapping of str to float
        Run time of each stage.
    palette : ndarray of shape (C, 3), uint8, or None
        RGB of each class, if the network has fixed colors.
    precision : str
        Number format that the network computed in.
    strips : int
        Number of strips in which its early layers processed the image.
    original_size : tuple of int, or None
        Rows and columns of the image before it was resized, if known.

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

    def __post_init__(self) -> None:
        """Check the picture, and the label maps that the methods use as indices."""
        object.__setattr__(self, "picture", as_rgb8(self.picture))
        for name in ("coarse_map", "label_map"):
            labels = label_plane(getattr(self, name), len(self.class_names), name)
            object.__setattr__(self, name, labels)

    @cached_property
    def classes(self) -> tuple[ClassShare, ...]:
        """The classes that occur in either map, largest share of the full-size map first."""
        count = len(self.class_names)
        pixels = np.bincount(self.label_map.ravel(), minlength=count)
        cells = np.bincount(self.coarse_map.ravel(), minlength=count)
        order = sorted(np.flatnonzero(pixels + cells), key=lambda i: (-pixels[i], -cells[i], i))
        shares = pixels / self.label_map.size
        return tuple(
            ClassShare(int(i), self.class_names[i], float(shares[i]), int(cells[i])) for i in order
        )

    @cached_property
    def colors(self) -> NDArray[np.uint8]:
        """One color per class, (C, 3): fixed colors of the network, or by descending share."""
        if self.palette is not None:
            return self.palette
        return colors.colors_by_share([c.index for c in self.classes], len(self.class_names))

    def painted(self) -> RGBImage:
        """Return the full-size map in colors, (H, W, 3)."""
        return colors.paint(self.label_map, self.colors)

    def painted_coarse(self) -> RGBImage:
        """Return the coarse map in colors, with one pixel per cell: (h, w, 3)."""
        return colors.paint(self.coarse_map, self.colors)

    def overlay(self, opacity: float) -> RGBImage:
        """Return the full-size map blended over the image, (H, W, 3); `opacity` in [0, 1].

        A class called ``"background"`` is left out, so that the image can be seen there.
        """
        blended = colors.overlay(self.picture, self.painted(), opacity)
        if "background" in self.class_names:
            background = self.label_map == self.class_names.index("background")
            blended[background] = self.picture[background]
        return blended

    def to_npz(self) -> bytes:
        """Return the image, the scores, both maps and the class names as a compressed NPZ file."""
        file = io.BytesIO()
        np.savez_compressed(
            file,
            version=NPZ_VERSION,
            contents=NPZ_CONTENTS,
            picture=self.picture,
            padding=self.padding,
            coarse_logits=self.coarse_logits,
            coarse_factor=self.coarse_factor,
            upsampling=self.upsampling,
            input_size=self.input_size or self.picture.shape[:2],
            coarse_map=self.coarse_map,
            label_map=self.label_map,
            class_names=self.class_names,
        )
        return file.getvalue()


def segment(
    picture: RGBImage, network: Network | str = "voc", report: Report = silent
) -> Segmentation:
    """Run a network on a picture of any size and compute the class of every pixel.

    Parameters
    ----------
    picture : ndarray of shape (H, W, 3), uint8
        RGB from 0 to 255. Gray, other types and other ranges are converted or refused by the rule
        of `images.as_rgb8`, which warns if it has to guess the range.
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
        If there is no network of that name, or as from `images.as_rgb8`.
    WeightsError
        If the network's weights are missing or damaged.

    """
    picture = as_rgb8(picture)
    if isinstance(network, str):
        network = shipped.loaded(network)
    seconds: dict[str, float] = {}
    height, width = picture.shape[:2]
    fitted = network.grid.fit(picture)
    report(0.05, f"{network.name} on {fitted.shape[0]} × {fitted.shape[1]} px")
    with _timed(seconds, "network"):
        scores = network.scores(fitted, lambda done, text: report(0.05 + 0.8 * done, text))
    cells, factor = scores.coarse_logits, scores.coarse_factor
    report(0.85, f"Upsampling {' × '.join(map(str, cells.shape))} scores × {factor}")
    with _timed(seconds, "coarse map"):
        coarse = class_map.label_map(cells)
    with _timed(seconds, "upsampled map"):
        full = _full_map(
            network.grid,
            scores,
            (height, width),
            lambda done, text: report(0.85 + 0.15 * done, text),
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


@contextmanager
def _timed(seconds: dict[str, float], stage: str) -> Iterator[None]:
    """Store the run time of the block under `stage`."""
    started = time.perf_counter()
    yield
    seconds[stage] = time.perf_counter() - started
