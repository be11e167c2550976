"""Manifests, small JSON files that show whether a large file has changed.

The manifest of ``vgg_16.ckpt`` is ``vgg_16.ckpt.json``. It contains the size, the SHA-256, the
modification time, the source and the date. A file that was truncated or replaced, even by a link,
no longer matches its manifest. If nothing has changed, the check takes one call of `stat`.
"""

import json
import stat
from contextlib import suppress
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
        The file. Its manifest is written to the same folder, with ``.json`` added to the name.
    sha256 : str
        Hash of the file.
    **origin : str
        Further entries that describe where the file came from.

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
        temporary = path.with_name(path.name + ".json.new")
        temporary.write_text(json.dumps(manifest, indent=2) + "\n")
        temporary.replace(manifest_path(path))


def read(path: Path) -> dict[str, Any]:
    """Return the manifest of a file, or an empty dict if it is missing or cannot be read."""
    try:
        manifest = json.loads(manifest_path(path).read_text())
    except (OSError, ValueError):
        return {}
    return manifest if isinstance(manifest, dict) else {}


def is_intact(path: Path, *, thorough: bool = False) -> bool:
    """Return whether a file is the one that its manifest describes.

    The size and the kind of file are always compared. The hash is computed if the modification
    time differs, for example after copying, and only once for each state of the file.

    Parameters
    ----------
    path : Path
        File to check. It may be missing.
    thorough : bool, optional
        Always compute the hash, which also detects damage on the disk.

    Returns
    -------
    intact : bool
        False if the file or its manifest is missing, truncated, replaced or a link.

    """
    manifest = read(path)
    with suppress(OSError):
        state = path.lstat()
        if not stat.S_ISREG(state.st_mode) or state.st_size != manifest.get("size"):
            return False
        if not thorough and state.st_mtime_ns == manifest.get("mtime_ns"):
            return True
        version = (state.st_size, state.st_mtime_ns)
        digest = file_digest(path) if thorough else _digest_of(path, version)
        return bool(digest == manifest.get("sha256"))
    return False


def manifest_path(path: Path) -> Path:
    """Return the path of the manifest of `path`.

    Examples
    --------
    >>> manifest_path(Path("vgg_16.ckpt")).name
    'vgg_16.ckpt.json'

    """
    return path.with_name(path.name + ".json")


def discard(path: Path) -> None:
    """Remove a file and its manifest if they exist."""
    with disk_errors(path):
        path.unlink(missing_ok=True)
        manifest_path(path).unlink(missing_ok=True)


@lru_cache(maxsize=8)
def _digest_of(path: Path, version: tuple[int, int]) -> str:
    """Return the hash of a file, computed once for each version (size, modification time)."""
    return file_digest(path)
