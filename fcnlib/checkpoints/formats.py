"""What is at a path to weights: a file of a known format, part of a checkpoint, or a folder."""

import os
import re
from pathlib import Path

from fcnlib.checkpoints.sources import FETCH_COMMAND, SOURCES
from fcnlib.errors import WeightsError
from fcnlib.paths import shown, why

GZIP_MAGIC = b"\x1f\x8b"
HDF5_MAGIC = b"\x89HDF\r\n\x1a\n"
ACCEPTED = "vgg_16.ckpt, the .tar.gz that contains it, or the .h5 file of Keras"
REPAIR = (
    f"Download the weights again with {FETCH_COMMAND}, or set FCNLIB_VGG_CHECKPOINT to the path of "
    "an undamaged copy."
)

# Start of a file, and what it then is. Checkpoints of TensorFlow start with a zero.
_OTHERS = {
    b"PK\x03\x04": "a ZIP file, as .npz, .keras and .pth files are",
    b"\x93NUMPY": "an array of NumPy",
    b"\x80": "a pickle, as old .pth files are",
}
_TAR_MAGIC, _TAR_AT = b"ustar", 257
_PART = re.compile(r"(.+)\.(?:index|meta|data-[0-9]{5}-of-[0-9]{5})")
_NAMED = 3  # checkpoints of a folder in a message


def resolve(path: Path, missing: str = "") -> Path:
    """Return the file or prefix of the weights that a path names.

    Parameters
    ----------
    path : Path
        Weights in any format, their archive, one file of a version 2 checkpoint, or a folder that
        contains weights.
    missing : str, optional
        Message of the error if there is nothing at the path.

    Returns
    -------
    path : Path
        A file, or the prefix of a version 2 checkpoint.

    Raises
    ------
    WeightsError
        ``weights_missing`` if there are no weights, or several in a folder, ``unreadable`` if
        the file may not be read, ``other_format`` if its first bytes are those of a format that
        is not supported.

    """
    part = _PART.fullmatch(path.name)
    if part and exists(path.with_name(part[1])):
        path = path.with_name(part[1])
    elif path.is_dir() and not exists(path):
        path = _in_folder(path)
    elif not exists(path):
        msg = missing or f"There is no checkpoint at {shown(path)}. {REPAIR}"
        raise WeightsError("weights_missing", msg)
    elif part:
        msg = (
            f"{shown(path.name)} is a part of a checkpoint, but {shown(part[1] + '.index')} is not "
            "in its folder. Copy all files of the checkpoint to one folder."
        )
        raise WeightsError("weights_missing", msg)
    start = head(path)
    names = [name for magic, name in _OTHERS.items() if start.startswith(magic)]
    if start[_TAR_AT:].startswith(_TAR_MAGIC):
        names = ["a .tar file that is not compressed"]
    if names:
        msg = f"{shown(path.name)} is {names[0]}. The weights must be {ACCEPTED}."
        raise WeightsError("other_format", msg)
    return path


def exists(path: Path) -> bool:
    """Return whether a path is a file or the prefix of a version 2 checkpoint."""
    # Path.is_file raises an error for a name that is too long.
    return os.path.isfile(path) or os.path.isfile(f"{path}.index")


def head(path: Path) -> bytes:
    """Return the first 512 bytes of a file, or no bytes for the prefix of a checkpoint.

    Raises
    ------
    WeightsError
        ``unreadable``.

    """
    if not os.path.isfile(path):
        return b""
    try:
        with path.open("rb") as file:
            return file.read(512)
    except OSError as error:
        msg = f"{shown(path)} cannot be read: {why(error)}. Check its permissions."
        raise WeightsError("unreadable", msg) from error


def _in_folder(folder: Path) -> Path:
    """Return the weights in a folder: a file with an official name, or the only checkpoint."""
    for source in SOURCES.values():
        for name in (source.result, source.filename):
            if exists(folder / name):
                return folder / name
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        msg = f"{shown(folder)} cannot be read: {why(error)}. Check its permissions."
        raise WeightsError("unreadable", msg) from error
    found = [name.removesuffix(".index") for name in names if name.endswith(".index")]
    if len(found) == 1:
        return folder / found[0]
    problem = "no checkpoint"
    if found:
        problem = f"{len(found)} checkpoints, such as {', '.join(map(shown, found[:_NAMED]))}"
    msg = f"The folder {shown(folder)} contains {problem}. Name a file: {ACCEPTED}. {REPAIR}"
    raise WeightsError("weights_missing", msg)
