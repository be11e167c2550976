"""Progress in the terminal, output that raises no errors, and checks of given numbers and paths."""

import argparse
import io
import math
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TextIO, cast

from fcnlib.checks import ascii_signs
from fcnlib.errors import FcnlibError
from fcnlib.paths import named
from fcnlib.typing import Report

WIDTH = 24  # characters of the progress bar
MOST_DIGITS = 9  # of a whole number; more would not fit what counts steps or pixels
TRUSTED = 2.0  # seconds after which the rest can be estimated


class Unfailing(io.TextIOBase):
    """A text stream that raises nothing. After its first error, what is written is left out.

    Attributes
    ----------
    error : OSError or None
        What went wrong: nobody reads any more, or the disk is full.

    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.error: OSError | None = None
        # A terminal or file that cannot hold a character gets a "?" in its place.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")

    def isatty(self) -> bool:
        """Return whether it is a terminal."""
        return self._stream.isatty()

    def write(self, text: str) -> int:
        """Write text, or leave it out after an error."""
        self._try(lambda: self._stream.write(text))
        return len(text)

    def flush(self) -> None:
        """Pass on what was written so far."""
        self._try(self._stream.flush)

    def _try(self, action: Callable[[], object]) -> None:
        try:
            if self.error is None:
                action()
        except OSError as error:
            self.error = error
            # Python flushes the stream at its end, and would then print this error.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())


@contextmanager
def unfailing_output() -> Iterator[Unfailing]:
    """Let nothing that a block prints raise an error; return its standard output."""
    with ExitStack() as stack:
        # Python has None for a stream that is closed. The null device takes its number, so that
        # no other file gets it, into which TensorFlow would then write its log.
        out, err = (
            Unfailing(stream or stack.enter_context(open(os.devnull, "w")))
            for stream in (sys.stdout, sys.stderr)
        )
        stack.callback(err.flush)
        stack.callback(out.flush)
        stack.enter_context(redirect_stdout(cast("TextIO", out)))
        stack.enter_context(redirect_stderr(cast("TextIO", err)))
        yield out


def progress_bar(*, seconds: float = 0.5) -> Report:
    """Return a report that prints a progress bar with text and times to standard error.

    A terminal shows one line, redrawn at most once in `seconds`. A file or pipe gets a new line at
    most once in 20 times as long. A text that differs in more than its digits and the last report
    are always printed.
    """
    stream, start = sys.stderr, time.monotonic()
    terminal = stream.isatty()
    interval = seconds if terminal else 20 * seconds
    last_time, last_words = start, ""

    def report(fraction: float, text: str) -> None:
        nonlocal last_time, last_words
        now, words = time.monotonic(), "".join(c for c in text if not c.isdigit())
        if now - last_time < interval and words == last_words and fraction < 1:
            return
        last_time, last_words = now, words
        line = f"[{'#' * round(fraction * WIDTH):<{WIDTH}}] {text}  {_clock(now - start)} elapsed"
        if now - start >= TRUSTED and fraction > 0:
            line += f", {_clock((now - start) * (1 - fraction) / fraction)} left"
        # On a terminal, return to the start of the line and erase what it shows.
        print(f"\r\x1b[K{line}" if terminal else line, end="", file=stream)
        print(end="" if terminal and fraction < 1 else "\n", file=stream, flush=True)

    return report


def whole_number(least: int, *, multiple: int = 1, or_zero: bool = False) -> Callable[[str], int]:
    """Return a parser of whole numbers that argparse can use as ``type``.

    Parameters
    ----------
    least : int
        Smallest number allowed.
    multiple : int, optional
        Number of which the result must be a multiple.
    or_zero : bool, optional
        Whether 0 is allowed as well.

    Examples
    --------
    >>> whole_number(32, multiple=32)("64")
    64

    """
    allowed = "0 or " if or_zero else ""
    allowed += f"a whole number of at least {least}"
    allowed += f" and at most {MOST_DIGITS} digits"
    allowed += f" and a multiple of {multiple}" if multiple > 1 else ""

    def parse(text: str) -> int:
        number = int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else -1
        if (number < least or number % multiple) and not (or_zero and number == 0):
            msg = f"must be {allowed}, got {text[:20]}"
            raise argparse.ArgumentTypeError(msg)
        return number

    return parse


def positive_number(text: str) -> float:
    r"""Return a finite number above 0; argparse can use this as ``type``.

    Examples
    --------
    >>> positive_number("1E\u22123")
    0.001

    """
    try:
        number = float(ascii_signs(text))
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        msg = f"must be a number above 0 such as 0.001, got {text[:20]}"
        raise argparse.ArgumentTypeError(msg)
    return number


def usable_path(text: str) -> Path:
    """Return a path that can be looked up; argparse can use this as ``type``.

    Examples
    --------
    >>> usable_path("maps").name
    'maps'

    """
    try:
        return named(text)
    except FcnlibError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _clock(seconds: float) -> str:
    """Return minutes and seconds, such as ``61:05``."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02}"
