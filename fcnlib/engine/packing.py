"""Values and arrays as bytes for a network connection, without pickles.

A pack is the four bytes ``FCN1``, the length of the header (4 bytes, little-endian), the header in
JSON, and the data of the arrays one after another. The header holds the values, and the name, type
and shape of each array. Reading a pack runs no code of the sender.
"""

import json
import math
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np

from fcnlib.errors import EngineError
from fcnlib.typing import AnyArray

MAGIC = b"FCN1"
MAX_HEAD = 1 << 20
MAX_ARRAYS = 32
MAX_AXES = 4
TYPES = ("|u1", "<u2", "<u4", "<i4", "<i8", "<f4", "<f8")
"""Types of arrays that a pack may contain, as NumPy writes them."""


def pack(values: Mapping[str, Any], arrays: Mapping[str, AnyArray]) -> bytes:
    """Return values and arrays as bytes.

    Parameters
    ----------
    values : mapping
        Plain values that JSON can hold.
    arrays : mapping of str to ndarray
        Of the types in `TYPES`.

    Raises
    ------
    ValueError
        If an array has another type, or if the header would be longer than `MAX_HEAD`.

    Examples
    --------
    >>> values, arrays = unpack(pack({"factor": 8}, {"cells": np.arange(3)}))
    >>> values, arrays["cells"].tolist()
    ({'factor': 8}, [0, 1, 2])

    """
    described, parts = [], []
    for name, array in arrays.items():
        little = array.dtype.newbyteorder("<")
        if little.str not in TYPES:
            msg = f"the array {name} has the type {array.dtype}; allowed: {', '.join(TYPES)}"
            raise ValueError(msg)
        described.append([name, little.str, array.shape])
        parts.append(array.astype(little, order="C", copy=False).tobytes())
    head = json.dumps({"values": dict(values), "arrays": described}).encode()
    if len(head) > MAX_HEAD:
        msg = f"the header has {len(head)} bytes; at most {MAX_HEAD} are allowed"
        raise ValueError(msg)
    return b"".join([MAGIC, struct.pack("<I", len(head)), head, *parts])


def unpack(data: bytes) -> tuple[dict[str, Any], dict[str, AnyArray]]:
    """Return the values and the arrays of a pack. The arrays are copies and can be changed.

    Raises
    ------
    EngineError
        ``bad_message`` if the bytes are not exactly one pack.

    """
    try:
        return _unpack(data)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise bad_message(str(error)[:200]) from error


def bad_message(reason: str) -> EngineError:
    """Return the error for a message that cannot be read."""
    msg = (
        f"A message between this program and the cluster cannot be read: {reason}. Run the same "
        "version of fcnlib on both sides."
    )
    return EngineError("bad_message", msg)


def _unpack(data: bytes) -> tuple[dict[str, Any], dict[str, AnyArray]]:
    start = len(MAGIC) + 4
    if data[: len(MAGIC)] != MAGIC or len(data) < start:
        msg = "it does not start with FCN1 and a length"
        raise ValueError(msg)
    (length,) = struct.unpack("<I", data[len(MAGIC) : start])
    if length > min(MAX_HEAD, len(data) - start):
        msg = f"its header of {length} bytes is too long"
        raise ValueError(msg)
    head = json.loads(data[start : start + length])
    values, described = dict(head["values"]), list(head["arrays"])
    if len(described) > MAX_ARRAYS:
        msg = f"it has {len(described)} arrays; at most {MAX_ARRAYS} are allowed"
        raise ValueError(msg)
    arrays, position = {}, start + length
    for name, kind, shape in described:
        if kind not in TYPES or len(shape) > MAX_AXES or not all(map(_is_length, shape)):
            msg = f"the array {str(name)[:20]!r} has the type {kind!r} and the shape {shape}"
            raise ValueError(msg)
        nbytes = math.prod(shape) * np.dtype(kind).itemsize
        if nbytes > len(data) - position:
            msg = "it is cut off"
            raise ValueError(msg)
        part = memoryview(data)[position : position + nbytes]
        arrays[str(name)] = np.frombuffer(part, kind).reshape(shape).copy()
        position += nbytes
    if position != len(data):
        msg = f"{len(data) - position} bytes follow its last array"
        raise ValueError(msg)
    return values, arrays


def _is_length(value: Any) -> bool:
    return type(value) is int and value >= 0
