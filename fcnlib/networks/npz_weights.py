"""Trained weights of the three heads in one ``.npz`` file: reading and writing.

Weights are stored as float16, each under the name of its head:
``fcn_8s/vgg_16/conv1/conv1_1/weights``. Every head has its own backbone.
"""

import errno
import os
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from fcnlib.errors import WeightsError
from fcnlib.paths import named, shown, why
from fcnlib.typing import AnyArray, Float32Array

Weights = dict[str, Float32Array]

DATA = Path(__file__).parents[1] / "data"
"""The folder of shipped weights and their model cards."""

SHIPPED = DATA / "fcn_scenes.npz"
"""The file in the repository. Its model card is README.md in the same folder."""


def write_arrays(path: Path, arrays: Mapping[str, Any], *, compress: bool = False) -> None:
    """Write arrays to an ``.npz`` file.

    If the process is killed, the file is either the old one or the new one, never a part.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with part.open("wb") as file:
        (np.savez_compressed if compress else np.savez)(file, **arrays)
        file.flush()
        os.fsync(file.fileno())
    # Replacing a file is atomic within a file system.
    part.replace(path)


def read_arrays(path: Path | str, prefix: str = "") -> dict[str, AnyArray]:
    """Read the arrays whose names begin with `prefix` from an ``.npz`` file.

    Raises
    ------
    WeightsError
        If the file is missing, unreadable or damaged, or its path cannot be looked up.

    """
    path = named(path, error=WeightsError)
    try:
        if path.exists() and not path.is_file():  # Opening a named pipe never ends.
            raise OSError(errno.EINVAL, "it is not a file")
        opened = path.open("rb")
    except FileNotFoundError as error:
        msg = f"There are no trained weights at {shown(path)}. Train some: python -m fcnlib train."
        raise WeightsError("missing", msg) from error
    except OSError as error:
        msg = (
            f"The weights {shown(path)} cannot be read: {why(error)}. Name the file of the weights."
        )
        raise WeightsError("unreadable", msg) from error
    try:
        with opened as file, np.lib.npyio.NpzFile(file) as stored:
            return {name: stored[name] for name in stored.files if name.startswith(prefix)}
    except (OSError, RuntimeError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        msg = f"{shown(path)} is damaged or is not a weights file. Download or train it again."
        raise WeightsError("damaged", msg) from error


def write_weights(path: Path, weights: Mapping[str, Weights]) -> Path:
    """Write the weights of some heads, compressed and as float16, and return the path.

    Parameters
    ----------
    path : Path
        The file. An existing file is replaced.
    weights : mapping of str to dict of str to ndarray
        For each head, its weights by variable name.

    """
    arrays = {
        f"{head}/{name}": values.astype(np.float16)
        for head, by_name in weights.items()
        for name, values in by_name.items()
    }
    write_arrays(path, arrays, compress=True)
    return path


def read_weights(head: str, path: Path | str = SHIPPED) -> Weights:
    """Read the weights of one head.

    Parameters
    ----------
    head : {"fcn_32s", "fcn_16s", "fcn_8s"}
        Which head to read.
    path : Path or str, optional
        A file written by `write_weights`. By default, the file in the repository.

    Returns
    -------
    weights : dict of str to ndarray
        float32 arrays by variable name.

    Raises
    ------
    WeightsError
        If the file is missing or damaged, or does not contain the head.

    Examples
    --------
    >>> read_weights("fcn_8s")["vgg_16/conv1/conv1_1/weights"].shape
    (3, 3, 3, 16)

    """
    arrays = read_arrays(path, f"{head}/")
    if not arrays:
        msg = f"{shown(path)} holds no weights of {head}. Choose another head, or train it."
        raise WeightsError("no_such_head", msg)
    return {name.removeprefix(f"{head}/"): a.astype(np.float32) for name, a in arrays.items()}
