"""Trained weights of the three heads in one ``.npz`` file, and how such files are written.

Weights are stored as float16, each under its head's name:
``fcn_8s/vgg_16/conv1/conv1_1/weights``. Every head has a backbone of its own.
"""

import os
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fcnlib.errors import WeightsError
from fcnlib.typing import Float32Array

Weights = dict[str, Float32Array]

DATA = Path(__file__).parents[1] / "data"
"""The folder of shipped weights and their model cards."""

SHIPPED = DATA / "fcn_scenes.npz"
"""The file in the repository; its model card is the README.md beside it."""


def write_arrays(path: Path, arrays: Mapping[str, Any], *, compress: bool = False) -> None:
    """Write arrays to an ``.npz`` file; a kill leaves the old file or the new, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with part.open("wb") as file:
        (np.savez_compressed if compress else np.savez)(file, **arrays)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def read_arrays(path: Path, prefix: str = "") -> dict[str, NDArray[Any]]:
    """Read the arrays whose names begin with `prefix` from an ``.npz`` file.

    Raises
    ------
    WeightsError
        If the file is missing or damaged.

    """
    try:
        with path.open("rb") as file, np.lib.npyio.NpzFile(file) as stored:
            return {name: stored[name] for name in stored.files if name.startswith(prefix)}
    except FileNotFoundError as error:
        msg = f"There are no trained weights at {path}. Train some: python -m fcnlib train."
        raise WeightsError("missing", msg) from error
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        msg = f"{path} is damaged or no weights file. Fetch or train it again."
        raise WeightsError("damaged", msg) from error


def write_weights(path: Path, weights: Mapping[str, Weights]) -> Path:
    """Write the weights of some heads, compressed and as float16, and return the path.

    Parameters
    ----------
    path : Path
        The file; what it held is replaced.
    weights : mapping of str to dict of str to ndarray
        Weights by variable, by head.

    """
    arrays = {
        f"{head}/{name}": values.astype(np.float16)
        for head, by_name in weights.items()
        for name, values in by_name.items()
    }
    write_arrays(path, arrays, compress=True)
    return path


def read_weights(head: str, path: Path = SHIPPED) -> Weights:
    """Read the weights of one head.

    Parameters
    ----------
    head : {"fcn_32s", "fcn_16s", "fcn_8s"}
        Which head.
    path : Path, optional
        A file that `write_weights` wrote; by default the shipped one.

    Returns
    -------
    weights : dict of str to ndarray
        float32 arrays by the name of their variable.

    Raises
    ------
    WeightsError
        If the file is missing or damaged, or holds no such head.

    Examples
    --------
    >>> read_weights("fcn_8s")["vgg_16/conv1/conv1_1/weights"].shape
    (3, 3, 3, 16)

    """
    found = {
        name.partition("/")[2]: values.astype(np.float32)
        for name, values in read_arrays(path, f"{head}/").items()
    }
    if not found:
        msg = f"{path} holds no weights of {head}. Choose another head, or train it."
        raise WeightsError("no_such_head", msg)
    return found
