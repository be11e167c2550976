"""Search for the VGG-16 weights on this machine.

The weights are in the cache folder, or at the path that the user gives on the command line or in
the environment variable ``FCNLIB_VGG_CHECKPOINT``. The path may be that of a checkpoint, of the
archive that contains it, of Keras' copy of the weights, or of the folder of one of these.
"""

import os
from pathlib import Path

from fcnlib.checkpoints import manifests
from fcnlib.checkpoints.cache import unpack_own
from fcnlib.checkpoints.formats import ACCEPTED, GZIP_MAGIC, head, resolve
from fcnlib.checkpoints.sources import FETCH_COMMAND, SOURCES
from fcnlib.checkpoints.storage import OTHER_FOLDER, cache_dir
from fcnlib.errors import WeightsError
from fcnlib.paths import named as named_path
from fcnlib.paths import shown
from fcnlib.typing import Report, silent

VARIABLE = "FCNLIB_VGG_CHECKPOINT"


def missing() -> WeightsError | None:
    """Return why the weights cannot be read, or None, without unpacking or fetching anything.

    Returns
    -------
    error : WeightsError or None
        ``weights_missing``, with the path and the command that fetches them, if there are no
        weights or if they have changed since they were fetched. ``bad_path`` if a path cannot be
        looked up, ``unreadable`` if a file may not be read. None if `find` finds a file.

    """
    try:
        _search()
    except WeightsError as error:
        return error
    return None


def find(report: Report = silent, named: Path | str | None = None) -> Path:
    """Return the path of weights that can be read.

    Parameters
    ----------
    report : callable, optional
        Called with (fraction, text) while an archive of the user is unpacked to the cache, which
        happens once.
    named : Path or str, optional
        Weights of the user. By default, the value of ``FCNLIB_VGG_CHECKPOINT`` if it is set, else
        the weights in the cache.

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
    path = _search(named)
    return unpack_own(path, report) if head(path).startswith(GZIP_MAGIC) else path


def _search(given: Path | str | None = None) -> Path:
    """Return the checkpoint or archive to use."""
    name = "The path of the weights"
    if given is None:
        given, name = os.environ.get(VARIABLE) or None, f"The path in {VARIABLE}"
    if given is None:
        return _cached()
    advice = f"It must name {ACCEPTED}. Correct the path, or download the weights: {FETCH_COMMAND}."
    path = named_path(given, name, advice, WeightsError).absolute()
    return resolve(path, f"{name} is {shown(path)}, but there is no such file. {advice}")


def _cached() -> Path:
    """Return the checkpoint in the cache."""
    candidates = [cache_dir() / source.result for source in SOURCES.values()]
    for path in candidates:
        # Looking up tells a folder that may not be searched from one without weights.
        named_path(path, "The cached file", OTHER_FOLDER, WeightsError)
        if manifests.is_intact(path):
            return path
    changed = next((path for path in candidates if path.exists()), None)
    problem = (
        f"{shown(changed)} was truncated or replaced"
        if changed
        else f"{shown(candidates[0])} is missing"
    )
    msg = (
        f"The VGG-16 weights cannot be used: {problem}. Download them (half a gigabyte) with "
        f"{FETCH_COMMAND}, or set {VARIABLE} to the path of your own copy."
    )
    raise WeightsError("weights_missing", msg)
