"""Limit on the peak memory of a piece of code, in C as well as in Python."""

from contextlib import contextmanager
from pathlib import Path

import pytest

CLEAR = Path("/proc/self/clear_refs")
RESET_PEAK = "5"


@contextmanager
def at_most(mebibytes):
    """Fail if the resident memory grows by more than `mebibytes` inside the block."""
    if not CLEAR.exists():
        pytest.skip("needs /proc to measure memory")
    CLEAR.write_text(RESET_PEAK)
    before = _peak()
    yield
    grown = (_peak() - before) / 1024
    assert grown <= mebibytes, f"took {grown:.0f} MiB"


def _peak():
    """Return the peak of the resident memory since the last reset, in KiB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
