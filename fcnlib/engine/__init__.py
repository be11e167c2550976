"""One interface for heavy work, which runs in this process, in workers, or on a cluster.

A task is a function with a name (`fcnlib.engine.tasks.TASKS`) and arguments that can be pickled.
`run` calls it and returns its result or raises its error. Meanwhile, the caller gets progress and
partial results, can send messages to the task, and can cancel it.

::

    run("check_upsampling", settings, image)                in this process, the default
    use("local"); run("check_upsampling", settings, image)  in a worker process of this machine
    use("ray"); run("segment", picture, ...)                on a cluster; other tasks in a worker

The library and the command line compute where they are called. The app calls ``use("local")``, so
that its own process never imports TensorFlow and can serve visitors while the workers compute.
"""

import os
import threading
from typing import Any

from fcnlib.engine.context import Caller, Mailbox, Publish, Report, ignore
from fcnlib.engine.inline import Inline
from fcnlib.engine.local import Local
from fcnlib.engine.ray import Ray

__all__ = ["Inline", "Local", "Mailbox", "Publish", "Ray", "current", "is_remote", "run", "use"]

Engine = Inline | Local | Ray
ENGINES: dict[str, type[Engine]] = {"inline": Inline, "local": Local, "ray": Ray}
_LOCK = threading.Lock()
_current: Engine = Inline()


def use(name: str, *, exactly: bool = False) -> Engine:
    """Choose the engine of this process, start its first worker, and return the engine.

    Parameters
    ----------
    name : {"inline", "local", "ray"}
        ``"inline"`` computes in the calling thread, ``"local"`` in worker processes, ``"ray"`` on a
        cluster. The variable ``FCNLIB_ENGINE`` overrides it.
    exactly : bool, optional
        Whether to ignore that variable.

    Raises
    ------
    ValueError
        If there is no engine of that name.

    """
    global _current  # noqa: PLW0603 - there is one engine per process
    name = (not exactly and os.environ.get("FCNLIB_ENGINE")) or name
    if name not in ENGINES:
        msg = f"FCNLIB_ENGINE must be one of {', '.join(ENGINES)}, got {name!r}."
        raise ValueError(msg)
    with _LOCK:
        if type(_current) is not ENGINES[name]:
            _current = ENGINES[name]()
        _current.start()
        return _current


def current() -> Engine:
    """Return the engine of this process."""
    return _current


def is_remote() -> bool:
    """Return whether the engine of this process sends tasks to other machines."""
    return isinstance(_current, Ray)


def run(
    name: str,
    *args: Any,
    report: Report = ignore,
    publish: Publish = ignore,
    mailbox: Mailbox | None = None,
    deadline: float | None = None,
    here: bool = False,
) -> Any:
    """Run a task and return its result.

    Parameters
    ----------
    name : str
        A key of `fcnlib.engine.tasks.TASKS`.
    *args
        Arguments of the task's function. They must not be changed while it runs.
    report : callable, optional
        Called with (fraction, text) in the calling thread. An exception that it raises, such as
        `fcnlib.errors.Cancelled`, cancels the task and is raised again.
    publish : callable, optional
        Called with each partial result.
    mailbox : Mailbox, optional
        What is put into it reaches the running task.
    deadline : float, optional
        Seconds after which the task is ended. In any case, it is ended when it is silent for
        longer than its `patience` in `TASKS`.
    here : bool, optional
        Whether to compute on this machine even if the engine is a cluster.

    Returns
    -------
    result : object
        What the function returned.

    Raises
    ------
    EngineError
        ``timeout``, ``worker_lost`` or ``out_of_memory`` if the worker had to be given up, or
        ``cluster_away`` if the cluster cannot be reached.
    Exception
        Whatever the function raised.

    """
    engine = _current.local if isinstance(_current, Ray) and here else _current
    return engine.run(name, args, Caller(report, publish, mailbox or Mailbox(), deadline))
