"""Download of the VGG-16 weights to a cache folder that all threads and processes share."""

import os
from hashlib import sha256
from pathlib import Path

from fcnlib.checkpoints import archives, downloads, manifests, storage
from fcnlib.checkpoints.sources import SOURCES, Source, configured
from fcnlib.errors import WeightsError
from fcnlib.typing import Report, part, silent

DOWNLOAD_SHARE = 0.8
"""Fraction of the progress that the download takes; unpacking takes the rest."""


def fetch(source: str | Source = "archive", report: Report = silent) -> Path:
    """Download the weights to the cache unless they are there and intact; return their path.

    All threads and processes share one download: the others wait and report its progress. An
    interrupted download continues where it stopped, also after a restart. The archive is removed
    after it has been unpacked.

    Parameters
    ----------
    source : {"archive", "keras"} or Source, optional
        File to download.
    report : callable, optional
        Called with (fraction, text) after each piece. It may raise `fcnlib.errors.Cancelled` at
        any time. The downloaded part is then kept and the next waiting caller continues.

    Returns
    -------
    path : Path
        The checkpoint in the cache.

    Raises
    ------
    WeightsError
        As from `downloads.download` and `archives.unpack_member`, or ``bad_setting``.

    """
    chosen = configured(source) if isinstance(source, str) else source
    folder = storage.make_private_folder(storage.cache_dir())
    file, target = folder / chosen.filename, folder / chosen.result

    def waiting() -> None:
        done = downloads.downloaded_size(chosen, file)
        text = storage.progress_text("Waiting for another download", done, chosen.size)
        report(DOWNLOAD_SHARE * done / chosen.size, text)

    with storage.only_one(folder / f"{chosen.filename}.lock", waiting):
        if not manifests.is_intact(target, thorough=True):
            manifests.discard(target)
            _download_and_unpack(chosen, file, report)
    report(1.0, f"{target.name} is ready")
    return target


def unpack_own(archive: Path, report: Report = silent) -> Path:
    """Unpack a user's archive to the cache, once for each version of the archive.

    Parameters
    ----------
    archive : Path
        A ``.tar.gz`` like the official archive. It is not changed.
    report : callable, optional
        Called with (fraction, text) after each piece. It may raise, as in `fetch`.

    Returns
    -------
    path : Path
        The checkpoint in the cache.

    Raises
    ------
    WeightsError
        ``bad_archive``, ``disk_full`` or ``disk_error``.

    """
    with storage.disk_errors(archive):
        state = archive.stat()
    version = f"|{state.st_size}|{state.st_mtime_ns}"
    key = sha256(os.fsencode(archive) + version.encode()).hexdigest()[:16]
    # The cache itself must be private too, so it is created before the folder in it.
    cache = storage.make_private_folder(storage.cache_dir())
    folder = storage.make_private_folder(cache / f"unpacked-{key}")
    source = SOURCES["archive"]
    target = folder / source.result
    text = "Waiting: the archive is being unpacked"
    with storage.only_one(folder / ".lock", lambda: report(0.0, text)):
        if not manifests.is_intact(target):
            storage.check_space(folder, source.unpacked)
            _unpack(archive, source, target, str(archive), report)
    return target


def _download_and_unpack(source: Source, file: Path, report: Report) -> None:
    """Download the missing part of `file` and unpack it; the caller holds the lock."""
    missing = source.size - downloads.downloaded_size(source, file)
    storage.check_space(file.parent, missing + source.unpacked)
    downloads.download(source, file, part(report, 0.0, DOWNLOAD_SHARE))
    if source.member is None:
        manifests.record(file, storage.file_digest(file), source=source.url)
        return
    unpacking = part(report, DOWNLOAD_SHARE, 1 - DOWNLOAD_SHARE)
    try:
        _unpack(file, source, file.with_name(source.member), source.url, unpacking)
    except WeightsError as error:
        if error.code == "bad_archive":
            file.unlink()
        raise
    file.unlink()
    report(1.0, f"{source.filename} has been unpacked and removed")


def _unpack(archive: Path, source: Source, target: Path, origin: str, report: Report) -> None:
    digest = archives.unpack_member(archive, source.result, target, source.unpacked, report)
    with storage.disk_errors(archive):
        archive_digest = storage.file_digest(archive)
    manifests.record(target, digest, source=origin, archive_sha256=archive_digest)
