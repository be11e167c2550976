"""The numbers of a TensorFlow checkpoint of version 1, read a few rows at a time.

A checkpoint is a table; the value of a key made of a tensor's name is a protocol buffer, in
which float32 numbers lie in one run. So the fields before the run are walked through, and any
part of the run can be read from the file.

References
----------
.. [1] ``tensorflow/core/util/saved_tensor_slice.proto`` and ``tensor.proto``, for the numbers
   of the fields, and ``saved_tensor_slice_util.cc`` for the keys.

"""

from collections.abc import Iterator

import numpy as np

from fcnlib.checkpoints.sstable import Place, Table, TableError, UnusualTableError, number
from fcnlib.typing import Float32Array

_WAY_TO_FLOATS = (2, 3, 5)
"""SavedTensorSlices.data, SavedSlice.data, TensorProto.float_val."""
_HEAD = 1024
"""Bytes in which the fields before the run find room, among them the tensor's name."""
_VARINT, _LENGTH_DELIMITED = 0, 2


def read_rows(
    table: Table, name: str, shape: tuple[int, ...], first: int, last: int
) -> Float32Array:
    """Return a tensor's rows from `first` to before `last`, along its first axis.

    Parameters
    ----------
    table : Table
        The checkpoint.
    name : str
        The tensor's name.
    shape : tuple of int
        Its shape, of one axis or more.
    first, last : int
        In [0, ``shape[0]``].

    Returns
    -------
    rows : ndarray of shape (last - first, *shape[1:]), float32
        Not writable.

    Raises
    ------
    TableError
        If the numbers are damaged, or not as many as the shape says.
    UnusualTableError
        If the tensor is saved in parts, or is not float32.

    """
    floats = _find_floats(table, name, len(shape))
    width = 4 * int(np.prod(shape[1:]))
    if floats.size != width * shape[0]:
        msg = f"{name} of shape {shape} needs {width * shape[0]} bytes, there are {floats.size}"
        raise TableError(msg)
    part = table.read(Place(floats.start + width * first, width * (last - first)))
    return np.frombuffer(part, "<f4").reshape(last - first, *shape[1:])


def _find_floats(table: Table, name: str, axes: int) -> Place:
    """Return where the numbers of a tensor lie, by entering message after message."""
    place = table.find(_key(name, axes))
    for field in _WAY_TO_FLOATS:
        place = place and _enter(table, place, field)
    if place is None:
        msg = f"{name} is saved in parts, or is not float32"
        raise UnusualTableError(msg)
    return place


def _key(name: str, axes: int) -> bytes:
    """Return the key of a tensor saved whole: its name, then each axis from 0 to its end."""
    return b"\0" + name.encode() + b"\0\1" + b"\1" + bytes([axes]) + b"\x80\x7f" * axes


def _enter(table: Table, message: Place, field: int) -> Place | None:
    """Return where a field's bytes lie in a message, without reading them."""
    head = table.read(Place(message.start, min(_HEAD, message.size)))
    found = next((place for number_, place in _fields(head) if number_ == field), None)
    return found and Place(message.start + found.start, found.size)


def _fields(head: bytes) -> Iterator[tuple[int, Place]]:
    """Yield the fields that have a length, and where their bytes lie; numbers are passed over."""
    position = 0
    while position < len(head):
        tag, position = number(head, position)
        size, position = number(head, position)
        if tag & 7 == _LENGTH_DELIMITED:
            yield tag >> 3, Place(position, size)
            position += size
        elif tag & 7 != _VARINT:
            msg = f"a field of kind {tag & 7} where a tensor has none"
            raise TableError(msg)
