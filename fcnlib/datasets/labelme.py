"""Folders that the labeling program labelme writes, one per picture.

The same number can mean different classes in two folders.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fcnlib.datasets.class_lists import read_class_list
from fcnlib.datasets.pairs import MAX_CLASSES, VOID, Encoding, Files
from fcnlib.errors import DatasetError
from fcnlib.paths import shown

if TYPE_CHECKING:
    from fcnlib.datasets.survey import Scan

PICTURE, LABELS, NAMES = "img.png", "label.png", "label_names.txt"


def labelme_pairs(root: Path) -> list[Files]:
    """Return the pairs in a folder of folders such as ``cat_json``, which may be none."""
    pairs = []
    for folder in sorted(path.parent for path in root.glob(f"*/{NAMES}")):
        files = Files(folder.name.removesuffix("_json"), folder / PICTURE, folder / LABELS)
        if missing := next(
            (path for path in (files.picture, files.labels) if not path.is_file()), None
        ):
            msg = f"{shown(missing)} is missing. Convert this picture with labelme again."
            raise DatasetError("missing_file", msg)
        pairs.append(files)
    return pairs


def common_classes(scans: Sequence["Scan"]) -> tuple[tuple[str, ...], Mapping[str, Encoding]]:
    """Return the classes of all pictures, and the encoding of each picture by its name.

    The same number means different classes in different pictures, so names decide.

    Raises
    ------
    DatasetError
        ``unnamed_number``, or as `read_class_list`.

    """
    lists = {
        scan.files.name: read_class_list(scan.files.labels.with_name(NAMES)).names for scan in scans
    }
    every = {name for names in lists.values() for name in names}
    # The background has number 0 in each picture.
    classes = tuple(sorted(every, key=lambda name: (name != "_background_", name)))
    if len(classes) > MAX_CLASSES:
        msg = f"The pictures name {len(classes)} classes, but at most {MAX_CLASSES} are possible."
        raise DatasetError("too_many_numbers", msg)
    encodings = {}
    for scan in scans:
        names = lists[scan.files.name]
        if unnamed := [n for n in scan.counts if n >= len(names) and n != VOID]:
            msg = (
                f"{shown(scan.files.labels)} has {unnamed[0]}, but {NAMES} beside it names "
                f"{len(names)} classes. Convert the picture again."
            )
            raise DatasetError("unnamed_number", msg)
        keys = np.array([*range(len(names)), VOID], np.int64)
        values = np.array([*map(classes.index, names), VOID], np.uint8)
        encodings[scan.files.name] = Encoding(keys, values)
    return classes, encodings
