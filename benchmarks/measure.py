"""Medians of calls taken in turn, and the peak memory of a call in a process of its own."""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

REPEATS = 5
Work = Callable[[], Any]


def seconds(ours: Work, peer: Work, repeats: int = REPEATS) -> tuple[float, float]:
    """Return the median times of two calls.

    Each is made once before it counts; then they take turns, so that what else the machine
    does in these seconds falls on both.
    """
    ours()
    peer()
    first, second = zip(*((_time(ours), _time(peer)) for _ in range(repeats)), strict=True)
    return statistics.median(first), statistics.median(second)


def peak_mb(call: str) -> float:
    """Return the peak resident memory in MB of a new process that makes one call.

    Parameters
    ----------
    call : str
        Such as ``"class_maps.ours('noise')"``, of a module of this package.

    Notes
    -----
    Read from Linux' process status: `resource.getrusage` would count the parent's memory too.
    """
    module = call.partition(".")[0]
    code = (
        f"from benchmarks import {module}; {call}; "
        "print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1]) * 1024 / 1e6


def _time(work: Work) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
