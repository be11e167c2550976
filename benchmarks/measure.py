"""Median times of alternating calls, peak memory, the machine, and two versions of the app."""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fcnlib.facts import machine
from fcnlib.runtime import machine_nbytes

ROOT = Path(__file__).parents[1]
REPEATS = 5
Work = Callable[[], Any]


def seconds(ours: Work, peer: Work, repeats: int = REPEATS) -> tuple[float, float]:
    """Return the median times of two calls in seconds.

    Each is called once without measuring. Then they alternate, so that other load on the machine
    affects both.
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
        A call of a function in this package, such as ``"class_maps.ours(1.0)"``.

    Notes
    -----
    Read from the process status of Linux, because `resource.getrusage` includes the memory of the
    parent process.
    """
    module = call.partition(".")[0]
    code = (
        f"from benchmarks import {module}; {call}; "
        "print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1]) * 1024 / 1e6


def this_machine() -> str:
    """Return the processor, its cores and the memory."""
    nbytes = machine_nbytes()
    return machine.machine() if nbytes is None else f"{machine.machine()}, {nbytes / 1e9:.0f} GB"


def _time(work: Work) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def versions() -> list[Path]:
    """Return the folder that the command line names, if it names one, and this version's."""
    return [*(Path(name).resolve() for name in sys.argv[1:2]), ROOT]


def pair(*figures: str | None) -> str:
    """Return a cell with the numbers of all versions; None is for one without such a thing.

    Examples
    --------
    >>> pair("3", "0"), pair(None, "0")
    ('3 → 0', '0')

    """
    return " → ".join(figure for figure in figures if figure is not None)
