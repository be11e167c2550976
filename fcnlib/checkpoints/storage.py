"""Cache folder, free space, disk errors, hashes, and a lock for one writer at a time."""

import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import platformdirs

from fcnlib.errors import WeightsError
from fcnlib.paths import named, shown, why

POLL_S = 0.25
"""Seconds between two checks of a lock that another thread or process holds."""

MORE_SPACE = "Free some space, or set FCNLIB_CACHE_DIR to a folder on another disk."
OTHER_FOLDER = "Set FCNLIB_CACHE_DIR to a folder that you are allowed to write to."

_FULL = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}


def cache_dir() -> Path:
    """Return the folder for downloaded weights, which may not exist yet.

    Returns
    -------
    folder : Path
        ``FCNLIB_CACHE_DIR`` if it is set, else the user's cache folder for ``fcnlib``.

    Raises
    ------
    WeightsError
        ``bad_path`` if this path cannot be looked up, or the user has no home folder.

    Examples
    --------
    >>> cache_dir().is_absolute()
    True

    """
    folder = os.environ.get("FCNLIB_CACHE_DIR")
    if not folder:
        try:
            folder = platformdirs.user_cache_dir("fcnlib")
        except RuntimeError:  # Some versions return a path with the ~ instead.
            folder = "~/.cache/fcnlib"
    return named(folder, "The cache folder", OTHER_FOLDER, WeightsError).absolute()


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Convert an `OSError` of the block to `WeightsError`.

    Parameters
    ----------
    path : Path
        File or folder that the block reads or writes, for the message.

    Raises
    ------
    WeightsError
        ``disk_full`` if there is no space or a quota is used up, otherwise ``disk_error``.

    """
    try:
        yield
    except OSError as error:
        full = error.errno in _FULL
        advice = f"What was downloaded is kept. {MORE_SPACE}" if full else OTHER_FOLDER
        msg = f"{shown(path)} could not be read or written: {why(error)}. {advice}"
        raise WeightsError("disk_full" if full else "disk_error", msg) from error


def check_space(folder: Path, needed: int) -> None:
    """Raise unless the disk of `folder` has space for `needed` more bytes.

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
            f"The disk of {shown(folder)} is too full: {needed:,} more bytes are needed, "
            f"{free:,} are free. {MORE_SPACE}"
        )
        raise WeightsError("disk_full", msg)


def file_digest(path: Path, algorithm: str = "sha256") -> str:
    """Return the hash of a file's bytes in hexadecimal.

    Parameters
    ----------
    path : Path
        File to read, in small pieces.
    algorithm : str, optional
        Name of the hash, as for `hashlib.new`.

    Returns
    -------
    digest : str
        Lower-case hexadecimal digits.

    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def progress_text(activity: str, done: int, total: int) -> str:
    """Return a text that says how many bytes are done.

    Examples
    --------
    >>> progress_text("Downloading", 1048576, 513324920)
    'Downloading: 1,048,576 of 513,324,920 bytes'

    """
    return f"{activity}: {done:,} of {total:,} bytes"


def make_private_folder(path: Path) -> Path:
    """Create a folder that only this user may enter, unless it exists.

    Parameters
    ----------
    path : Path
        Folder. Missing parents are created too.

    Returns
    -------
    path : Path
        The same folder.

    Raises
    ------
    WeightsError
        ``disk_full``, or ``disk_error`` if this user may not write to the folder.

    """
    with disk_errors(path):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not os.access(path, os.W_OK | os.X_OK):
        msg = f"You are not allowed to write to the folder {shown(path)}. {OTHER_FOLDER}"
        raise WeightsError("disk_error", msg)
    return path


@contextmanager
def only_one(path: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold a lock file during the block; the lock of a process that dies is released.

    Parameters
    ----------
    path : Path
        The lock file, in an existing folder. The file may remain after the lock is released.
    waiting : callable
        Called without arguments a few times a second while another thread or process holds the
        lock. It may raise an exception to give up.

    Raises
    ------
    WeightsError
        ``disk_error`` if the lock file cannot be created.

    """
    import filelock

    lock = filelock.FileLock(path)
    while True:
        # filelock.Timeout is an OSError, so it must be suppressed before disk_errors sees it.
        with disk_errors(path), suppress(filelock.Timeout):
            lock.acquire(timeout=POLL_S, poll_interval=POLL_S / 5)
            break
        waiting()
    try:
        yield
    finally:
        lock.release()
