"""Reads every pair of a folder and reports what is in it: the command ``dataset check``."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fcnlib.datasets.augmentation import scaled
from fcnlib.datasets.dataset import Dataset, examine
from fcnlib.datasets.findings import Finding
from fcnlib.datasets.pairs import VOID, Pair, PairReader
from fcnlib.images.colors import paint
from fcnlib.typing import ByteArray, Report, RGBImage, part, silent

ON_SHEET = 12
COLUMNS = 2  # pairs side by side on the sheet
TILE = 240  # longer side of a picture on the sheet
_GAP = 8
_BACKGROUND = 255
_VOID_GRAY = 224


@dataclass(frozen=True)
class Check:
    """What is in a folder.

    Attributes
    ----------
    findings : sequence of Finding
    damaged : sequence of str
        One sentence for each pair that cannot be read.
    classes : tuple of str
        Empty if a finding stops.
    pairs : mapping of str to int
        Number of pairs of each split that can be read.
    sizes : mapping of (int, int) to int
        Number of pictures of each height and width.
    pixels : mapping of str to ndarray of shape (n + 1,)
        Pixels of each class, then of void, in each split.
    sheet : ndarray of shape (H, W, 3), uint8, or None
        Some pictures with their labels in the colors of the classes.

    """

    findings: Sequence[Finding]
    damaged: Sequence[str]
    classes: tuple[str, ...]
    pairs: Mapping[str, int]
    sizes: Mapping[tuple[int, int], int]
    pixels: Mapping[str, NDArray[np.int64]]
    sheet: RGBImage | None

    @property
    def usable(self) -> bool:
        """Return whether a network can be trained on it."""
        return not any(finding.stops for finding in self.findings)


def check(folder: Path, report: Report = silent) -> Check:
    """Read every file of a folder of labeled pictures, one pair after another.

    Parameters
    ----------
    folder : Path
        As in `open_dataset`.
    report : callable, optional
        Called with (fraction, text).

    Returns
    -------
    check : Check
        If the labels are not certain, only its findings.

    Raises
    ------
    DatasetError
        If the folder has no known layout, or a file is missing.

    """
    dataset = examine(folder, part(report, 0, 0.3))
    damaged: list[str] = []
    read, sizes = PairReader(damaged.append), Counter[tuple[int, int]]()
    readable, pixels = dict.fromkeys(dataset.splits, 0), {}
    total, done = sum(map(len, dataset.splits.values())), 0
    for split, pairs in dataset.splits.items():
        counts = np.zeros(256, np.int64)
        for pair in pairs:
            done += 1
            report(0.3 + 0.7 * done / total, f"{done} of {total} pictures read")
            if (arrays := read(pair)) is not None:
                readable[split] += 1
                sizes[arrays[1].shape[0], arrays[1].shape[1]] += 1
                counts += np.bincount(arrays[1].ravel(), minlength=256)
        pixels[split] = counts[[*range(len(dataset.classes)), VOID]]
    sheet = contact_sheet(dataset) if total else None
    return Check(dataset.findings, damaged, dataset.classes, readable, dict(sizes), pixels, sheet)


def contact_sheet(dataset: Dataset) -> RGBImage | None:
    """Return up to 12 pictures of a dataset, each with its labels at its right.

    They are spread evenly over the splits. Void is light gray. None if no pair can be read.
    """
    pairs = [pair for pairs in dataset.splits.values() for pair in pairs]
    chosen = [pairs[i] for i in np.unique(np.linspace(0, len(pairs) - 1, ON_SHEET).astype(int))]
    colors = np.full((256, 3), _VOID_GRAY, np.uint8)
    colors[: len(dataset.classes)] = dataset.palette
    tiles = [tile for pair in chosen if (tile := _tile(pair, colors)) is not None]
    if not tiles:
        return None
    height, width = (max(tile.shape[axis] for tile in tiles) for axis in (0, 1))
    rows = -(-len(tiles) // COLUMNS)
    shape = rows * (height + _GAP), min(COLUMNS, len(tiles)) * (width + _GAP), 3
    sheet = np.full(shape, _BACKGROUND, np.uint8)
    for number, tile in enumerate(tiles):
        row, col = divmod(number, COLUMNS)
        top, left = row * (height + _GAP), col * (width + _GAP)
        sheet[top : top + tile.shape[0], left : left + tile.shape[1]] = tile
    return sheet


def _tile(pair: Pair, colors: ByteArray) -> RGBImage | None:
    read = PairReader(lambda _: None)(pair)
    if read is None:
        return None
    picture, labels = scaled(*read, TILE)
    return np.concatenate([picture, paint(labels, colors)], axis=1)
