"""Import of TensorFlow and tf-slim, and the lock under which graphs are built.

No other module imports these two libraries, because three of their properties affect the whole
process and cause errors or delays in a server with threads. If two threads import them at once,
modules can be left half-initialized. `tf_slim.arg_scope` is one stack for all threads, so two
graphs built at the same time get wrong layers without an error. Python's garbage collector visits
all objects of TensorFlow in every full collection, which is slow. This module therefore has one
lock for importing and for building graphs, and calls `gc.freeze` after the import. `Session.run`
needs no lock.
"""

import gc
import os
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from fcnlib.errors import FcnlibError

_LOCK = threading.RLock()
_LOG_LEVEL = "TF_CPP_MIN_LOG_LEVEL"
_STDERR = 2
_CGROUP = Path("/sys/fs/cgroup/memory.max")


class Runtime(NamedTuple):
    """Modules that graphs are built with.

    Attributes
    ----------
    tf : module
        `tensorflow`, the version 2 interface.
    tf1 : module
        `tensorflow.compat.v1`, for graphs and sessions.
    slim : module
        `tf_slim`.

    """

    tf: ModuleType
    tf1: ModuleType
    slim: ModuleType


def load() -> Runtime:
    """Import TensorFlow and tf-slim once and return them; any thread may call this.

    Returns
    -------
    runtime : Runtime
        The imported modules. The first call takes seconds, later calls return at once.

    """
    with _LOCK:
        return _import_once()


def threads() -> int:
    """Return the number of threads that TensorFlow and NumPy compute with.

    It is that of the processor's cores, or what the variable ``FCNLIB_THREADS`` says. A sum over
    many values is split among the threads, so that another number of them rounds differently.

    Raises
    ------
    FcnlibError
        ``bad_setting`` if the variable is not a whole number from 1 to 999.

    """
    return whole_number("FCNLIB_THREADS", 999) or os.cpu_count() or 1


def whole_number(variable: str, most: int) -> int | None:
    """Return the number that an environment variable holds, or None if it is empty or missing.

    Raises
    ------
    FcnlibError
        ``bad_setting`` if it is not a whole number from 1 to `most`.

    """
    given = os.environ.get(variable)
    if not given:
        return None
    digits = given.isascii() and given.isdecimal() and len(given) <= len(str(most))
    if not digits or not 1 <= int(given) <= most:
        msg = (
            f"{variable} must be a whole number from 1 to {most:,}, written in digits only, got "
            f"{given[:20]!r}. Correct it or remove it."
        )
        raise FcnlibError("bad_setting", msg)
    return int(given)


def environment(threads: int) -> dict[str, str]:
    """Return the variables with which another process computes exactly as this one does."""
    number = str(threads)
    return {
        "FCNLIB_THREADS": number,
        "OMP_NUM_THREADS": number,
        "OPENBLAS_NUM_THREADS": number,
        "CUDA_VISIBLE_DEVICES": "-1",
    }


def machine_nbytes(limit: Path = _CGROUP) -> int | None:
    """Return the memory available to this process in bytes, or None if it is unknown.

    Parameters
    ----------
    limit : Path, optional
        File in which Linux states the memory limit of a container.

    Examples
    --------
    >>> machine_nbytes() is None or machine_nbytes() > 2**20
    True

    """
    try:
        installed = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None
    try:
        return min(installed, int(limit.read_text()))
    except (OSError, ValueError):
        return installed


def load_quietly() -> Runtime:
    """Import the modules without TensorFlow's log and without Keras, for a process of our own.

    This is for the command line and for workers. Without Keras 3, which this project does not
    use, the import takes two thirds of the time. A log level that the user set is respected.
    """
    os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")
    if is_loaded() or _LOG_LEVEL in os.environ:
        return load()
    os.environ[_LOG_LEVEL] = "3"
    with _discarded(_STDERR):
        # TensorFlow's libraries read the level too late for what they print while they are loaded.
        return load()


@contextmanager
def _discarded(descriptor: int) -> Iterator[None]:
    """Send what is written to a file descriptor to the null device."""
    try:
        kept = os.dup(descriptor)
    except OSError:  # It is closed, so nothing is printed.
        yield
        return
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, descriptor)
        yield
    finally:
        os.dup2(kept, descriptor)
        os.close(kept)
        os.close(null)


@contextmanager
def building() -> Iterator[Runtime]:
    """Hold the lock for building graphs and return the modules.

    Examples
    --------
    >>> with building() as (tf, tf1, slim), tf1.Graph().as_default() as graph:
    ...     two = tf1.constant(2.0)
    >>> two.graph is graph
    True

    """
    with _LOCK:
        yield _import_once()


def is_loaded() -> bool:
    """Return whether TensorFlow has been imported, without importing it."""
    return _import_once.cache_info().currsize > 0


@cache
def _import_once() -> Runtime:
    os.environ.setdefault(_LOG_LEVEL, "2")
    # The import creates about a million objects that all stay. Looking for garbage among them takes
    # a tenth of its time.
    collecting = gc.isenabled()
    gc.disable()
    try:
        import tensorflow as tf
        import tf_slim as slim

        gc.freeze()
    finally:
        if collecting:
            gc.enable()
    # tf-slim calls its own layers in this way, so a user cannot act on the warning.
    warnings.filterwarnings("ignore", "`layer.apply` is deprecated", UserWarning)
    return Runtime(tf, tf.compat.v1, slim)
