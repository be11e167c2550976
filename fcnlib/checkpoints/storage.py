"""Write large files: the cache folder, free space, disk errors, and one writer at a time."""

import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import platformdirs

from fcnlib.errors import WeightsError

POLL_S = 0.25
"""Seconds between two looks at a lock that another holds."""

_FULL = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}


def cache_dir() -> Path:
    """Return the folder that fetched weights are kept in; it need not exist yet.

    Returns
    -------
    folder : Path
        ``FCNLIB_CACHE_DIR`` if it is set, else the user's cache folder for ``fcnlib``.

    Examples
    --------
    >>> cache_dir().is_absolute()
    True

    """
    named = os.environ.get("FCNLIB_CACHE_DIR")
    return Path(named or platformdirs.user_cache_dir("fcnlib")).expanduser().absolute()


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn what the disk refuses within the block into one `WeightsError`.

    Parameters
    ----------
    path : Path
        File or folder that the block writes, for the message.

    Raises
    ------
    WeightsError
        ``disk_full`` if there is no room or a quota is used up; ``disk_error`` otherwise.

    """
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        if error.errno in _FULL:
            msg = (
                f"The disk is full: {path} could not be written ({reason}). What was fetched is "
                "kept. Free some space, or set FCNLIB_CACHE_DIR to a folder on another disk."
            )
            raise WeightsError("disk_full", msg) from error
        msg = (
            f"{path} could not be written ({reason}). Set FCNLIB_CACHE_DIR to a folder that "
            "this user may write to."
        )
        raise WeightsError("disk_error", msg) from error


def check_space(folder: Path, needed: int) -> None:
    """Raise unless `needed` more bytes fit on the disk that holds `folder`.

    Parameters
    ----------
    folder : Path
        Existing folder.
    needed : int
        Bytes still to be written.

    Raises
    ------
    WeightsError
        ``disk_full``.

    Examples
    --------
    >>> check_space(Path("."), 1)

    """
    free = shutil.disk_usage(folder).free
    if free < needed:
        msg = (
            f"The disk is too full: {needed:,} more bytes are needed in {folder}, {free:,} are "
            "free. Free some space, or set FCNLIB_CACHE_DIR to a folder on another disk."
        )
        raise WeightsError("disk_full", msg)


def file_digest(path: Path, algorithm: str = "sha256") -> str:
    """Return the hexadecimal hash of a file's bytes.

    Parameters
    ----------
    path : Path
        File to read, in small pieces.
    algorithm : str
        Name of the hash, as `hashlib.new` takes it.

    Returns
    -------
    digest : str
        Lower-case hexadecimal digits.

    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def make_private_folder(path: Path) -> Path:
    """Make a folder that only this user may enter, unless it is there already.

    Parameters
    ----------
    path : Path
        Folder; missing parents are made too.

    Returns
    -------
    path : Path
        The same folder.

    """
    with disk_errors(path):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not os.access(path, os.W_OK):
        msg = (
            f"{path} may not be written to by this user. Set FCNLIB_CACHE_DIR to a folder of "
            "your own."
        )
        raise WeightsError("disk_error", msg)
    return path


@contextmanager
def only_one(path: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold a lock file for the block; a process that dies lets go of it.

    Parameters
    ----------
    path : Path
        The lock file, in an existing folder. It may stay behind and means nothing then.
    waiting : callable
        Called a few times a second while another holds the lock. It may raise to give up.

    Raises
    ------
    WeightsError
        ``disk_error`` if the lock file cannot be made.

    """
    import filelock

    lock = filelock.FileLock(path)
    while not _acquire(lock, path):
        waiting()
    try:
        yield
    finally:
        lock.release()


def _acquire(lock: Any, path: Path) -> bool:
    """Try for a moment to get a lock."""
    import filelock

    with disk_errors(path):
        try:
            lock.acquire(timeout=POLL_S, poll_interval=POLL_S / 5)
        except filelock.Timeout:
            return False
    return True
