"""Checks of paths given as text, reasons for file errors, and writing of whole files only."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike
from pathlib import Path

from fcnlib.errors import FcnlibError

_SHOWN = 120  # characters of a path in a message


def named(
    text: str | PathLike[str],
    name: str = "The path",
    advice: str = "Correct the path.",
    error: type[FcnlibError] = FcnlibError,
) -> Path:
    """Return the path that a text names, after checking that it can be looked up.

    Parameters
    ----------
    text : str or path-like
        Path of something that may be missing. A ``~`` at the start is a home folder, unless there
        is a file of exactly this name.
    name, advice : str, optional
        Start and end of the error's message.
    error : type, optional
        Type of the error.

    Returns
    -------
    path : Path
        On it, `os.stat` finds something or raises that nothing is there.

    Raises
    ------
    FcnlibError
        ``bad_path`` if the text is empty, too long or contains characters that no path may have,
        if the home folder is not known, or if a folder on the way may not be searched.

    Examples
    --------
    >>> named("maps/cat.png").name
    'cat.png'

    """
    text = os.fspath(text)
    path = text if os.path.lexists(text) else os.path.expanduser(text)
    try:
        if not text:
            reason = "it is empty"
        elif path.startswith("~") and not os.path.lexists(path):
            # As shells do, Python leaves the name of a user as it is if there is no such user.
            reason = f"no home folder of {shown(Path(path).parts[0])} is known"
        else:
            os.stat(path)
            return Path(path)
    except (FileNotFoundError, NotADirectoryError):
        return Path(path)
    except UnicodeEncodeError as fault:
        code = ord(fault.object[fault.start])
        reason = f"it contains U+{code:04X}, which file names cannot have"
    except (OSError, ValueError) as fault:
        reason = why(fault)
    msg = f"{name} {shown(text)} cannot be looked up: {reason}. {advice}"
    raise error("bad_path", msg)


def shown(path: str | PathLike[str]) -> str:
    """Return a path in quotes for a message, shortened in the middle if it is long.

    Examples
    --------
    >>> shown("cat.png")
    "'cat.png'"

    """
    text = os.fspath(path)
    if len(text) > _SHOWN:
        text = f"{text[: _SHOWN // 3]}…{text[-_SHOWN // 2 :]}"
    return repr(text)


def why(error: Exception) -> str:
    """Return the reason of an error of the file system, without the path.

    Examples
    --------
    >>> why(FileNotFoundError(2, "No such file or directory", "cat.png"))
    'No such file or directory'

    """
    if isinstance(error, FileExistsError):
        return "there is a file of this name"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


@contextmanager
def writing(folder: Path, option: str) -> Iterator[None]:
    """Convert an `OSError` of a block that writes to a folder.

    Raises
    ------
    FcnlibError
        ``cannot_write``, which names the folder and the option that chooses it.

    """
    try:
        yield
    except OSError as error:
        msg = f"Cannot write to {shown(folder)}: {why(error)}. Choose another folder with {option}."
        raise FcnlibError("cannot_write", msg) from error


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is either complete or not there, also if the process is killed."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    part.replace(path)
