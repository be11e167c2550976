"""One wanted file out of a ``.tar.gz``, streamed, with nothing else ever written.

The archive's own names decide nothing here: the caller says which member it wants and
where its bytes go. So paths that climb, links and devices have no effect but an error,
on every version of Python.
"""

import gzip
import hashlib
import os
import tarfile
import zlib
from pathlib import Path
from typing import IO, NoReturn

from fcnlib.checkpoints.storage import disk_errors
from fcnlib.errors import WeightsError
from fcnlib.typing import Report, silent

CHUNK = 1 << 20
_DAMAGE = (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, ValueError)


def unpack_member(
    archive: Path, member: str, path: Path, limit: int, report: Report = silent
) -> str:
    """Write the one file of a ``.tar.gz`` to `path`, all of it or nothing.

    Parameters
    ----------
    archive : Path
        Archive that must hold one regular file named `member` and nothing else.
    member : str
        Name to accept.
    path : Path
        Where the bytes go. A file or link there is replaced, in one step, at the end.
    limit : int
        Most bytes that the member may have.
    report : callable
        Told of the bytes written. If it raises, nothing is left but the archive.

    Returns
    -------
    sha256 : str
        Hash of the file written.

    Raises
    ------
    WeightsError
        ``bad_archive``, ``disk_full`` or ``disk_error``.

    """
    fresh = path.with_name(path.name + ".new")
    try:
        with disk_errors(path):
            fresh.unlink(missing_ok=True)
            digest = _stream(archive, member, fresh, limit, report)
            fresh.replace(path)
        return digest
    finally:
        fresh.unlink(missing_ok=True)


def _stream(archive: Path, member: str, fresh: Path, limit: int, report: Report) -> str:
    """Copy the member to `fresh`, then read the archive to its end, where its CRC is."""
    try:
        # tarfile's own gzip stream does not check the CRC; the gzip module does.
        with gzip.open(archive) as plain, tarfile.open(fileobj=plain, mode="r|") as tar:
            header = _checked(archive, tar.next(), member, limit)
            with fresh.open("xb") as file:
                digest = _copy(tar.extractfile(header), file, header.size, report)
            if tar.next() is not None:
                _refuse(archive, "it holds more than one file")
            while plain.read(CHUNK):
                pass
    except _DAMAGE as error:
        _refuse(archive, f"it is damaged or no tar.gz ({type(error).__name__})", error)
    return digest


def _checked(
    archive: Path, header: tarfile.TarInfo | None, member: str, limit: int
) -> tarfile.TarInfo:
    """Return the header of the one member that may be read, or raise."""
    if header is None:
        _refuse(archive, "it is empty")
    if header.name != member:
        _refuse(archive, f"it holds {header.name[:80]!r}, expected is {member!r}")
    if header.type not in (tarfile.REGTYPE, tarfile.AREGTYPE):
        _refuse(archive, f"{member!r} in it is a link or another kind of special file")
    if not 0 < header.size <= limit:
        _refuse(archive, f"{member!r} in it has {header.size:,} bytes, at most {limit:,} may be")
    return header


def _copy(source: IO[bytes] | None, file: IO[bytes], size: int, report: Report) -> str:
    """Copy `size` bytes, flush them to the disk and return their hash."""
    digest = hashlib.sha256()
    done = 0
    while source is not None and (chunk := source.read(CHUNK)):
        digest.update(chunk)
        file.write(chunk)
        done += len(chunk)
        report(done / size, f"Unpacking: {done:,} of {size:,} bytes")
    file.flush()
    os.fsync(file.fileno())
    return digest.hexdigest()


def _refuse(archive: Path, reason: str, cause: Exception | None = None) -> NoReturn:
    msg = (
        f"{archive.name} is not the archive of the weights: {reason}. Fetch it again with "
        "python -m fcnlib weights --fetch."
    )
    raise WeightsError("bad_archive", msg) from cause
