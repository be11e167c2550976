"""Reading of VGG-16 checkpoints one tensor at a time, by the official names.

`Checkpoint` has the same methods for three formats: TensorFlow's single file of version 1,
TensorFlow's bundle of version 2, and Keras' HDF5 copy of the same network.
"""

import difflib
import glob
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from fcnlib import runtime
from fcnlib.checkpoints.formats import ACCEPTED, GZIP_MAGIC, HDF5_MAGIC, REPAIR, head, resolve
from fcnlib.checkpoints.sstable import Table, UnusualTableError
from fcnlib.checkpoints.v1_tensors import read_rows
from fcnlib.errors import WeightsError
from fcnlib.paths import named, shown
from fcnlib.typing import Float32Array

Shapes = Mapping[str, tuple[int, ...]]
ReadRows = Callable[[str, int, int], Any]
ROWS_NBYTES = 64 << 20
_CONVOLUTIONS = [
    (block, number)
    for block, depth in enumerate((2, 2, 3, 3, 3), 1)
    for number in range(1, depth + 1)
]
_DENSE = {"fc1": "fc6", "fc2": "fc7", "predictions": "fc8"}
# Names of layers in Keras. A file of Keras 3 numbers the layers of each class instead: conv2d is
# the first convolution, conv2d_1 the second.
_SCOPES = {f"block{b}_conv{n}": f"vgg_16/conv{b}/conv{b}_{n}" for b, n in _CONVOLUTIONS}
_SCOPES |= {layer: f"vgg_16/{name}" for layer, name in _DENSE.items()}
_SCOPES |= {
    f"conv2d_{i}" if i else "conv2d": f"vgg_16/conv{b}/conv{b}_{n}"
    for i, (b, n) in enumerate(_CONVOLUTIONS)
}
_SCOPES |= {
    f"dense_{i}" if i else "dense": f"vgg_16/{name}" for i, name in enumerate(_DENSE.values())
}


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
        ``vgg_16.ckpt``, the prefix of a version 2 checkpoint or one of its files, a ``.h5`` file
        of Keras, or the folder of one of these.

    Yields
    ------
    checkpoint : Checkpoint
        Read it inside the ``with`` block.

    Raises
    ------
    WeightsError
        ``weights_missing`` if there is no such file, ``bad_path`` or ``unreadable`` if it cannot
        be looked up or read, ``other_format`` for a file of another kind, ``without_top`` if a
        file of Keras lacks the dense layers, ``weights_damaged`` if it is damaged or not a
        checkpoint.

    """
    path = resolve(named(path, error=WeightsError))
    start = head(path)
    if start.startswith(GZIP_MAGIC):
        msg = f"{shown(path.name)} is an archive. Unpack it and name the vgg_16.ckpt in it."
        raise WeightsError("other_format", msg)
    with ExitStack() as stack:
        with _damage_reported(path):
            is_keras = start.startswith(HDF5_MAGIC)
            read = _keras_checkpoint if is_keras else _tensorflow_checkpoint
            checkpoint = read(path, stack)
        yield checkpoint


def _tensorflow_checkpoint(path: Path, stack: ExitStack) -> Checkpoint:
    """Return a checkpoint of version 1 or 2, whose blocks have checksums.

    TensorFlow lists the tensors of both versions. A version 1 file as `tf.train.Saver` writes it is
    read by `fcnlib.checkpoints.v1_tensors`, which takes less memory. TensorFlow reads all others.
    """
    # TensorFlow interprets the path of a version 1 file as a glob pattern.
    pattern = glob.escape(str(path)) if path.is_file() else str(path)
    # TensorFlow refuses a str that is not valid Unicode, which the name of a file may be.
    reader = runtime.load().tf1.train.NewCheckpointReader(os.fsencode(pattern))
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
    kernels = [data.shape[:2] for name, data in datasets.items() if name.endswith("/weights")]
    # Other networks have another number of convolutions, or larger or smaller kernels.
    number = sum("conv" in name for name in _layers(file))
    if number == len(_CONVOLUTIONS) and kernels == [(3, 3)] * number:
        msg = (
            f"{shown(path.name)} contains the convolutions of VGG-16 but not fc6, fc7 and fc8, "
            "which the classes need. Name Keras' file without notop in its name."
        )
        raise WeightsError("without_top", msg)
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


def _layers(file: Any) -> Any:
    """Return the group of all layers: ``save_weights`` and ``save`` of Keras 3 each nest them."""
    return file.get("layers") or file.get("model_weights") or file


def _official_names(file: Any) -> Iterator[tuple[str, Any]]:
    """Yield (TensorFlow's name, dataset) for each parameter of Keras' layers."""
    layers = _layers(file)
    for layer in _SCOPES.keys() & layers.keys():
        group = layers[layer]
        if "vars" in group:
            group = group["vars"]
            names = ["0", "1"]
        else:
            names = group.attrs["weight_names"]
        # Keras lists the kernel before the bias. Their names differ between versions of Keras.
        for part, name in zip(("weights", "biases"), names, strict=True):
            # A path in an HDF5 file may be given as bytes or as text.
            yield f"{_SCOPES[layer]}/{part}", group[name]


@contextmanager
def _damage_reported(path: Path) -> Iterator[None]:
    """Convert every error of a reader, except lack of memory, to `WeightsError`."""
    try:
        yield
    except (WeightsError, MemoryError):
        raise
    except Exception as error:
        msg = (
            f"{shown(path.name)} cannot be read. It is damaged or incomplete, or it is not "
            f"{ACCEPTED}. {REPAIR}"
        )
        raise WeightsError("weights_damaged", msg) from error
