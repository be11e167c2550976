"""One known file, fetched once, resumable and checked.

The transfer is a loop of our own on `requests`, which comes with pooch. pooch itself
starts again at the first byte when a connection breaks, and half a gigabyte is long
enough for that to matter. Bytes gather in a ``.part`` file that outlives a cut, a kill
and a cancelled visit; the next try asks for the rest with a ``Range`` header. Only a
file of the right size and, where one is known, the right hash gets its final name.
"""

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

from fcnlib.checkpoints.sources import Source, check_address
from fcnlib.checkpoints.storage import disk_errors, file_digest
from fcnlib.errors import WeightsError
from fcnlib.typing import Report, silent

TRIES = 4
BACKOFF_S = 0.5
"""Pause before the second try, in seconds; it doubles from try to try."""
TIMEOUT_S = (10, 30)
"""Longest wait for a connection and for the next bytes."""
CHUNK = 1 << 18


class _InterruptedError(Exception):
    """The transfer broke off in a way that another try may mend."""


def download(source: Source, path: Path, report: Report = silent) -> None:
    """Fetch a file, or the rest of it, and give it its name once it is complete.

    Parameters
    ----------
    source : Source
        What to fetch.
    path : Path
        Where it goes. The unfinished file lies beside it, see `part_path`.
    report : callable
        Told of the bytes so far. If it raises, the unfinished file is kept.

    Raises
    ------
    WeightsError
        ``insecure_address``, ``download_failed`` (unfinished file kept), ``wrong_size`` or
        ``wrong_checksum`` (nothing kept), ``disk_full`` or ``disk_error``.

    """
    check_address(source.url)
    part = part_path(path)
    with disk_errors(path):
        if path.exists() or path.is_symlink():
            path.replace(part)  # so that it is checked as if it had just arrived
    for attempt in range(1, TRIES + 1):
        try:
            _transfer(source, part, report)
            break
        except _InterruptedError as error:
            if attempt == TRIES:
                msg = (
                    f"{source.filename} could not be fetched from {urlsplit(source.url).hostname}: "
                    f"{error}, {TRIES} times. What has arrived is kept; try again later."
                )
                raise WeightsError("download_failed", msg) from error
            report(arrived(source, path) / source.size, f"{error}; trying again")
            time.sleep(BACKOFF_S * 2 ** (attempt - 1))
    _check_checksum(source, part)
    with disk_errors(path):
        part.replace(path)


def part_path(path: Path) -> Path:
    """Return where the unfinished file of `path` lies.

    Examples
    --------
    >>> part_path(Path("weights.tar.gz")).name
    'weights.tar.gz.part'

    """
    return path.with_name(path.name + ".part")


def arrived(source: Source, path: Path) -> int:
    """Return how many bytes of a file are on disk, finished or not."""
    for file in (path, part_path(path)):
        if file.is_file() and not file.is_symlink():
            return min(file.stat().st_size, source.size)
    return 0


def progress_text(done: int, total: int) -> str:
    """Say how far a transfer is.

    Examples
    --------
    >>> progress_text(1048576, 513324920)
    '1,048,576 of 513,324,920 bytes'

    """
    return f"{done:,} of {total:,} bytes"


def _transfer(source: Source, part: Path, report: Report) -> None:
    """Append to `part` until it has all of the file, with one request."""
    with disk_errors(part):
        done = _usable_length(part, source.size)
    if done == source.size:
        return
    with _answer(source.url, done) as response:
        done, stated = _check_answer(response, source, part, done)
        report(done / source.size, f"Downloading: {progress_text(done, source.size)}")
        with disk_errors(part), part.open("ab") as file:
            file.truncate(done)
            for chunk in response.raw.stream(CHUNK, decode_content=False):
                done += len(chunk)
                if done > source.size:
                    break
                file.write(chunk)
                report(done / source.size, f"Downloading: {progress_text(done, source.size)}")
    if done < source.size and stated:
        msg = "The connection broke"
        raise _InterruptedError(msg)
    if done != source.size:
        part.unlink()
        _refuse_size(source, "more" if done > source.size else f"{done:,}")


def _usable_length(part: Path, size: int) -> int:
    """Return how much of the file is there, after removing what cannot be part of it."""
    if part.is_symlink() or (part.exists() and part.stat().st_size > size):
        part.unlink()
    return part.stat().st_size if part.exists() else 0


@contextmanager
def _answer(url: str, start: int) -> Iterator[Any]:
    """Ask for the bytes from `start` on, and give the open answer."""
    import requests
    import urllib3

    headers = {"Accept-Encoding": "identity", "User-Agent": "fcnlib"}
    if start:
        headers["Range"] = f"bytes={start}-"
    try:
        with requests.Session() as session:
            # A proxy must not see, nor change, what is fetched without encryption.
            session.trust_env = urlsplit(url).scheme == "https"
            with session.get(url, headers=headers, stream=True, timeout=TIMEOUT_S) as response:
                for hop in [*response.history, response]:
                    check_address(hop.url)
                yield response
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        msg = f"The connection broke ({type(error).__name__})"
        raise _InterruptedError(msg) from error


def _check_answer(response: Any, source: Source, part: Path, done: int) -> tuple[int, bool]:
    """Return the byte the body starts at, and whether its length is stated."""
    status = response.status_code
    if status in (408, 429) or status >= 500:
        msg = f"The server answered {status}"
        raise _InterruptedError(msg)
    if status == 416:
        part.unlink(missing_ok=True)
        msg = "The server does not have the rest of the file"
        raise _InterruptedError(msg)
    if status not in (200, 206):
        msg = (
            f"{source.filename} could not be fetched: the server answered {status}. Check "
            "FCNLIB_WEIGHTS_URL if it is set, or fetch the file by hand and set "
            "FCNLIB_VGG_CHECKPOINT to its path."
        )
        raise WeightsError("download_failed", msg)
    start, total = _stated_range(status, response.headers)
    if total is not None and total != source.size:
        part.unlink(missing_ok=True)
        _refuse_size(source, f"{total:,}")
    if start not in (0, done):
        part.unlink(missing_ok=True)
        msg = "The server sent another part than was asked for"
        raise _InterruptedError(msg)
    return start, total is not None


def _stated_range(status: int, headers: Mapping[str, str]) -> tuple[int, int | None]:
    """Return the first byte of the body and the length of the file, as the server says."""
    if status == 200:
        length = re.fullmatch(r"[0-9]{1,15}", headers.get("Content-Length", ""))
        return 0, int(length[0]) if length else None
    stated = headers.get("Content-Range", "")
    match = re.fullmatch(r"bytes ([0-9]{1,15})-[0-9]+/([0-9]{1,15})", stated)
    return (int(match[1]), int(match[2])) if match else (-1, None)


def _refuse_size(source: Source, got: str) -> NoReturn:
    msg = (
        f"{source.filename} is not the expected file: the server offers {got} bytes, expected "
        f"are {source.size:,}. It may be a login page. Try another network, or fetch the file "
        "by hand and set FCNLIB_VGG_CHECKPOINT to its path."
    )
    raise WeightsError("wrong_size", msg)


def _check_checksum(source: Source, part: Path) -> None:
    """Remove the file and raise if its hash is known and differs."""
    if source.checksum is None:
        return
    algorithm, expected = source.checksum.split(":")
    with disk_errors(part):
        digest = file_digest(part, algorithm)
    if digest != expected.lower():
        part.unlink()
        msg = (
            f"{source.filename} arrived damaged or was changed: its {algorithm} is {digest}, "
            f"expected is {expected}. It was removed; fetch it again."
        )
        raise WeightsError("wrong_checksum", msg)
