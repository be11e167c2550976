"""What the figures were computed on: processor, cores, and the libraries' versions."""

import os
import platform
from importlib import metadata
from pathlib import Path

PACKAGES = ("numpy", "scipy", "scikit-image", "tensorflow", "tf-slim")


def machine(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """Return the processor and the number of cores that this process may use.

    Parameters
    ----------
    cpuinfo : Path, optional
        Where Linux tells the processor's name; other systems have no such file.

    Examples
    --------
    >>> machine().split(", ")[-1].split()[-1].rstrip("s")
    'core'

    """
    try:
        lines = cpuinfo.read_text().splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    name = next(iter(names), platform.processor() or platform.machine())
    cores = _cores()
    return f"{name}, {cores} core{'s' if cores > 1 else ''}"


def versions() -> dict[str, str]:
    """Return the versions of Python and of the libraries that take part, by name.

    Examples
    --------
    >>> list(versions())
    ['python', 'numpy', 'scipy', 'scikit-image', 'tensorflow', 'tf-slim']

    """
    installed = {name: metadata.version(name) for name in PACKAGES}
    return {"python": platform.python_version()} | installed


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
