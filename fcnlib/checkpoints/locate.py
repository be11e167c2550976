"""Where the VGG-16 weights lie, how they get there, and how they are read.

`find` says where they are, `fetch` brings them once for all threads and processes,
`open_checkpoint` reads them tensor by tensor and `verify` checks them before they serve.
The environment variable ``FCNLIB_VGG_CHECKPOINT`` names a file of one's own instead: the
checkpoint, the archive it comes in, or Keras' copy of the weights.
"""

import os
from pathlib import Path

from fcnlib.checkpoints import manifests
from fcnlib.checkpoints.cache import fetch, unpack_own
from fcnlib.checkpoints.reading import Checkpoint, exists, open_checkpoint, starts_with
from fcnlib.checkpoints.sources import SOURCES, Source, configured
from fcnlib.checkpoints.storage import cache_dir
from fcnlib.checkpoints.verification import (
    Verification,
    checked_rows,
    largest_differences,
    verify,
)
from fcnlib.errors import WeightsError
from fcnlib.typing import Report, silent

__all__ = [
    "SOURCES",
    "Checkpoint",
    "Source",
    "Verification",
    "cache_dir",
    "checked_rows",
    "configured",
    "fetch",
    "find",
    "largest_differences",
    "missing",
    "open_checkpoint",
    "verify",
]

GZIP_MAGIC = b"\x1f\x8b"
FETCH_COMMAND = "python -m fcnlib weights --fetch"


def missing() -> WeightsError | None:
    """Tell what keeps the weights from being read, without unpacking or fetching.

    Returns
    -------
    error : WeightsError or None
        ``weights_missing``, with path and command, if there are no weights or none that are
        as they were fetched. None if `find` has something to give.

    """
    found = _look()
    return found if isinstance(found, WeightsError) else None


def find(report: Report = silent) -> Path:
    """Return the path of weights that are ready to be read.

    Parameters
    ----------
    report : callable
        Told of the progress where ``FCNLIB_VGG_CHECKPOINT`` names an archive, which is
        unpacked to the cache once.

    Returns
    -------
    path : Path
        A checkpoint for `open_checkpoint`.

    Raises
    ------
    WeightsError
        What `missing` returns; ``bad_archive``, ``disk_full`` or ``disk_error`` while
        unpacking.

    """
    found = _look()
    if isinstance(found, WeightsError):
        raise found
    return unpack_own(found, report) if starts_with(found, GZIP_MAGIC) else found


def _look() -> Path | WeightsError:
    """Return the file to use, as it lies, or why there is none."""
    if named := os.environ.get("FCNLIB_VGG_CHECKPOINT"):
        path = Path(named).expanduser().absolute()
        msg = (
            f"There is no {path}, which FCNLIB_VGG_CHECKPOINT names. Expected is vgg_16.ckpt, "
            f"its .tar.gz or Keras' .h5. Correct the path, or unset it and run {FETCH_COMMAND}."
        )
        return path if exists(path) else WeightsError("weights_missing", msg)
    places = [cache_dir() / source.result for source in SOURCES.values()]
    for path in places:
        if manifests.is_intact(path):
            return path
    changed = [path for path in places if path.exists()]
    problem = (
        f"{changed[0]} is not the file that was fetched; it was cut or replaced"
        if changed
        else f"There is no {places[0]}"
    )
    msg = (
        f"{problem}. Expected are the VGG-16 weights, half a gigabyte. Fetch them with "
        f"{FETCH_COMMAND}, or set FCNLIB_VGG_CHECKPOINT to a copy of your own."
    )
    return WeightsError("weights_missing", msg)
