"""Description of this machine: processor, cores and library versions."""

import os
import platform
from importlib import metadata
from pathlib import Path

PACKAGES = ("numpy", "scipy", "scikit-image", "tensorflow", "tf-slim")


def machine(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """Return the processor's name and the number of cores that this process may use.

    Parameters
    ----------
    cpuinfo : Path, optional
        The file in which Linux describes the processor. Other systems have no such file; there,
        `platform` names the processor.

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
    # `os.cpu_count` ignores the limits of a container, but only Linux has `sched_getaffinity`.
    limited = hasattr(os, "sched_getaffinity")
    cores = len(os.sched_getaffinity(0)) if limited else os.cpu_count() or 1
    return f"{name}, {cores} core{'s' if cores > 1 else ''}"


def versions() -> dict[str, str]:
    """Return the versions of Python and of the libraries used, by name.

    Examples
    --------
    >>> list(versions())
    ['python', 'numpy', 'scipy', 'scikit-image', 'tensorflow', 'tf-slim']

    """
    installed = {name: metadata.version(name) for name in PACKAGES}
    return {"python": platform.python_version()} | installed
