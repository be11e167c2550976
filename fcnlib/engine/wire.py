"""Messages between processes: pickles through a pipe, with the data of arrays beside them.

A message is the number of its parts (4 bytes), the size of each part (8 bytes each), and the
parts. The first part is a pickle of protocol 5. The others are the buffers of the pickled
arrays. They are written from, and read into, the arrays' own memory without a copy (PEP 574).
"""

import contextlib
import io
import pickle
import struct
from typing import IO, Any

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

PIPE_SIZE = 1 << 20
"""Bytes that a pipe may hold. Linux allows it to every user, and gives 64 KiB by default."""
SAFE = {
    "builtins": {"complex", "frozenset", "range", "set", "slice", "bytearray"},
    "collections": {"OrderedDict", "deque"},
}


def widen(pipe: IO[bytes]) -> None:
    """Let a pipe hold `PIPE_SIZE` bytes, so that the two processes alternate less often (Linux)."""
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        with contextlib.suppress(OSError):  # a user may have few wide pipes
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_SIZE)


def send(file: IO[bytes], message: Any) -> None:
    """Write a message to a binary file and flush it."""
    buffers: list[pickle.PickleBuffer] = []
    head = pickle.dumps(message, protocol=5, buffer_callback=buffers.append)
    parts = [memoryview(head), *(buffer.raw() for buffer in buffers)]
    sizes = [part.nbytes for part in parts]
    file.write(struct.pack(f"!I{len(parts)}Q", len(parts), *sizes))
    for part in parts:
        file.write(part)
    file.flush()


def receive(file: IO[bytes], *, trusted: bool = True) -> Any:
    """Read a message from a binary file.

    Parameters
    ----------
    file : binary file
        Where to read from.
    trusted : bool, optional
        Whether the message may contain objects of any class. If not, only plain values, NumPy
        arrays, this project's classes and exceptions are built.

    Raises
    ------
    EOFError
        If the other side has closed the pipe.
    pickle.UnpicklingError
        If the message contains a class that is not allowed.

    """
    return load(read(file), trusted=trusted)


def read(file: IO[bytes]) -> list[bytearray]:
    """Read the parts of a message without loading them; see `receive`."""
    (count,) = struct.unpack("!I", _read(file, 4))
    sizes = struct.unpack(f"!{count}Q", _read(file, 8 * count))
    return [_read(file, size) for size in sizes]


def load(parts: list[bytearray], *, trusted: bool = True) -> Any:
    """Return the message that consists of these parts; see `receive`."""
    head, *buffers = parts
    if trusted:
        return pickle.loads(head, buffers=buffers)
    return _Restricted(io.BytesIO(head), buffers=buffers).load()


class _Restricted(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        found = super().find_class(module, name)
        error = isinstance(found, type) and issubclass(found, Exception)
        package = module.partition(".")[0]
        own = package == "fcnlib" and isinstance(found, type)
        array = package == "numpy" and name in {
            "ndarray", "dtype", "_reconstruct", "_frombuffer", "scalar"
        }  # fmt: skip
        if error or own or array or name in SAFE.get(module, ()):
            return found
        msg = f"{module}.{name} is not allowed in a message"
        raise pickle.UnpicklingError(msg)


def _read(file: IO[bytes], size: int) -> bytearray:
    """Read exactly `size` bytes."""
    data = bytearray(size)
    view, done = memoryview(data), 0
    while done < size:
        count = file.readinto(view[done:])  # type: ignore[attr-defined]
        if not count:
            raise EOFError
        done += count
    return data
