"""Search for the VGG-16 weights on this machine.

The weights are in the cache folder or in a file named by the environment variable
``FCNLIB_VGG_CHECKPOINT``: the checkpoint, the archive that contains it, or Keras' copy of the
weights.
"""

import os
from pathlib import Path

from fcnlib.checkpoints import manifests
from fcnlib.checkpoints.cache import unpack_own
from fcnlib.checkpoints.reading import exists, starts_with
from fcnlib.checkpoints.sources import FETCH_COMMAND, SOURCES
from fcnlib.checkpoints.storage import cache_dir
from fcnlib.errors import WeightsError
from fcnlib.typing import Report, silent

GZIP_MAGIC = b"\x1f\x8b"


def missing() -> WeightsError | None:
    """Return why the weights cannot be read, or None, without unpacking or fetching anything.

    Returns
    -------
    error : WeightsError or None
        ``weights_missing``, with the path and the command that fetches them, if there are no
        weights or if they have changed since they were fetched. None if `find` succeeds.

    """
    result = _search()
    return result if isinstance(result, WeightsError) else None


def find(report: Report = silent) -> Path:
    """Return the path of weights that can be read.

    Parameters
    ----------
    report : callable, optional
        Called with (fraction, text) while an archive named by ``FCNLIB_VGG_CHECKPOINT`` is
        unpacked to the cache, which happens once.

    Returns
    -------
    path : Path
        A checkpoint for `open_checkpoint`.

    Raises
    ------
    WeightsError
        The error that `missing` returns, or ``bad_archive``, ``disk_full`` or ``disk_error``
        while unpacking.

    """
    result = _search()
    if isinstance(result, WeightsError):
        raise result
    return unpack_own(result, report) if starts_with(result, GZIP_MAGIC) else result


def _search() -> Path | WeightsError:
    """Return the checkpoint or archive to use, or the error that explains why there is none."""
    if named := os.environ.get("FCNLIB_VGG_CHECKPOINT"):
        path = Path(named).expanduser().absolute()
        msg = (
            f"FCNLIB_VGG_CHECKPOINT is set to {path}, but there is no such file. It must name "
            "vgg_16.ckpt, the .tar.gz that contains it, or Keras' .h5 file. Correct the path, or "
            f"remove the variable and run {FETCH_COMMAND}."
        )
        return path if exists(path) else WeightsError("weights_missing", msg)
    candidates = [cache_dir() / source.result for source in SOURCES.values()]
    for path in candidates:
        if manifests.is_intact(path):
            return path
    changed = next((path for path in candidates if path.exists()), None)
    problem = f"{changed} was truncated or replaced" if changed else f"{candidates[0]} is missing"
    msg = (
        f"The VGG-16 weights cannot be used: {problem}. Download them (half a gigabyte) with "
        f"{FETCH_COMMAND}, or set FCNLIB_VGG_CHECKPOINT to the path of your own copy."
    )
    return WeightsError("weights_missing", msg)
