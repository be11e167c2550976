"""Reading of a few rows of a tensor from a TensorFlow version 1 checkpoint.

A checkpoint is a table. Its keys contain the names of tensors and its values are protocol buffers,
in which the float32 numbers of a tensor are contiguous. The functions here skip the fields before
the numbers and then read any part of the numbers from the file.

References
----------
.. [1] ``tensorflow/core/util/saved_tensor_slice.proto`` and ``tensor.proto`` for the field
   numbers, and ``saved_tensor_slice_util.cc`` for the keys.

"""

from collections.abc import Iterator

import numpy as np

from fcnlib.checkpoints.sstable import Place, Table, TableError, UnusualTableError, number
from fcnlib.typing import Float32Array

_PATH_TO_FLOATS = (2, 3, 5)
"""Field numbers of SavedTensorSlices.data, SavedSlice.data and TensorProto.float_val."""
_HEAD = 1024
"""Bytes that contain all fields before the numbers, including the tensor's name."""
_VARINT, _LENGTH_DELIMITED = 0, 2


def read_rows(
    table: Table, name: str, shape: tuple[int, ...], first: int, last: int
) -> Float32Array:
    """Return the rows of a tensor from `first` to before `last`, along its first axis.

    Parameters
    ----------
    table : Table
        The checkpoint.
    name : str
        Name of the tensor.
    shape : tuple of int
        Shape of the tensor, with at least one axis.
    first, last : int
        Row numbers in [0, ``shape[0]``].

    Returns
    -------
    rows : ndarray of shape (last - first, *shape[1:]), float32
        Read-only.

    Raises
    ------
    TableError
        If the numbers are damaged, or their count does not match the shape.
    UnusualTableError
        If the tensor is saved in parts or is not float32.

    """
    floats = _find_floats(table, name, len(shape))
    width = 4 * int(np.prod(shape[1:]))
    if floats.size != width * shape[0]:
        msg = f"{name} of shape {shape} needs {width * shape[0]} bytes but has {floats.size}"
        raise TableError(msg)
    part = table.read(Place(floats.start + width * first, width * (last - first)))
    return np.frombuffer(part, "<f4").reshape(last - first, *shape[1:])


def _find_floats(table: Table, name: str, axes: int) -> Place:
    """Return the position of a tensor's numbers, found through three nested messages."""
    # The key of a tensor that is saved whole: its name, then each axis from 0 to its end.
    key = b"\0" + name.encode() + b"\0\1" + b"\1" + bytes([axes]) + b"\x80\x7f" * axes
    place = table.find(key)
    for field in _PATH_TO_FLOATS:
        place = place and _find_field(table, place, field)
    if place is None:
        msg = f"{name} is saved in parts or is not float32"
        raise UnusualTableError(msg)
    return place


def _find_field(table: Table, message: Place, field: int) -> Place | None:
    """Return the position of a field's bytes in a message, without reading them."""
    head = table.read(Place(message.start, min(_HEAD, message.size)))
    matches = (Place(message.start + start, size) for f, start, size in _fields(head) if f == field)
    return next(matches, None)


def _fields(head: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield (field number, start, size) of each field that has a length; skip integers."""
    position = 0
    while position < len(head):
        tag, position = number(head, position)
        size, position = number(head, position)
        if tag & 7 == _LENGTH_DELIMITED:
            yield tag >> 3, position, size
            position += size
        elif tag & 7 != _VARINT:
            msg = f"the file contains a field of wire type {tag & 7}, which tensors do not have"
            raise TableError(msg)
