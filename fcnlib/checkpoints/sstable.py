"""Reader for sorted string tables, the file format of TensorFlow's version 1 checkpoints.

A table consists of blocks, an index of the blocks, and a footer with the position of the index. A
block consists of entries and of restart points, which are not needed to read the entries in order.
An entry is a key and a value. The key omits the beginning that it shares with the previous key.
Each block is followed by one byte that gives its compression and by a checksum of both.

TensorFlow's own reader gives the same numbers but needs more memory: 1,250 MB for VGG-16's largest
kernel, which has 411 MB. Of these 1,250 MB, the process keeps 428 MB afterwards. With that reader,
loading VGG-16 and computing the class map of a picture of 768 × 1024 pixels takes at most 2,020 MB
in float32 and 2,005 MB in bfloat16. This project allows 1,800 and 1,500 MB. This reader computes
the checksum of a block in pieces of 1 MB and then reads its values a few rows at a time. The peaks
are then at most 1,779 and 1,488 MB, and it takes no longer. Keras' HDF5 copy, read in slices, needs
as little, but it has no checksums. A checkpoint could be converted once, but the conversion itself
would need this reader or TensorFlow's 2 GB.
(Measured on an Intel Xeon with 2 cores and TensorFlow 2.21.)

References
----------
.. [1] LevelDB's `table format <https://github.com/google/leveldb/blob/main/doc/table_format.md>`_,
   which TensorFlow's tables follow.

"""

import bisect
from collections.abc import Iterator
from operator import itemgetter
from typing import BinaryIO, NamedTuple

import google_crc32c

MAGIC = bytes.fromhex("57fb808b247547db")
_FOOTER = 48
_TRAILER = 5
_PIECE = 1 << 20
_CHECKSUM_OFFSET = 0xA282EAD8


class TableError(ValueError):
    """The file is not a table, or it has changed since it was written."""


class UnusualTableError(TableError):
    """The table is valid but this reader does not support it, for example if it is compressed."""


class Place(NamedTuple):
    """Position of bytes in the file: `size` bytes from `start` on."""

    start: int
    size: int

    @property
    def stop(self) -> int:
        """Position after the last byte."""
        return self.start + self.size


class Table:
    """A table whose values are found by key and can be read in parts.

    Parameters
    ----------
    file : binary file
        A seekable file that is open for reading and that nothing else reads.

    Attributes
    ----------
    blocks : list of (bytes, Place)
        Upper bound of the keys in each block, and the position of the block.

    Raises
    ------
    TableError
        If the file is not a table, or its index is damaged.
    UnusualTableError
        If a block is compressed.

    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._length = file.seek(0, 2)
        footer = self.read(Place(self._length - _FOOTER, _FOOTER))
        if footer[-len(MAGIC) :] != MAGIC:
            msg = "the file does not end like a table"
            raise TableError(msg)
        # The first two numbers are the position of a metadata block, which is empty here.
        _, _, start, size, _ = _numbers(footer, 4)
        index = Place(start, size)
        self._check(index)
        self.blocks = [
            (key, Place(*_numbers(self.read(place), 2)[:2])) for key, place in self._entries(index)
        ]
        self._checked: set[Place] = set()
        if any(self.read(Place(block.stop, 1)) != b"\0" for _, block in self.blocks):
            msg = "the blocks of the table are compressed"
            raise UnusualTableError(msg)

    def find(self, key: bytes) -> Place | None:
        """Return the position of a key's value, after checking the block that contains it.

        Raises
        ------
        TableError
            If that block is damaged.

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
        """Return the bytes at a position.

        Raises
        ------
        TableError
            If the file is shorter.

        """
        if not 0 <= place.start <= place.stop <= self._length:
            msg = f"the file ends before byte {place.stop}"
            raise TableError(msg)
        self._file.seek(place.start)
        return self._file.read(place.size)

    def _check(self, block: Place) -> None:
        checksum = 0
        stop = block.stop + 1  # includes the byte that gives the compression
        for start in range(block.start, stop, _PIECE):
            piece = self.read(Place(start, min(_PIECE, stop - start)))
            checksum = google_crc32c.extend(checksum, piece)
        # LevelDB stores checksums in this rotated form.
        rotated = (checksum >> 15 | checksum << 17) & 0xFFFFFFFF
        expected = (rotated + _CHECKSUM_OFFSET) & 0xFFFFFFFF
        stored = self.read(Place(stop, _TRAILER - 1))
        if int.from_bytes(stored, "little") != expected:
            msg = f"the checksum of bytes {block.start} to {block.stop} is wrong"
            raise TableError(msg)

    def _entries(self, block: Place) -> Iterator[tuple[bytes, Place]]:
        """Yield the keys of a valid block and the positions of their values."""
        restarts = int.from_bytes(self.read(Place(block.stop - 4, 4)), "little")
        position, stop = block.start, block.stop - 4 * (restarts + 1)
        key = b""
        while position < stop:
            # An entry starts with three numbers of at most ten bytes each.
            head = self.read(Place(position, min(30, self._length - position)))
            shared, added, size, length = _numbers(head, 3)
            key = key[:shared] + self.read(Place(position + length, added))
            value = Place(position + length + added, size)
            yield key, value
            position = value.stop


def number(data: bytes, position: int) -> tuple[int, int]:
    """Return the number at a position, stored with seven bits per byte, and the position after it.

    Raises
    ------
    TableError
        If `data` ends within the number, or if the number is longer than ten bytes.

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
    msg = f"there is no complete number in {data[position : position + 10]!r}"
    raise TableError(msg)


def _numbers(data: bytes, count: int) -> list[int]:
    """Return the first `count` numbers in `data`, and the position after them."""
    numbers, position = [], 0
    for _ in range(count):
        value, position = number(data, position)
        numbers.append(value)
    return [*numbers, position]
