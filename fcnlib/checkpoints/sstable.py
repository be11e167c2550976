"""Sorted string tables, the files that hold TensorFlow's checkpoints of version 1.

A table is a run of blocks, an index of them, and a footer that says where the index is. A
block is a run of entries, each a key (of which a beginning shared with the last one is left
out) and a value, then restart points, which reading in order does not need. Behind each
block stand one byte that tells how it is compressed and a checksum of block and byte.

TensorFlow reads a block whole, copies it and parses the copy, three times the 411 MB of
VGG-16's largest kernel. Here a block's checksum is taken in small pieces, after which its
values are read a part at a time.

References
----------
.. [1] LevelDB's `table format <https://github.com/google/leveldb/blob/main/doc/table_format.md>`_,
   which TensorFlow's tables follow.

"""

import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import BinaryIO

import google_crc32c

MAGIC = bytes.fromhex("57fb808b247547db")
_FOOTER = 48
_TRAILER = 5
_PIECE = 1 << 20
_CHECKSUM_OFFSET = 0xA282EAD8


class TableError(ValueError):
    """The bytes are not those of a table as it was written."""


class UnusualTableError(TableError):
    """A sound table that this reader does not know how to read, such as a compressed one."""


@dataclass(frozen=True)
class Place:
    """Where bytes lie in the file: from `start`, `size` of them."""

    start: int
    size: int

    @property
    def stop(self) -> int:
        """Where the next bytes begin."""
        return self.start + self.size


class Table:
    """A table whose values are found by key and read a part at a time.

    Parameters
    ----------
    file : binary file
        Open for reading, with a position of its own.

    Attributes
    ----------
    blocks : list of (bytes, Place)
        A key that no key in the block is behind, and where the block lies.

    Raises
    ------
    TableError
        If there is no table in it, or its index is damaged.
    UnusualTableError
        If a block is compressed.

    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._length = file.seek(0, 2)
        footer = self.read(Place(self._length - _FOOTER, _FOOTER))
        if footer[-len(MAGIC) :] != MAGIC:
            msg = "it does not end as a table ends"
            raise TableError(msg)
        _, _, position = _two_numbers(footer, 0)
        start, size, _ = _two_numbers(footer, position)
        index = Place(start, size)
        self._check(index)
        self.blocks = []
        for key, place in self._entries(index):
            start, size, _ = _two_numbers(self.read(place), 0)
            self.blocks.append((key, Place(start, size)))
        self._checked: set[Place] = set()
        if any(self.read(Place(block.stop, 1)) != b"\0" for _, block in self.blocks):
            msg = "its blocks are compressed"
            raise UnusualTableError(msg)

    def find(self, key: bytes) -> Place | None:
        """Return where the value of a key lies, in a block whose checksum is right.

        Raises
        ------
        TableError
            If the block that may hold it is damaged.

        """
        following = bisect.bisect_left(self.blocks, key, key=itemgetter(0))
        if following == len(self.blocks):
            return None
        _, block = self.blocks[following]
        if block not in self._checked:
            self._check(block)
            self._checked.add(block)
        return dict(self._entries(block)).get(key)

    def read(self, place: Place) -> bytes:
        """Return the bytes of a place.

        Raises
        ------
        TableError
            If the file ends before.

        """
        if not 0 <= place.start <= place.stop <= self._length:
            msg = f"it ends before byte {place.stop}"
            raise TableError(msg)
        self._file.seek(place.start)
        return self._file.read(place.size)

    def _check(self, block: Place) -> None:
        checksum = 0
        stop = block.stop + 1
        for start in range(block.start, stop, _PIECE):
            piece = self.read(Place(start, min(_PIECE, stop - start)))
            checksum = google_crc32c.extend(checksum, piece)
        rotated = (checksum >> 15 | checksum << 17) & 0xFFFFFFFF
        expected = (rotated + _CHECKSUM_OFFSET) & 0xFFFFFFFF
        stored = self.read(Place(stop, _TRAILER - 1))
        if int.from_bytes(stored, "little") != expected:
            msg = f"the checksum of its bytes {block.start} to {block.stop} is wrong"
            raise TableError(msg)

    def _entries(self, block: Place) -> Iterator[tuple[bytes, Place]]:
        """Yield the keys of a sound block and where their values lie."""
        restarts = int.from_bytes(self.read(Place(block.stop - 4, 4)), "little")
        position, stop = block.start, block.stop - 4 * (restarts + 1)
        key = b""
        while position < stop:
            head = self.read(Place(position, min(30, self._length - position)))
            shared, added, at = _two_numbers(head, 0)
            size, at = number(head, at)
            key = key[:shared] + self.read(Place(position + at, added))
            value = Place(position + at + added, size)
            yield key, value
            position = value.stop


def number(data: bytes, position: int) -> tuple[int, int]:
    """Return the number at a position, seven bits a byte, and the position after it.

    Raises
    ------
    TableError
        If `data` ends within it, or it has more than 64 bits.

    Examples
    --------
    >>> number(bytes([0b1010_1100, 0b0000_0010]), 0)
    (300, 2)

    """
    value = 0
    for count, byte in enumerate(data[position : position + 10]):
        value |= (byte & 0x7F) << 7 * count
        if byte < 0x80:
            return value, position + count + 1
    msg = f"there is no number in {data[position : position + 10]!r}"
    raise TableError(msg)


def _two_numbers(data: bytes, position: int) -> tuple[int, int, int]:
    first, position = number(data, position)
    second, position = number(data, position)
    return first, second, position
