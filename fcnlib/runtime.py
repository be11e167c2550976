"""The only place that imports TensorFlow and tf-slim.

Three things about them are global to the process, and each has bitten threaded servers:
first imports racing in two threads leave half-built modules behind; `tf_slim.arg_scope`
is one stack for all threads, so two graphs built at once come out wrong without a word;
and Python's garbage collector walks TensorFlow's objects on every full collection. Hence
one lock for importing and for building graphs, and one `gc.freeze` after the import.
`Session.run` needs no lock.
"""

import gc
import os
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from types import ModuleType
from typing import NamedTuple

_LOCK = threading.RLock()


class Runtime(NamedTuple):
    """The modules that graphs are built with.

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
    """Import TensorFlow and tf-slim once, whichever thread comes first.

    Returns
    -------
    runtime : Runtime
        The imported modules. The first call takes seconds, later ones nothing.

    """
    with _LOCK:
        return _import_once()


@contextmanager
def building() -> Iterator[Runtime]:
    """Hold the lock under which graphs are built, and give the modules.

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
    """Tell whether the import has been done, without doing it."""
    return _import_once.cache_info().currsize > 0


def warm_up(delay: float = 0.0, then: Callable[[], object] = lambda: None) -> threading.Thread:
    """Start the import in a daemon thread, so that the first visitor need not wait.

    Parameters
    ----------
    delay : float, optional
        Seconds to leave the processor to others first.
    then : callable, optional
        Called in that thread after the import.

    Returns
    -------
    thread : threading.Thread
        The running thread; join it to wait.

    """

    def work() -> None:
        load()
        then()

    thread = threading.Timer(delay, work)
    thread.daemon = True
    thread.start()
    return thread


@cache
def _import_once() -> Runtime:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import tensorflow as tf
    import tf_slim as slim

    # tf-slim calls its own layers so; nobody at the screen can change that.
    warnings.filterwarnings("ignore", "`layer.apply` is deprecated", UserWarning)
    gc.collect()
    gc.freeze()
    return Runtime(tf, tf.compat.v1, slim)
