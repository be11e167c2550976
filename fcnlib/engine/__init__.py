"""One interface for heavy work, which runs in this process or in workers of this machine.

A task is a function with a name (`fcnlib.engine.tasks.TASKS`) and arguments that can be pickled.
`run` calls it and returns its result or raises its error. Meanwhile, the caller gets progress and
partial results, can send messages to the task, and can cancel it.

::

    run("check", settings, image)                       in this process, the default
    use("local"); run("check", settings, image)         in a worker process of this machine

The library and the command line compute where they are called. The app calls ``use("local")``, so
that its own process never imports TensorFlow and can serve visitors while the workers compute.
"""

import os
import threading
from typing import Any

from fcnlib.engine.context import Mailbox, Publish, Report, ignore
from fcnlib.engine.inline import Inline
from fcnlib.engine.local import Local

__all__ = ["Inline", "Local", "Mailbox", "Publish", "current", "run", "use"]

_ENGINES: dict[str, type[Inline] | type[Local]] = {"inline": Inline, "local": Local}
_LOCK = threading.Lock()
_current: Inline | Local = Inline()


def use(name: str) -> Inline | Local:
    """Choose the engine of this process and return it, with its first worker starting.

    Parameters
    ----------
    name : {"inline", "local"}
        ``"inline"`` computes in the calling thread, ``"local"`` in worker processes. The variable
        ``FCNLIB_ENGINE`` overrides it.

    Raises
    ------
    ValueError
        If there is no engine of that name.

    """
    global _current  # noqa: PLW0603 - there is one engine per process
    name = os.environ.get("FCNLIB_ENGINE") or name
    if name not in _ENGINES:
        msg = f"FCNLIB_ENGINE must be one of {', '.join(_ENGINES)}, got {name!r}."
        raise ValueError(msg)
    with _LOCK:
        if type(_current) is not _ENGINES[name]:
            _current = _ENGINES[name]()
        _current.start()
        return _current


def current() -> Inline | Local:
    """Return the engine of this process."""
    return _current


def run(
    name: str,
    *args: Any,
    report: Report = ignore,
    publish: Publish = ignore,
    mailbox: Mailbox | None = None,
    deadline: float | None = None,
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
        Seconds after which the task is ended, in addition to the patience of the task itself.

    Returns
    -------
    result : object
        What the function returned.

    Raises
    ------
    EngineError
        ``timeout``, ``worker_lost`` or ``out_of_memory`` if the worker had to be given up.
    Exception
        Whatever the function raised.

    """
    return _current.run(
        name, *args, report=report, publish=publish, mailbox=mailbox, deadline=deadline
    )
