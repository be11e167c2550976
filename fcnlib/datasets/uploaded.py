"""Pictures and labels as files in memory, such as those that a visitor uploads."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np

from fcnlib import images
from fcnlib.datasets.augmentation import scaled
from fcnlib.datasets.dataset import open_dataset
from fcnlib.datasets.layouts import LABEL_ENDINGS, PICTURE_SUFFIXES
from fcnlib.datasets.pairs import VOID
from fcnlib.errors import DatasetError, PictureError
from fcnlib.images.colors import to_hex
from fcnlib.images.preprocessing import fit_long_side
from fcnlib.typing import ByteArray, Report, RGBImage, silent

MOST_FILES = 50
LONG_SIDE = 512
"""Longest side in pixels of a picture that a network is trained on."""

File = tuple[str, bytes]
"""Name and content."""
Read = tuple[bytes, ByteArray]
"""A picture as JPEG, and its labels (H, W), which are `VOID` where nothing is known."""

_LONGEST_NAME = 40
_EXPECTED = {"split_chosen", "few_pictures"}
"""Codes of findings that are no news to somebody who adds a few pictures."""


def read_files(
    files: Sequence[File], report: Report = silent
) -> tuple[list[str], list[str], list[Read], list[str]]:
    """Read pictures, and the labels of those that have some.

    A PNG file belongs to the picture of the same name, ``street.png`` or ``street_mask.png`` to
    ``street.jpg``. What its numbers or colors mean is found out as for a folder on the disk.

    Parameters
    ----------
    files : sequence of tuple of str and bytes
        Names and contents, at most `MOST_FILES`.
    report : callable, optional
        Called with (fraction, text) after each picture.

    Returns
    -------
    classes, colors : list of str
        Names of the classes, and their colors as ``#rrggbb``; empty without labels.
    pictures : list of tuple of bytes and ndarray
        Each picture as JPEG, at most `LONG_SIDE` px long, and its labels (H, W), which are `VOID`
        everywhere if there is no file with labels.
    remarks : list of str
        What the visitor should know, such as which files are left out because they are damaged.

    Raises
    ------
    DatasetError
        ``too_many`` if there are more files, and else as `open_dataset`.

    """
    if len(files) > MOST_FILES:
        msg = f"These are {len(files)} files; at most {MOST_FILES} can be added at once."
        raise DatasetError("too_many", msg)
    named = {_safe(number, name): data for number, (name, data) in enumerate(files)}
    labels = _labels_of(list(named))
    marked = _Labeled()
    if labels:
        with TemporaryDirectory() as folder:
            marked = _read_labeled(named, labels, Path(folder))
    found, remarks = [], list(marked.remarks)
    for number, (name, data) in enumerate(named.items()):
        report(number / len(named), f"Reading {name}")
        if name in labels.values() or (name in labels and name not in marked.pairs):
            continue  # Labels, or a pair that a remark names.
        if name in labels:
            picture, classes = marked.pairs[name]
        else:
            try:
                picture = fit_long_side(images.decode(data), LONG_SIDE)
            except PictureError as error:
                remarks.append(f"{name} is left out. {error}")
                continue
            classes = np.full(picture.shape[:2], VOID, np.uint8)
        found.append((images.encode_jpeg(picture), classes))
    return list(marked.classes), list(marked.colors), found, remarks


class _Labeled(NamedTuple):
    """What the labels say; without labels nothing."""

    classes: Sequence[str] = ()
    colors: Sequence[str] = ()
    pairs: Mapping[str, tuple[RGBImage, ByteArray]] = {}
    remarks: Sequence[str] = ()


def _safe(number: int, name: str) -> str:
    r"""Return a name that can be a file's, for messages that the visitor understands.

    Examples
    --------
    >>> _safe(2, "../My street.JPG"), _safe(3, "\0")
    ('03_My_street.jpg', '04_.jpg')

    """
    stem, dot, suffix = name.replace("\\", "/").rpartition("/")[2].rpartition(".")
    stem, suffix = (stem, f".{suffix.lower()}") if dot else (suffix, "")
    stem = re.sub(r"[^A-Za-z0-9_-]", "_", stem[:_LONGEST_NAME].strip("\0"))
    return f"{number + 1:02}_{stem}{suffix if suffix in PICTURE_SUFFIXES else '.jpg'}"


def _labels_of(names: Sequence[str]) -> dict[str, str]:
    """Return the label file of each picture that has one, by the picture's name.

    Examples
    --------
    >>> _labels_of(["01_a.jpg", "02_a.png", "03_b.png", "04_b_mask.png"])
    {'01_a.jpg': '02_a.png', '03_b.png': '04_b_mask.png'}

    """
    pictures: dict[str, str] = {}  # by the name without number and ending
    for name in names:
        pictures.setdefault(_stem(name), name)
    # A picture that is not a PNG comes before a PNG of the same name, wherever it was in the list.
    pictures |= {_stem(name): name for name in names if not name.endswith(".png")}
    found: dict[str, str] = {}
    for name in names:
        for ending in LABEL_ENDINGS if name.endswith(".png") else ():
            picture = pictures.get(_stem(name).removesuffix(ending), name)
            if _stem(name).endswith(ending) and picture not in (name, *found):
                found[picture] = name
                break
    return found


def _stem(name: str) -> str:
    return PurePath(name).stem.partition("_")[2]


def _read_labeled(named: Mapping[str, bytes], labels: Mapping[str, str], folder: Path) -> _Labeled:
    """Read pictures and labels through a folder, since only that tells what labels mean."""
    for kind in ("images", "labels"):
        (folder / kind).mkdir()
    for name, label in labels.items():
        (folder / "images" / name).write_bytes(named[name])
        (folder / "labels" / name).with_suffix(".png").write_bytes(named[label])

    def said(text: str) -> str:
        return text.replace(f"{folder}/", "")

    try:
        dataset = open_dataset(folder)
    except DatasetError as error:
        raise DatasetError(error.code, said(str(error))) from error
    remarks = [said(found.text) for found in dataset.findings if found.code not in _EXPECTED]
    names = {PurePath(name).stem: name for name in labels}
    pairs = {}
    for pair in (pair for split in dataset.splits.values() for pair in split):
        try:
            picture, classes = pair.read()
        except PictureError as error:
            remarks.append(said(f"{pair.name} is left out. {error}"))
        else:
            pairs[names[PurePath(pair.name).stem]] = scaled(picture, classes, LONG_SIDE)
    return _Labeled(dataset.classes, to_hex(dataset.palette), pairs, remarks)
