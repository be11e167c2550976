"""Lists of class names: files beside the pictures, and those of PASCAL VOC and CamVid."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from fcnlib.datasets.pairs import MAX_CLASSES
from fcnlib.errors import DatasetError
from fcnlib.paths import shown, why

Color = tuple[int, int, int]

NAMES = ("classes.txt", "labels.txt", "class_names.txt", "label_names.txt", "label_colors.txt")
"""Files that may list the classes, one a line: the first that exists is used."""

VOID_NAMES = {"void", "ignore", "ignored", "unlabeled", "unlabelled"}
_MAX_LIST = 1 << 16  # bytes; 255 names of 40 characters with colors take 13,000

# Names of the files and folders of CamVid in SegNet's layout: number 11 is void.
CAMVID_SIZE = (360, 480)
CAMVID = (
    ("sky", (128, 128, 128)), ("building", (128, 0, 0)), ("pole", (192, 192, 128)),
    ("road", (128, 64, 128)), ("pavement", (60, 40, 222)), ("tree", (128, 128, 0)),
    ("sign", (192, 128, 128)), ("fence", (64, 64, 128)), ("car", (64, 0, 128)),
    ("pedestrian", (64, 64, 0)), ("bicyclist", (0, 128, 192)), ("void", (0, 0, 0)),
)  # fmt: skip
"""Classes of CamVid as SegNet's authors merged them, with their colors."""


class ClassList(NamedTuple):
    """Names of the numbers 0, 1, ... and perhaps their colors.

    Attributes
    ----------
    names : tuple of str
        One name per number; those in `VOID_NAMES` mark pixels that count nowhere.
    colors : tuple of (int, int, int), or None
        RGB of each number.
    source : str
        Name of the file, for messages.

    """

    names: tuple[str, ...]
    colors: tuple[Color, ...] | None
    source: str

    def is_void(self, number: int) -> bool:
        """Return whether a number marks pixels that count nowhere."""
        return self.names[number].strip("_ ").lower() in VOID_NAMES


def find_class_list(folders: Iterable[Path]) -> ClassList | None:
    """Return the class list in the first of some folders that has one, or None."""
    for folder in folders:
        for name in NAMES:
            if (path := folder / name).is_file():
                return read_class_list(path)
    return None


def read_class_list(path: Path) -> ClassList:
    """Read a file with one class a line: ``name``, ``name R G B`` or ``R G B name``.

    Raises
    ------
    DatasetError
        ``bad_class_list``.

    """
    text = read_text(path, _MAX_LIST)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if lines and lines[0].lower() == "__ignore__":
        del lines[0]  # labelme counts it as -1
    entries = [_entry(line) for line in lines]
    names, colors = [name for name, _ in entries], [color for _, color in entries if color]
    problem = ""
    if not entries or len(names) > MAX_CLASSES + 1:
        problem = f"names {len(names)} classes, but 1 to {MAX_CLASSES} are possible"
    elif twice := next((name for name in names if names.count(name) > 1), None):
        problem = f"names {twice!r} twice"
    elif colors and len(colors) < len(entries):
        problem = f"gives colors to {len(colors)} of its {len(names)} classes only"
    elif same := next((color for color in colors if colors.count(color) > 1), None):
        problem = f"gives the color {same} to two classes"
    if problem:
        msg = f"{shown(path)} {problem}. Write one class a line, as in: road 128 64 128"
        raise DatasetError("bad_class_list", msg)
    return ClassList(tuple(names), tuple(colors) or None, path.name)


def read_text(path: Path, limit: int) -> str:
    """Return the text of a file of at most `limit` bytes.

    Raises
    ------
    DatasetError
        ``bad_text`` if it cannot be read, is larger, or is not text.

    """
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
        if len(data) <= limit:
            return data.decode("utf-8-sig")
        reason = f"it is larger than {limit:,} bytes"
    except OSError as error:
        reason = why(error)
    except UnicodeDecodeError:
        reason = "it is not text in UTF-8"
    msg = f"{shown(path)} cannot be read: {reason}. Correct or replace this file."
    raise DatasetError("bad_text", msg)


def _entry(line: str) -> tuple[str, Color | None]:
    words = [word for word in re.split(r"[\s,;]", line) if word]
    for numbers, name in ((words[-3:], words[:-3]), (words[:3], words[3:])):
        # `int` refuses thousands of digits.
        if name and all(w.isdecimal() and len(w) < 4 and int(w) < 256 for w in numbers):
            red, green, blue = (int(word) for word in numbers)
            return " ".join(name), (red, green, blue)
    return line, None
