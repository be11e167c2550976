"""Extraction of one file from an untrusted ``.tar.gz``.

The caller names the member and the path that it is written to. The name in the archive is only
compared with the expected name and never used as a path. If the member has another name, such as
``../x``, or is a link or a device, an error is raised and no file is left behind.
"""

import gzip
import hashlib
import os
import tarfile
import zlib
from pathlib import Path
from typing import IO, NoReturn

from fcnlib.checkpoints.sources import FETCH_COMMAND
from fcnlib.checkpoints.storage import disk_errors, progress_text
from fcnlib.errors import WeightsError
from fcnlib.typing import Report, silent

CHUNK = 1 << 20
_DAMAGE = (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, ValueError)


def unpack_member(
    archive: Path, member: str, path: Path, limit: int, report: Report = silent
) -> str:
    """Write the only file in a ``.tar.gz`` to `path`, either completely or not at all.

    Parameters
    ----------
    archive : Path
        Archive that must contain one regular file named `member` and nothing else.
    member : str
        Name of the file in the archive.
    path : Path
        Path to write to. A file or link with this path is replaced in one step at the end.
    limit : int
        Largest length of the member in bytes.
    report : callable, optional
        Called with (fraction, text) after each piece. If it raises, only the archive is left.

    Returns
    -------
    sha256 : str
        Hash of the written file.

    Raises
    ------
    WeightsError
        ``bad_archive``, ``disk_full`` or ``disk_error``.

    """
    temporary = path.with_name(path.name + ".new")
    try:
        with disk_errors(path):
            temporary.unlink(missing_ok=True)
            digest = _extract(archive, member, temporary, limit, report)
            temporary.replace(path)
        return digest
    finally:
        temporary.unlink(missing_ok=True)


def _extract(archive: Path, member: str, path: Path, limit: int, report: Report) -> str:
    """Copy the member to a new file and check the archive to its end; return the hash."""
    try:
        # tarfile's own gzip stream does not check the CRC, but the gzip module does.
        with gzip.open(archive) as plain, tarfile.open(fileobj=plain, mode="r|") as tar:
            header = _checked(archive, tar.next(), member, limit)
            with path.open("xb") as file:
                digest = _copy(tar.extractfile(header), file, header.size, report)
            if tar.next() is not None:
                _refuse(archive, "it contains more than one file")
            while plain.read(CHUNK):  # The CRC comes last and is checked when it is read.
                pass
    except _DAMAGE as error:
        _refuse(archive, f"it is damaged or not a .tar.gz ({type(error).__name__})", error)
    return digest


def _checked(
    archive: Path, header: tarfile.TarInfo | None, member: str, limit: int
) -> tarfile.TarInfo:
    """Return the header after checking name, type and length of the member."""
    if header is None:
        _refuse(archive, "it is empty")
    if header.name != member:
        _refuse(archive, f"it contains {header.name[:80]!r} instead of {member!r}")
    if header.type not in (tarfile.REGTYPE, tarfile.AREGTYPE):
        _refuse(archive, f"{member!r} in it is a link or a special file, not a regular file")
    if not 0 < header.size <= limit:
        _refuse(archive, f"{member!r} in it has {header.size:,} bytes; 1 to {limit:,} are allowed")
    return header


def _copy(source: IO[bytes] | None, file: IO[bytes], size: int, report: Report) -> str:
    """Copy `size` bytes, flush them to the disk and return their hash."""
    digest = hashlib.sha256()
    while source is not None and (chunk := source.read(CHUNK)):
        digest.update(chunk)
        file.write(chunk)
        report(file.tell() / size, progress_text("Unpacking", file.tell(), size))
    file.flush()
    os.fsync(file.fileno())
    return digest.hexdigest()


def _refuse(archive: Path, reason: str, cause: Exception | None = None) -> NoReturn:
    msg = (
        f"{archive.name} cannot be used as the archive of the VGG-16 weights: {reason}. Download "
        f"the archive again with {FETCH_COMMAND}."
    )
    raise WeightsError("bad_archive", msg) from cause
