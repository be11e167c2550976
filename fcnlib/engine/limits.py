"""Limits that a worker process sets for itself before it runs anything."""

import contextlib
import os
import sys
from pathlib import Path

from fcnlib.engine.tasks import Lane
from fcnlib.runtime import machine_nbytes, whole_number

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

MOST_MEMORY = 10**15  # bytes


def memory_limit(lane: Lane) -> int | None:
    """Return the largest size in bytes of a worker's data, or None if there is no limit.

    Raises
    ------
    FcnlibError
        ``bad_setting`` if the variable ``FCNLIB_WORKER_MEMORY`` is not a whole number of bytes.

    """
    return whole_number("FCNLIB_WORKER_MEMORY", MOST_MEMORY) or lane.memory or _most_of_memory()


def apply(lane: Lane) -> None:
    """Limit the memory and priority of this process as its lane says."""
    memory = memory_limit(lane)
    if resource and memory and sys.platform == "linux":
        # Elsewhere the limit on data does not count memory that is mapped, which is most of it.
        _set_soft(resource.RLIMIT_DATA, memory)
    if hasattr(os, "nice"):
        os.nice(lane.niceness)
    with contextlib.suppress(OSError):
        # If memory runs out, Linux should end a worker, which can be replaced, not the server.
        Path("/proc/self/oom_score_adj").write_text("500")


def processor_seconds(seconds: int | None) -> None:
    """Let the system end this process after so many more seconds of processor time."""
    if resource and seconds:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        _set_soft(resource.RLIMIT_CPU, int(usage.ru_utime + usage.ru_stime) + seconds)


def _set_soft(limit: int, value: int) -> None:
    _, most = resource.getrlimit(limit)
    allowed = value if most == resource.RLIM_INFINITY else min(value, most)
    resource.setrlimit(limit, (allowed, most))


def _most_of_memory() -> int | None:
    """Return three quarters of the machine's memory in bytes, or None if it is unknown."""
    installed = machine_nbytes()
    return installed and installed // 4 * 3
