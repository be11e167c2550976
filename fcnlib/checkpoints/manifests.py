"""A note beside a large file, by which damage is noticed before the file is read.

The manifest of ``vgg_16.ckpt`` is ``vgg_16.ckpt.json``: size, SHA-256, time of change,
source and date. A file that was cut, replaced or linked away no longer matches it. Where
nothing changed, finding that out costs one `stat`.
"""

import json
import stat
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from fcnlib.checkpoints.storage import disk_errors, file_digest


def record(path: Path, sha256: str, **origin: str) -> None:
    """Write the manifest of a finished file.

    Parameters
    ----------
    path : Path
        The file; its manifest lies beside it, with ``.json`` added to the name.
    sha256 : str
        Its hash.
    **origin
        Where the file came from, in the caller's words.

    Raises
    ------
    WeightsError
        ``disk_full`` or ``disk_error``.

    """
    with disk_errors(path):
        state = path.stat()
        manifest = {
            "size": state.st_size,
            "sha256": sha256,
            "mtime_ns": state.st_mtime_ns,
            "written": datetime.now(UTC).isoformat(timespec="seconds"),
            **origin,
        }
        fresh = path.with_name(path.name + ".json.new")
        fresh.write_text(json.dumps(manifest, indent=2) + "\n")
        fresh.replace(manifest_path(path))


def read(path: Path) -> dict[str, Any]:
    """Return the manifest of a file, empty if there is none or it cannot be read."""
    try:
        manifest = json.loads(manifest_path(path).read_text())
    except (OSError, ValueError):
        return {}
    return manifest if isinstance(manifest, dict) else {}


def is_intact(path: Path, *, thorough: bool = False) -> bool:
    """Tell whether a file is the one that its manifest describes.

    Size and kind are always compared. The hash is computed where the time of change
    differs, as it does after copying, and then once for each state of the file.

    Parameters
    ----------
    path : Path
        File to check. It may be missing.
    thorough : bool
        Compute the hash in any case, which also finds a disk that forgets.

    Returns
    -------
    intact : bool
        False if the file or its manifest is missing, cut, replaced or a link.

    """
    manifest = read(path)
    try:
        state = path.lstat()
        if not stat.S_ISREG(state.st_mode) or state.st_size != manifest.get("size"):
            return False
        if thorough:
            digest = file_digest(path)
        elif state.st_mtime_ns == manifest.get("mtime_ns"):
            return True
        else:
            digest = _digest_of(path, state.st_size, state.st_mtime_ns)
    except OSError:
        return False
    return digest == manifest.get("sha256")


def manifest_path(path: Path) -> Path:
    """Return where the manifest of `path` lies.

    Examples
    --------
    >>> manifest_path(Path("vgg_16.ckpt")).name
    'vgg_16.ckpt.json'

    """
    return path.with_name(path.name + ".json")


def discard(path: Path) -> None:
    """Remove a file and its manifest, if they are there."""
    with disk_errors(path):
        path.unlink(missing_ok=True)
        manifest_path(path).unlink(missing_ok=True)


@lru_cache(maxsize=8)
def _digest_of(path: Path, size: int, mtime_ns: int) -> str:
    """Hash a file once for each of its states; size and time are the key."""
    return file_digest(path)
