"""Exceptions for input from outside: pictures, addresses, weights and requests.

Each has a `code`, a stable name for tests and logs, and a message of one to three sentences: what
was received, what is allowed, what to do next. The messages are written by this library and are
safe to show to a visitor. Wrong arguments in code raise the usual `TypeError` and `ValueError`.

::

    FcnlibError
    ├── PictureError    a picture could not be fetched or decoded
    ├── DatasetError    a folder of labeled pictures cannot be used for a training
    ├── WeightsError    a checkpoint is missing, damaged or not the expected one
    ├── BusyError       the queue of jobs is full
    ├── EngineError     the process that computed something ended early
    └── Cancelled       the visitor asked to stop
"""

from typing import Any


class FcnlibError(Exception):
    """Base class of all errors whose message may be shown to a visitor.

    Parameters
    ----------
    code : str
        Stable name of the error, such as ``"too_large"``.
    message : str
        What was received, what is allowed, what to do next.

    Examples
    --------
    >>> error = PictureError("empty", "The file is empty. Choose another picture.")
    >>> error.code, str(error)
    ('empty', 'The file is empty. Choose another picture.')

    """

    def __init__(self, code: str, message: str) -> None:
        # A path may contain bytes that are not text. Neither a page nor a file can hold them.
        super().__init__(message.encode("utf-8", "backslashreplace").decode("utf-8"))
        self.code = code

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the error with its code, so that it can come from another process."""
        return type(self), (self.code, str(self)), {"__notes__": getattr(self, "__notes__", [])}


class PictureError(FcnlibError):
    """A picture could not be fetched or decoded."""


class DatasetError(FcnlibError):
    """A folder of labeled pictures cannot be used for a training."""


class WeightsError(FcnlibError):
    """A checkpoint is missing, damaged or not the expected one."""


class BusyError(FcnlibError):
    """The queue of jobs is full."""


class EngineError(FcnlibError):
    """The process that computed something ended early, or had to be ended."""


class Cancelled(FcnlibError):  # noqa: N818 - the outcome of a request, not a fault
    """The visitor asked to stop."""

    def __init__(self, message: str = "Stopped.") -> None:
        super().__init__("cancelled", message)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the error, whose code is always the same."""
        return type(self), (str(self),)
