"""Resumable download of one file whose length, and sometimes hash, is known.

The module has its own transfer loop because pooch restarts at the first byte when a connection
breaks, which takes long for half a gigabyte. Downloaded bytes are kept in a ``.part`` file when the
connection breaks, the process is killed or the visitor cancels. The next attempt requests only the
missing bytes with a ``Range`` header. A file gets its final name only if its size is correct and,
if a hash is known, its hash too.
"""

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fcnlib.checkpoints.sources import Source, check_address
from fcnlib.checkpoints.storage import disk_errors, file_digest, progress_text
from fcnlib.errors import WeightsError
from fcnlib.typing import Report, silent

TRIES = 4
BACKOFF_S = 0.5
"""Pause before the second attempt, in seconds. It doubles with each further attempt."""
TIMEOUT_S = (10, 30)
"""Time limits for connecting and for the next bytes, in seconds."""
CHUNK = 1 << 18
BY_HAND = "download the file yourself and set FCNLIB_VGG_CHECKPOINT to its path"


class _InterruptedError(Exception):
    """The transfer failed in a way that another attempt may fix."""


def download(source: Source, path: Path, report: Report = silent) -> None:
    """Download a file, or the missing rest of it, and check it.

    Parameters
    ----------
    source : Source
        File to download.
    path : Path
        Path of the complete file. The incomplete file has the path that `part_path` returns.
    report : callable, optional
        Called with (fraction, text) after each piece. If it raises, the incomplete file is kept.

    Raises
    ------
    WeightsError
        ``insecure_address``, ``download_failed`` (the incomplete file is kept), ``wrong_size`` or
        ``wrong_checksum`` (nothing is kept), ``disk_full`` or ``disk_error``.

    """
    check_address(source.url)
    part = part_path(path)
    with disk_errors(path):
        if path.exists() or path.is_symlink():
            path.replace(part)  # so that it is checked like a new download
    for attempt in range(1, TRIES + 1):
        try:
            _transfer(source, part, report)
            break
        except _InterruptedError as error:
            if attempt == TRIES:
                msg = (
                    f"{source.filename} could not be downloaded from "
                    f"{urlsplit(source.url).hostname}: {error} ({TRIES} attempts). The part that "
                    "was downloaded is kept. Try again later."
                )
                raise WeightsError("download_failed", msg) from error
            report(downloaded_size(source, path) / source.size, f"Trying again: {error}")
            time.sleep(BACKOFF_S * 2 ** (attempt - 1))
    if source.checksum is not None:
        _check_checksum(source.checksum, source.filename, part)
    with disk_errors(path):
        part.replace(path)


def part_path(path: Path) -> Path:
    """Return the path of the incomplete file that becomes `path`.

    Examples
    --------
    >>> part_path(Path("weights.tar.gz")).name
    'weights.tar.gz.part'

    """
    return path.with_name(path.name + ".part")


def downloaded_size(source: Source, path: Path) -> int:
    """Return how many bytes of a complete or incomplete file are on the disk."""
    for file in (path, part_path(path)):
        if file.is_file() and not file.is_symlink():
            return min(file.stat().st_size, source.size)
    return 0


def _transfer(source: Source, part: Path, report: Report) -> None:
    """Append the rest of the file to `part` with one request; discard a link or too long a part."""
    with disk_errors(part):
        if part.is_symlink() or (part.exists() and part.stat().st_size > source.size):
            part.unlink()
        done = part.stat().st_size if part.exists() else 0
    if done == source.size:
        return
    with _response(source.url, done) as response:
        done, length_stated = _check_response(response, source, part, done)
        report(done / source.size, progress_text("Downloading", done, source.size))
        with disk_errors(part), part.open("ab") as file:
            file.truncate(done)
            for chunk in response.raw.stream(CHUNK, decode_content=False):
                done += len(chunk)
                if done > source.size:
                    break
                file.write(chunk)
                report(done / source.size, progress_text("Downloading", done, source.size))
    if done < source.size and length_stated:
        msg = "the connection was lost"
        raise _InterruptedError(msg)
    if done != source.size:
        part.unlink()
        raise _wrong_size(source, "more" if done > source.size else f"{done:,}")


@contextmanager
def _response(url: str, start: int) -> Iterator[Any]:
    """Request the bytes from `start` on and return the open response."""
    import requests
    import urllib3

    headers = {"Accept-Encoding": "identity", "User-Agent": "fcnlib"}
    if start:
        headers["Range"] = f"bytes={start}-"
    try:
        with requests.Session() as session:
            # A proxy must neither see nor change what is downloaded without encryption.
            session.trust_env = urlsplit(url).scheme == "https"
            with session.get(url, headers=headers, stream=True, timeout=TIMEOUT_S) as response:
                for hop in [*response.history, response]:
                    check_address(hop.url)
                yield response
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        msg = f"the connection was lost ({type(error).__name__})"
        raise _InterruptedError(msg) from error


def _check_response(response: Any, source: Source, part: Path, done: int) -> tuple[int, bool]:
    """Return the position of the body's first byte, and whether the server states its length."""
    status = response.status_code
    if status in (408, 429) or status >= 500:
        msg = f"the server answered {status}"
        raise _InterruptedError(msg)
    if status not in (200, 206, 416):
        msg = (
            f"{source.filename} could not be downloaded: the server answered {status}. Check "
            f"FCNLIB_WEIGHTS_URL if it is set, or {BY_HAND}."
        )
        raise WeightsError("download_failed", msg)
    start, total = _stated_range(status, response.headers)
    if total is not None and total != source.size:
        part.unlink(missing_ok=True)
        raise _wrong_size(source, f"{total:,}")
    if status == 416 or start not in (0, done):
        part.unlink(missing_ok=True)
        msg = "the server did not send the requested part of the file"
        raise _InterruptedError(msg)
    return start, total is not None


def _stated_range(status: int, headers: Mapping[str, str]) -> tuple[int, int | None]:
    """Return the position of the body's first byte and the file's length, as the server states."""
    if status == 200:
        length = re.fullmatch(r"[0-9]{1,15}", headers.get("Content-Length", ""))
        return 0, int(length[0]) if length else None
    stated = headers.get("Content-Range", "")
    match = re.fullmatch(r"bytes ([0-9]{1,15})-[0-9]+/([0-9]{1,15})", stated)
    return (int(match[1]), int(match[2])) if match else (-1, None)


def _wrong_size(source: Source, received: str) -> WeightsError:
    msg = (
        f"The server sent a different file than {source.filename}: {received} bytes instead of "
        f"{source.size:,}. It may be the login page of a network. Try another network, or "
        f"{BY_HAND}."
    )
    return WeightsError("wrong_size", msg)


def _check_checksum(checksum: str, filename: str, part: Path) -> None:
    """Raise and remove the file if its hash differs."""
    algorithm, expected = checksum.split(":")
    with disk_errors(part):
        digest = file_digest(part, algorithm)
    if digest != expected.lower():
        part.unlink()
        msg = (
            f"{filename} was damaged or changed on the way: its {algorithm} is {digest}, "
            f"but it should be {expected}. The file was removed. Download it again."
        )
        raise WeightsError("wrong_checksum", msg)
