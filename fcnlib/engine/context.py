"""Messages between a running task and its caller."""

import threading
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

from fcnlib.errors import Cancelled

# As in `fcnlib.typing`, which imports NumPy: starting the worker must not wait for that.
Report = Callable[[float, str], None]
Publish = Callable[[Any], None]


def ignore(*_values: Any) -> None:
    """Ignore a report or a partial result."""


class Mailbox:
    """Messages to a running task, which any thread may put and the task takes."""

    def __init__(self) -> None:
        self._messages: deque[Any] = deque()

    def put(self, message: Any) -> None:
        """Add a message; it must be possible to pickle it."""
        self._messages.append(message)

    def take(self) -> list[Any]:
        """Return the messages since the last call, oldest first."""
        return [self._messages.popleft() for _ in range(len(self._messages))]


class Caller(NamedTuple):
    """What the caller of a task wants to hear, and how long it waits; see `fcnlib.engine.run`."""

    report: Report
    publish: Publish
    mailbox: Mailbox
    deadline: float | None


class Context:
    """A task's connection to its caller.

    Parameters
    ----------
    report : callable
        Receives the progress.
    publish : callable
        Receives partial results.
    mailbox : Mailbox
        Messages from the caller.

    """

    def __init__(self, report: Report, publish: Publish, mailbox: Mailbox) -> None:
        self._report, self._publish, self._mailbox = report, publish, mailbox
        self._cancelled = threading.Event()

    def report(self, fraction: float, text: str) -> None:
        """Report the progress, a fraction in [0, 1] and what is being done.

        Raises
        ------
        Cancelled
            If the caller does not need the result any more.

        """
        if self._cancelled.is_set():
            raise Cancelled
        self._report(fraction, text)

    def publish(self, value: Any) -> None:
        """Send a partial result to the caller."""
        if self._cancelled.is_set():
            raise Cancelled
        self._publish(value)

    def heard(self) -> list[Any]:
        """Return what the caller has said since the last call."""
        return self._mailbox.take()

    def tell(self, message: Any) -> None:
        """Put a message of the caller where `heard` finds it."""
        self._mailbox.put(message)

    def cancel(self) -> None:
        """Make the task stop at its next report."""
        self._cancelled.set()
