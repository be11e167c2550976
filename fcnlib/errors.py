"""The errors that fcnlib raises for what comes from outside.

Every one has a `code`, a stable name to test and to log, and a message of one or two
sentences: what came, what is allowed, what to do next. The message is chosen by this
library and safe to show to a visitor. Wrong arguments in code raise the usual
`TypeError` and `ValueError`.

::

    FcnlibError
    ├── PictureError    a picture could not be fetched or decoded
    ├── WeightsError    a checkpoint is missing, damaged or not the expected one
    ├── BusyError       the queue of jobs is full
    └── Cancelled       the visitor asked to stop
"""


class FcnlibError(Exception):
    """Base of all errors with a message for the person at the screen.

    Parameters
    ----------
    code : str
        Stable name of the error, such as ``"too_large"``.
    message : str
        What came, what is allowed, what to do next.

    Examples
    --------
    >>> error = PictureError("empty", "The file is empty. Choose another picture.")
    >>> error.code, str(error)
    ('empty', 'The file is empty. Choose another picture.')

    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class PictureError(FcnlibError):
    """A picture could not be fetched or decoded."""


class WeightsError(FcnlibError):
    """A checkpoint is missing, damaged or not the expected one."""


class BusyError(FcnlibError):
    """The queue of jobs is full."""


class Cancelled(FcnlibError):  # noqa: N818 - a request that was met, not a fault
    """The visitor asked to stop."""

    def __init__(self, message: str = "Stopped.") -> None:
        super().__init__("cancelled", message)
