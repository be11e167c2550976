"""One picture with its labels, read when it is asked for."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from fcnlib.errors import PictureError
from fcnlib.images.decoding import decode
from fcnlib.images.files import read
from fcnlib.images.stored import Stored, decode_stored, read_header, turned
from fcnlib.typing import AnyArray, ByteArray, RGBImage

T = TypeVar("T")

VOID = 255
"""Label of pixels that no loss and no metric counts. All readers convert to it."""

MAX_CLASSES = 255


class Pair(NamedTuple):
    """One picture and its labels, not read yet.

    Attributes
    ----------
    name : str
        Name in messages and outputs, unique in the dataset.
    read : callable
        Returns the picture, (H, W, 3), and its labels, (H, W): class indices or `VOID`, both
        uint8. Raises `PictureError`, which names the file, if one of the two is damaged.

    """

    name: str
    read: Callable[[], tuple[RGBImage, ByteArray]]


class Files(NamedTuple):
    """The files of one pair."""

    name: str
    picture: Path
    labels: Path


@dataclass(frozen=True)
class Encoding:
    """Which class each value in the label files means.

    Attributes
    ----------
    keys : ndarray of int, ascending
        Numbers, or colors as ``65536 R + 256 G + B``.
    classes : ndarray of uint8
        Class of each key, or `VOID`.
    colored : bool
        Whether the keys are colors.

    """

    keys: NDArray[np.int64]
    classes: ByteArray
    colored: bool = False

    def encode(self, stored: Stored) -> ByteArray:
        """Return the class of each pixel of a label file.

        Raises
        ------
        PictureError
            ``unknown_label`` if a value means no class.

        """
        values = raw_values(stored, colored=self.colored)
        if values.dtype == np.uint8:  # A table is many times faster than a search.
            table = np.full(256, -1, np.int16)
            small = self.keys < 256
            table[self.keys[small]] = self.classes[small]
            labels = table[values]
            known = labels >= 0
        else:
            index = np.searchsorted(self.keys, values).clip(max=len(self.keys) - 1)
            labels, known = self.classes[index], self.keys[index] == values
        if not known.all():
            value = shown_value(int(values[~known][0]), colored=self.colored)
            msg = f"The value {value} is no class of this dataset."
            raise PictureError("unknown_label", msg)
        return labels.astype(np.uint8)


@dataclass
class PairReader:
    """Reads pairs and names each damaged one once.

    Attributes
    ----------
    report : callable
        Gets one message for each damaged pair.

    """

    report: Callable[[str], None]
    _damaged: set[str] = field(default_factory=set)

    def __call__(self, pair: Pair) -> tuple[RGBImage, ByteArray] | None:
        """Return a picture and its labels, or None if one of them is damaged."""
        try:
            return pair.read()
        except PictureError as error:
            if pair.name not in self._damaged:
                self._damaged.add(pair.name)
                self.report(f"{pair.name} is left out. {error}")
            return None


def raw_values(stored: Stored, *, colored: bool) -> AnyArray:
    """Return the numbers in a label file, or its colors as ``65536 R + 256 G + B``."""
    values = stored.values
    if not colored:
        return values if values.ndim == 2 else values[..., 0]
    if stored.palette is not None:
        values = stored.palette[values]
    elif values.ndim == 2:
        values = np.repeat(values[..., None], 3, axis=-1)
    return values[..., :3].astype(np.int32) @ np.array([65536, 256, 1], np.int32)


def shown_value(value: int, *, colored: bool) -> str:
    """Return a value of a label file for a message.

    Examples
    --------
    >>> shown_value(7, colored=False), shown_value(0xFF8000, colored=True)
    ('7', '(255, 128, 0)')

    """
    return str((value >> 16, value >> 8 & 255, value & 255) if colored else value)


def read_pair(files: Files, encoding: Encoding) -> tuple[RGBImage, ByteArray]:
    """Return a picture and the classes of its pixels; see `Pair.read`."""
    data = of_file(files.picture, read)
    picture = of_file(files.picture, lambda _: decode(data))
    labels = of_file(files.labels, lambda path: encoding.encode(decode_stored(read(path))))
    if labels.shape != picture.shape[:2]:
        # Labels drawn on a picture as it is stored are turned as EXIF turns the picture.
        labels = turned(labels, read_header(data).orientation)
    if labels.shape != picture.shape[:2]:
        msg = f"{files.picture} and {files.labels} have different sizes. Make them equal."
        raise PictureError("size_differs", msg)
    return picture, labels


def of_file(path: Path, action: Callable[[Path], T]) -> T:
    """Return what an action on a file returns, or raise its `PictureError` with the path."""
    try:
        return action(path)
    except PictureError as error:
        raise PictureError(error.code, f"{path}: {error}") from error
