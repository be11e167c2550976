"""Functions that tests run as tasks of an engine."""

import os
import signal
import sys
import threading
import time

import numpy as np

from fcnlib.errors import EngineError, PictureError


def echo(*values):
    return values


def doubled(array):
    array *= 2  # what arrives belongs to the task
    return array


def counted(steps, context):
    """Report and publish every step."""
    for step in range(steps):
        context.report(step / steps, f"step {step}")
        context.publish(step)
    return steps


def until_told(context):
    """Wait for a message, tell meanwhile which process waits, and return all that came."""
    heard = []
    while "end" not in heard:
        context.report(0.5, str(os.getpid()))
        heard += context.heard()
        time.sleep(0.01)
    return heard


def report_for_ever(report):
    while True:
        report(0.5, "again")
        time.sleep(0.01)


def hang(*_):
    threading.Event().wait()


def hold_the_lock(*_):
    """Keep Python's lock, as a regular expression does that takes exponential time."""
    import re

    re.match(r"(a|a)*b", "a" * 64)


def die(number):
    os.kill(os.getpid(), number)
    threading.Event().wait()


def die_at_once(*_):
    die(signal.SIGKILL)


def give_up(*_):
    raise EngineError("timeout", "This was given up.")


def die_once(path):
    """End the process at the first call, and return at the next."""
    if not path.exists():
        path.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "alive"


def fill_memory(*_):
    kept = []
    while True:
        kept.append(np.ones(1 << 24))


def refuse():
    raise PictureError("empty", "The file is empty.")


def divide(number):
    return 1 / number


class UnusualError(Exception):
    def __init__(self, one, two):
        super().__init__(one)


def fail_unusually():
    raise UnusualError(1, 2)


def unsendable():
    return threading.Lock()


def who():
    return os.getpid()


def about():
    """Return what is imported, the main module, niceness and environment of this process."""
    main = getattr(sys.modules["__main__"], "__spec__", None)
    return {
        "tensorflow": "tensorflow" in sys.modules,
        "main": main and main.name,
        "nice": os.nice(0),
    }


def print_much():
    print("words " * 100_000)  # noqa: T201
    return sys.stdin.read()


class Evil:
    def __reduce__(self):
        return os.system, ("true",)


def evil():
    return Evil()
