"""One at a time, across threads and processes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fcnlib.checkpoints.storage import disk_errors

POLL_S = 0.25
"""Seconds between two looks at a lock that another holds."""


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
