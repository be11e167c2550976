"""The tensors of a VGG-16 checkpoint, one at a time, under their official names.

TensorFlow's checkpoints (the single file of version 1 and the bundle of version 2) and
Keras' HDF5 copy of the same network read alike: `Checkpoint.names`, `.shape`, `.tensor`.
"""

import difflib
import glob
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from fcnlib import runtime
from fcnlib.checkpoints.sstable import Table, UnusualTableError
from fcnlib.checkpoints.v1_tensors import read_rows
from fcnlib.errors import WeightsError
from fcnlib.typing import Float32Array

Shapes = Mapping[str, tuple[int, ...]]
ReadRows = Callable[[str, int, int], Any]
HDF5_MAGIC = b"\x89HDF\r\n\x1a\n"
ROWS_NBYTES = 64 << 20
REPAIR = (
    "Fetch the weights again with python -m fcnlib weights --fetch, or set "
    "FCNLIB_VGG_CHECKPOINT to an intact copy."
)
_DENSE = {"fc1": "fc6", "fc2": "fc7", "predictions": "fc8"}


class Checkpoint:
    """Tensors by name, as `open_checkpoint` gives it.

    Parameters
    ----------
    path : Path
        File the tensors come from.
    shapes : mapping of str to tuple of int
        Every tensor's shape.
    read : callable
        Given a name, a first row and the one behind the last, reads these rows.

    """

    def __init__(self, path: Path, shapes: Shapes, read: ReadRows) -> None:
        self.path = path
        self._shapes = shapes
        self._read = read

    def names(self) -> list[str]:
        """Return the names of all tensors, sorted."""
        return sorted(self._shapes)

    def shape(self, name: str) -> tuple[int, ...]:
        """Return a tensor's shape without reading it.

        Raises
        ------
        WeightsError
            ``weights_mismatch`` if there is no such tensor.

        """
        if name not in self._shapes:
            near = difflib.get_close_matches(name, self._shapes, 1)
            hint = f" The nearest name is {near[0]}." if near else ""
            msg = f"{self.path.name} has no tensor {name!r}.{hint} {REPAIR}"
            raise WeightsError("weights_mismatch", msg)
        return self._shapes[name]

    def tensor(self, name: str) -> Float32Array:
        """Read one tensor of one axis or more.

        Raises
        ------
        WeightsError
            ``weights_mismatch`` if there is no such tensor, ``weights_damaged`` if its bytes
            are not those that were written.

        """
        return np.concatenate(list(self.rows(name)))

    def rows(self, name: str) -> Iterator[Float32Array]:
        """Read a tensor a few rows at a time, along its first axis.

        Yields
        ------
        rows : ndarray of shape (n, *shape[1:]), float32
            Of at most `ROWS_NBYTES`, or one row.

        Raises
        ------
        WeightsError
            As `tensor` does.

        """
        shape = self.shape(name)
        at_once = max(1, ROWS_NBYTES // max(1, 4 * int(np.prod(shape[1:]))))
        for first in range(0, shape[0], at_once):
            with _damage_reported(self.path):
                rows = self._read(name, first, min(first + at_once, shape[0]))
                yield np.asarray(rows, dtype=np.float32)


@contextmanager
def open_checkpoint(path: Path | str) -> Iterator[Checkpoint]:
    """Open a checkpoint of either kind, told apart by its first bytes.

    Parameters
    ----------
    path : Path or str
        ``vgg_16.ckpt``, the prefix of a version 2 checkpoint, or Keras' ``.h5``.

    Yields
    ------
    checkpoint : Checkpoint
        To be read within the ``with`` block.

    Raises
    ------
    WeightsError
        ``weights_missing`` if there is no such file, ``weights_damaged`` if it is not a
        checkpoint or not as it was written.

    """
    path = Path(path)
    if not exists(path):
        msg = f"There is no checkpoint {path}. {REPAIR}"
        raise WeightsError("weights_missing", msg)
    with ExitStack() as stack:
        with _damage_reported(path):
            read = _keras_checkpoint if starts_with(path, HDF5_MAGIC) else _tensorflow_checkpoint
            checkpoint = read(path, stack)
        yield checkpoint


def exists(path: Path) -> bool:
    """Tell whether a path is a file or the prefix of a version 2 checkpoint."""
    return path.is_file() or path.with_name(path.name + ".index").is_file()


def starts_with(path: Path, magic: bytes) -> bool:
    """Tell whether a path is a file with these first bytes."""
    if not path.is_file():
        return False
    with _damage_reported(path), path.open("rb") as file:
        return file.read(len(magic)) == magic


def _tensorflow_checkpoint(path: Path, stack: ExitStack) -> Checkpoint:
    """Read version 1 or 2, whose blocks carry checksums.

    TensorFlow lists the tensors of both and reads those of version 2, and of any version 1
    that is not as `tf.train.Saver` writes it; others are read here, which takes less memory.
    """
    _, tf1, _ = runtime.load()
    # TensorFlow takes the path of a version 1 file for a pattern.
    pattern = glob.escape(str(path)) if path.is_file() else str(path)
    reader = tf1.train.NewCheckpointReader(pattern)
    shapes = {name: tuple(s) for name, s in reader.get_variable_to_shape_map().items()}
    whole = lru_cache(maxsize=1)(reader.get_tensor)
    table = _table(path, stack)

    def read(name: str, first: int, last: int) -> Any:
        if table:
            with suppress(UnusualTableError):
                return read_rows(table, name, shapes[name], first, last)
        return whole(name)[first:last]

    return Checkpoint(path, shapes, read)


def _table(path: Path, stack: ExitStack) -> Table | None:
    """Return the table in a version 1 file, if it is one that can be read in parts."""
    if path.is_file():
        with suppress(UnusualTableError):
            return Table(stack.enter_context(path.open("rb")))
    return None


def _keras_checkpoint(path: Path, stack: ExitStack) -> Checkpoint:
    """Read Keras' copy: its first kernel is for BGR, its dense kernels are matrices."""
    import h5py

    file = stack.enter_context(h5py.File(path, "r"))
    datasets = dict(_official_names(file))
    shapes = {name: _official_shape(name, data.shape) for name, data in datasets.items()}

    def read(name: str, first: int, last: int) -> Any:
        shape = shapes[name]
        matrix = datasets[name].ndim < len(shape)
        per_row = int(np.prod(shape[1:-1])) if matrix else 1
        values = datasets[name][first * per_row : last * per_row]
        values = values.reshape(last - first, *shape[1:])
        return values[:, :, ::-1, :] if name == "vgg_16/conv1/conv1_1/weights" else values

    return Checkpoint(path, shapes, read)


def _official_names(file: Any) -> Iterator[tuple[str, Any]]:
    """Yield the datasets of Keras' layers with the names that TensorFlow has for them."""
    for layer in file:
        if layer.startswith("block") and "_conv" in layer:
            block, number = layer.removeprefix("block").split("_conv")
            scope = f"vgg_16/conv{block}/conv{block}_{number}"
        elif layer in _DENSE:
            scope = f"vgg_16/{_DENSE[layer]}"
        else:
            continue
        # Keras lists the kernel first; what it calls them changed over the years.
        kernel, bias = (file[layer][_text(name)] for name in file[layer].attrs["weight_names"])
        yield f"{scope}/weights", kernel
        yield f"{scope}/biases", bias


def _text(name: str | bytes) -> str:
    return name.decode() if isinstance(name, bytes) else name


def _official_shape(name: str, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape that a dense kernel has as a convolution; others keep theirs."""
    if len(shape) != 2:
        return tuple(shape)
    if name == "vgg_16/fc6/weights":
        return (7, 7, shape[0] // 49, shape[1])
    return (1, 1, *shape)


@contextmanager
def _damage_reported(path: Path) -> Iterator[None]:
    """Turn every way in which a reader can fail on a file into one `WeightsError`."""
    try:
        yield
    except (WeightsError, MemoryError):
        raise
    except Exception as error:
        msg = (
            f"{path.name} cannot be read: it is damaged, incomplete or not a checkpoint of "
            f"VGG-16. {REPAIR}"
        )
        raise WeightsError("weights_damaged", msg) from error
