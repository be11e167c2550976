"""Medians of repeated calls, and the peak memory of a call in a process of its own."""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

REPEATS = 5


def seconds(work: Callable[[], Any], repeats: int = REPEATS) -> float:
    """Return the median time of `work`, which is called once before it counts."""
    work()
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def peak_mib(function: str) -> float:
    """Return the peak resident memory of ``benchmarks.rows.<function>()`` in a new process.

    Read from Linux' process status: `resource.getrusage` would count the parent's memory too.
    """
    code = (
        f"from benchmarks import rows; rows.{function}(); "
        "print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1]) / 1024
