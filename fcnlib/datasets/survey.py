"""What the label files contain, and the headers of their pictures, one file after another.

The survey reads every label file once, before a training. It keeps counts of values, no pixels.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from fcnlib.datasets.layouts import Layout
from fcnlib.datasets.pairs import Files, of_file, raw_values
from fcnlib.errors import PictureError
from fcnlib.images.files import read
from fcnlib.images.stored import Header, Stored, decode_stored, read_header
from fcnlib.typing import ByteArray, Report, silent

_THREADS = 4  # Pillow decodes without Python's lock
_AHEAD = 64  # files in work at once, so that a stop is quick
MAX_KEPT = 1024  # different values of a file that are counted; more are no labels


@dataclass(frozen=True)
class Scan:
    """One pair, as far as it can be judged without the pixels of its picture.

    Attributes
    ----------
    files : Files
    split : str
    fault : str
        Why the labels or the picture's header cannot be read, or an empty text.
    counts : mapping of int to int
        Number of pixels of each value, at most `MAX_KEPT` values.
    form : {"numbers", "gray", "colors"}
        Whether the file stores one number per pixel, or RGB that is gray or colored.
    transparent : bool
        Whether some pixel is not opaque.
    palette : ndarray of shape (n, 3), uint8, or None
    kind : str
        Format of the label file, such as ``"PNG"``.
    size : tuple of int
        Height and width of the labels.
    header : Header or None
        Header of the picture.

    """

    files: Files
    split: str
    fault: str = ""
    counts: Mapping[int, int] = field(default_factory=dict)
    form: str = "numbers"
    transparent: bool = False
    palette: ByteArray | None = None
    kind: str = "PNG"
    size: tuple[int, int] = (0, 0)
    header: Header | None = None


def survey(layout: Layout, report: Report = silent) -> list[Scan]:
    """Read the label files and the headers of the pictures of a folder."""
    todo = [(split, files) for split, pairs in layout.splits.items() for files in pairs]
    scans: list[Scan] = []
    with ThreadPoolExecutor(_THREADS) as pool:
        remaining = iter(todo)
        while batch := list(islice(remaining, _AHEAD)):
            scans += pool.map(lambda entry: _scan(*entry), batch)
            report(len(scans) / len(todo), f"{len(scans)} of {len(todo)} label files read")
    return scans


def _scan(split: str, files: Files) -> Scan:
    try:
        header = of_file(files.picture, lambda path: read_header(read(path)))
        stored = of_file(files.labels, lambda path: decode_stored(read(path)))
    except PictureError as error:
        return Scan(files, split, str(error))
    colored = stored.values.ndim == 3
    values, counts = _count(stored, colored=colored)
    return Scan(
        files,
        split,
        counts=dict(zip(values, counts, strict=True)),
        form=_form(values) if colored else "numbers",
        transparent=stored.values.shape[2:] == (4,) and bool((stored.values[..., 3] < 255).any()),
        palette=stored.palette,
        kind=stored.kind,
        size=(stored.values.shape[0], stored.values.shape[1]),
        header=header,
    )


def _count(stored: Stored, *, colored: bool) -> tuple[list[int], list[int]]:
    """Return the values of a label file, ascending, and how many pixels have each."""
    raw = raw_values(stored, colored=colored)
    if raw.dtype == np.uint8:
        counted = np.bincount(raw.ravel(), minlength=256)
        values = counted.nonzero()[0]
        counts = counted[values]
    else:
        values, counts = np.unique(raw, return_counts=True)
    return values[:MAX_KEPT].tolist(), counts[:MAX_KEPT].tolist()


def _form(colors: list[int]) -> str:
    gray = all(color >> 16 == color >> 8 & 255 == color & 255 for color in colors)
    return "gray" if gray else "colors"
