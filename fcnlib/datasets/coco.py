"""COCO's layouts of labels: a JSON file and a folder of PNG files for each split.

In the panoptic layout, the color of a pixel is the number of its segment, and the JSON file tells
the category of each segment. In the stuff layout, the number of a pixel is its category.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fcnlib.datasets.json_stream import elements
from fcnlib.datasets.layouts import SPLITS, Folder, pair_of, picture_files, with_validation
from fcnlib.datasets.pairs import MAX_CLASSES, VOID, Encoding, Pair, read_pair
from fcnlib.errors import DatasetError
from fcnlib.images.colors import palette
from fcnlib.paths import shown
from fcnlib.typing import ByteArray

IntArray = NDArray[np.int64]

KINDS = {"panoptic": "", "stuff": "_pixelmaps"}
"""Start of the JSON file's name, and the end of its PNG folder's name."""


class Coco(NamedTuple):
    """Classes and pairs of a folder in one of COCO's layouts."""

    classes: tuple[str, ...]
    palette: ByteArray
    splits: dict[str, list[Pair]]


class _Split(NamedTuple):
    kind: str
    json: Path
    pictures: Folder
    labels: Folder


def find_coco(folder: Path) -> Coco | None:
    """Return the pairs of a folder in one of COCO's layouts, or None if it has another one.

    Raises
    ------
    DatasetError
        ``bad_json``, ``bad_categories``, ``missing_file`` or ``missing_folder``.

    """
    found = dict(_splits(folder))
    if not found:
        return None
    categories: dict[int, Mapping[str, Any]] = {}
    entries: dict[str, list[tuple[str, IntArray]]] = {}
    for split, files in found.items():
        entries[split] = []
        try:
            for key, element in elements(files.json):
                if key == "categories":
                    categories[int(element["id"])] = element
                elif key == "annotations" and files.kind == "panoptic":
                    entries[split].append(_segments(element))
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            msg = f"{shown(files.json)} is not in COCO's format: {error!r}. Export it again."
            raise DatasetError("bad_json", msg) from error
    classes = _classes(categories, found)
    splits = {split: _pairs(files, entries[split], classes) for split, files in found.items()}
    colors = palette(len(classes)).copy()
    for index, number in enumerate(classes):
        colors[index] = categories[number].get("color", colors[index])
    names = tuple(str(categories[number]["name"]) for number in classes)
    return Coco(names, colors, with_validation(splits))


def _splits(folder: Path) -> Iterator[tuple[str, _Split]]:
    for kind, ending in KINDS.items():
        paths = [*folder.glob(f"{kind}_*.json"), *folder.glob(f"annotations/{kind}_*.json")]
        for path in sorted(paths):
            part = path.stem.removeprefix(f"{kind}_")  # such as train2017
            split = next((name for name in SPLITS if part.startswith(name)), None)
            if split:
                pictures = _existing(folder / part, folder / "images" / part)
                labels = _existing(path.with_suffix(""), folder / path.stem, ending=ending)
                yield split, _Split(kind, path, picture_files(pictures), picture_files(labels))
        if paths:
            return


def _existing(*folders: Path, ending: str = "") -> Path:
    named = [folder.with_name(folder.name + ending) for folder in folders]
    for folder in named:
        if folder.is_dir():
            return folder
    msg = f"There is no folder {shown(named[0])}. Unpack the pictures and the PNG files of COCO."
    raise DatasetError("missing_folder", msg)


def _classes(categories: Mapping[int, Any], found: Mapping[str, _Split]) -> dict[int, int]:
    """Return the class of each category, in the order of their numbers."""
    if not 2 <= len(categories) <= MAX_CLASSES:
        path = next(iter(found.values())).json
        msg = (
            f"{shown(path)} has {len(categories)} categories, but a training needs 2 to "
            f"{MAX_CLASSES}. Export the file again."
        )
        raise DatasetError("bad_categories", msg)
    return {number: index for index, number in enumerate(sorted(categories))}


def _segments(annotation: Mapping[str, Any]) -> tuple[str, IntArray]:
    """Return the name of a picture, and the number and category of each of its segments."""
    rows = [(int(s["id"]), int(s["category_id"])) for s in annotation["segments_info"]]
    return Path(annotation["file_name"]).stem, np.array(rows, np.int64).reshape(-1, 2)


def _pairs(
    files: _Split, entries: Sequence[tuple[str, IntArray]], classes: Mapping[int, int]
) -> list[Pair]:
    if files.kind == "stuff":
        table = {0: VOID, VOID: VOID, **classes}
        values = np.array([table[key] for key in sorted(table)], np.uint8)
        encoding = Encoding(np.array(sorted(table), np.int64), values)
        encodings = dict.fromkeys(sorted(files.labels.files), encoding)
    else:
        encodings = {
            stem: _encoding(stem, segments, classes, files.json) for stem, segments in entries
        }
    pairs = []
    for stem, encoding in encodings.items():
        named = pair_of(f"{files.pictures.path.name}/{stem}", stem, files.pictures, files.labels)
        pairs.append(Pair(named.name, partial(read_pair, named, encoding)))
    return pairs


def _encoding(stem: str, segments: IntArray, classes: Mapping[int, int], path: Path) -> Encoding:
    if wrong := sorted(set(segments[:, 1].tolist()) - set(classes)):
        msg = (
            f"{shown(path)} has no category {wrong[0]}, which a segment of {stem!r} has. "
            "Export the file again."
        )
        raise DatasetError("bad_categories", msg)
    numbers = np.append(segments[:, 0], 0)
    # The number is R + 256 G + 65536 B, and `Encoding` counts the other way round.
    keys = (numbers & 255) << 16 | numbers & 0xFF00 | numbers >> 16
    values = np.array([*(classes[number] for number in segments[:, 1].tolist()), VOID], np.uint8)
    order = keys.argsort()
    return Encoding(keys[order], values[order], colored=True)
