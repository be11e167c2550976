"""Reading of VGG-16 checkpoints one tensor at a time, by the official names.

`Checkpoint` has the same methods for three formats: TensorFlow's single file of version 1,
TensorFlow's bundle of version 2, and Keras' HDF5 copy of the same network.
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
from fcnlib.checkpoints.sources import FETCH_COMMAND
from fcnlib.checkpoints.sstable import Table, UnusualTableError
from fcnlib.checkpoints.v1_tensors import read_rows
from fcnlib.errors import WeightsError
from fcnlib.typing import Float32Array

Shapes = Mapping[str, tuple[int, ...]]
ReadRows = Callable[[str, int, int], Any]
HDF5_MAGIC = b"\x89HDF\r\n\x1a\n"
ROWS_NBYTES = 64 << 20
REPAIR = (
    f"Download the weights again with {FETCH_COMMAND}, or set FCNLIB_VGG_CHECKPOINT to the path of "
    "an undamaged copy."
)
_DENSE = {"fc1": "fc6", "fc2": "fc7", "predictions": "fc8"}


class Checkpoint:
    """An open checkpoint, as `open_checkpoint` returns it.

    Parameters
    ----------
    path : Path
        File of the checkpoint.
    shapes : mapping of str to tuple of int
        Shape of each tensor by name.
    read : callable
        Called with (name, first, last); returns the rows from `first` to before `last`.

    """

    def __init__(self, path: Path, shapes: Shapes, read: ReadRows) -> None:
        self.path = path
        self._shapes = shapes
        self._read = read

    def names(self) -> list[str]:
        """Return the names of all tensors, sorted."""
        return sorted(self._shapes)

    def shape(self, name: str) -> tuple[int, ...]:
        """Return the shape of a tensor without reading it.

        Raises
        ------
        WeightsError
            ``weights_mismatch`` if there is no such tensor.

        """
        if name not in self._shapes:
            near = difflib.get_close_matches(name, self._shapes, 1)
            hint = f" The most similar name is {near[0]}." if near else ""
            msg = f"{self.path.name} does not contain the tensor {name!r}.{hint} {REPAIR}"
            raise WeightsError("weights_mismatch", msg)
        return self._shapes[name]

    def tensor(self, name: str) -> Float32Array:
        """Read one tensor, which must have at least one axis.

        Raises
        ------
        WeightsError
            ``weights_mismatch`` if there is no such tensor, ``weights_damaged`` if its bytes
            have changed since they were written.

        """
        return np.concatenate(list(self.rows(name)))

    def rows(self, name: str) -> Iterator[Float32Array]:
        """Read a tensor a few rows at a time, along its first axis.

        Yields
        ------
        rows : ndarray of shape (n, *shape[1:]), float32
            At most `ROWS_NBYTES`, but at least one row.

        Raises
        ------
        WeightsError
            As for `tensor`.

        """
        shape = self.shape(name)
        at_once = max(1, ROWS_NBYTES // max(1, 4 * int(np.prod(shape[1:]))))
        for first in range(0, shape[0], at_once):
            with _damage_reported(self.path):
                rows = self._read(name, first, min(first + at_once, shape[0]))
                yield np.asarray(rows, dtype=np.float32)


@contextmanager
def open_checkpoint(path: Path | str) -> Iterator[Checkpoint]:
    """Open a checkpoint of TensorFlow or Keras, recognized by its first bytes.

    Parameters
    ----------
    path : Path or str
        ``vgg_16.ckpt``, the prefix of a version 2 checkpoint, or Keras' ``.h5``.

    Yields
    ------
    checkpoint : Checkpoint
        Read it inside the ``with`` block.

    Raises
    ------
    WeightsError
        ``weights_missing`` if there is no such file, ``weights_damaged`` if it is damaged or
        not a checkpoint.

    """
    path = Path(path)
    if not exists(path):
        msg = f"There is no checkpoint at {path}. {REPAIR}"
        raise WeightsError("weights_missing", msg)
    with ExitStack() as stack:
        with _damage_reported(path):
            read = _keras_checkpoint if starts_with(path, HDF5_MAGIC) else _tensorflow_checkpoint
            checkpoint = read(path, stack)
        yield checkpoint


def exists(path: Path) -> bool:
    """Return whether a path is a file or the prefix of a version 2 checkpoint."""
    return path.is_file() or path.with_name(path.name + ".index").is_file()


def starts_with(path: Path, magic: bytes) -> bool:
    """Return whether a path is a file that starts with the bytes `magic`."""
    if not path.is_file():
        return False
    with _damage_reported(path), path.open("rb") as file:
        return file.read(len(magic)) == magic


def _tensorflow_checkpoint(path: Path, stack: ExitStack) -> Checkpoint:
    """Return a checkpoint of version 1 or 2, whose blocks have checksums.

    TensorFlow lists the tensors of both versions. A version 1 file as `tf.train.Saver` writes it is
    read by `fcnlib.checkpoints.v1_tensors`, which takes less memory. TensorFlow reads all others.
    """
    # TensorFlow interprets the path of a version 1 file as a glob pattern.
    pattern = glob.escape(str(path)) if path.is_file() else str(path)
    reader = runtime.load().tf1.train.NewCheckpointReader(pattern)
    shapes = {name: tuple(s) for name, s in reader.get_variable_to_shape_map().items()}
    whole = lru_cache(maxsize=1)(reader.get_tensor)
    table = None
    if path.is_file():
        with suppress(UnusualTableError):
            table = Table(stack.enter_context(path.open("rb")))

    def read(name: str, first: int, last: int) -> Any:
        if table:
            with suppress(UnusualTableError):
                return read_rows(table, name, shapes[name], first, last)
        return whole(name)[first:last]

    return Checkpoint(path, shapes, read)


def _keras_checkpoint(path: Path, stack: ExitStack) -> Checkpoint:
    """Return Keras' copy, whose first kernel expects BGR and whose dense kernels are matrices."""
    import h5py

    file = stack.enter_context(h5py.File(path, "r"))
    datasets = dict(_official_names(file))
    shapes = {name: tuple(data.shape) for name, data in datasets.items()}
    for name, shape in shapes.items():
        if len(shape) == 2:  # The kernel of a dense layer covers 7 × 7 cells in fc6, else one.
            side = 7 if name == "vgg_16/fc6/weights" else 1
            shapes[name] = (side, side, shape[0] // side**2, shape[1])

    def read(name: str, first: int, last: int) -> Any:
        shape = shapes[name]
        # One row of a convolution kernel is many rows of Keras' matrix.
        per_row = int(np.prod(shape[1:-1])) if datasets[name].ndim < len(shape) else 1
        values = datasets[name][first * per_row : last * per_row]
        values = values.reshape(last - first, *shape[1:])
        return values[:, :, ::-1, :] if name == "vgg_16/conv1/conv1_1/weights" else values

    return Checkpoint(path, shapes, read)


def _official_names(file: Any) -> Iterator[tuple[str, Any]]:
    """Yield (TensorFlow's name, dataset) for each parameter of Keras' layers."""
    for layer in file:
        if layer.startswith("block") and "_conv" in layer:
            block, number = layer.removeprefix("block").split("_conv")
            scope = f"vgg_16/conv{block}/conv{block}_{number}"
        elif layer in _DENSE:
            scope = f"vgg_16/{_DENSE[layer]}"
        else:
            continue
        # Keras lists the kernel before the bias. Their names differ between versions of Keras.
        for part, name in zip(
            ("weights", "biases"), file[layer].attrs["weight_names"], strict=True
        ):
            # A path in an HDF5 file may be given as bytes or as text.
            yield f"{scope}/{part}", file[layer][name]


@contextmanager
def _damage_reported(path: Path) -> Iterator[None]:
    """Convert every error of a reader, except lack of memory, to `WeightsError`."""
    try:
        yield
    except (WeightsError, MemoryError):
        raise
    except Exception as error:
        msg = (
            f"{path.name} cannot be read. It is damaged, incomplete or not a VGG-16 checkpoint. "
            f"{REPAIR}"
        )
        raise WeightsError("weights_damaged", msg) from error
