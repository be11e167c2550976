"""How the VGG-16 weights get to the cache: downloaded, unpacked, noted down, once for all."""

from hashlib import sha256
from pathlib import Path

from fcnlib.checkpoints import archives, downloads, manifests, storage
from fcnlib.checkpoints.sources import SOURCES, Source, configured
from fcnlib.errors import WeightsError
from fcnlib.typing import Report, silent

DOWNLOAD_SHARE = 0.8
"""Part of the progress bar that the transfer takes; the rest is unpacking."""


def fetch(source: str | Source = "archive", report: Report = silent) -> Path:
    """Bring the weights to the cache unless they are there intact, and return their path.

    One download serves all threads and processes: the others wait and tell the same
    progress. A broken download goes on where it stopped, also after a restart. The
    archive is removed once it is unpacked.

    Parameters
    ----------
    source : {"archive", "keras"} or Source
        Where to fetch from.
    report : callable
        Told of the progress. It may raise `fcnlib.errors.Cancelled` at any time; what has
        arrived is kept and the next in line goes on.

    Returns
    -------
    path : Path
        The checkpoint in the cache.

    Raises
    ------
    WeightsError
        As from `downloads.download` and `archives.unpack_member`, or ``bad_setting``.

    """
    wanted = configured(source) if isinstance(source, str) else source
    folder = storage.make_private_folder(storage.cache_dir())
    target = folder / wanted.result

    def waiting() -> None:
        done = downloads.arrived(wanted, folder / wanted.filename)
        text = downloads.progress_text(done, wanted.size)
        report(DOWNLOAD_SHARE * done / wanted.size, f"Waiting for a download under way: {text}")

    with storage.only_one(folder / f"{wanted.filename}.lock", waiting):
        if not manifests.is_intact(target, thorough=True):
            manifests.discard(target)
            _download_and_unpack(wanted, folder, report)
    report(1.0, f"{target.name} is ready")
    return target


def unpack_own(archive: Path, report: Report = silent) -> Path:
    """Unpack an archive of the operator's own to the cache, once for each of its states.

    Parameters
    ----------
    archive : Path
        A ``.tar.gz`` like the official one. It is left as it is.
    report : callable
        Told of the progress. It may raise, as in `fetch`.

    Returns
    -------
    path : Path
        The checkpoint in the cache.

    Raises
    ------
    WeightsError
        ``bad_archive``, ``disk_full`` or ``disk_error``.

    """
    state = archive.stat()
    key = sha256(f"{archive}|{state.st_size}|{state.st_mtime_ns}".encode()).hexdigest()[:16]
    cache = storage.make_private_folder(storage.cache_dir())
    folder = storage.make_private_folder(cache / f"unpacked-{key}")
    source = SOURCES["archive"]
    target = folder / source.result

    def waiting() -> None:
        report(0.0, "Waiting: the archive is being unpacked")

    with storage.only_one(folder / ".lock", waiting):
        if not manifests.is_intact(target):
            storage.check_space(folder, source.unpacked)
            _unpack(archive, source, target, str(archive), report)
    return target


def _download_and_unpack(source: Source, folder: Path, report: Report) -> None:
    """Fetch what is not there yet; the caller holds the lock."""
    file = folder / source.filename
    rest = source.size - downloads.arrived(source, file)
    storage.check_space(folder, rest + source.unpacked)
    downloads.download(source, file, _part_of(report, 0.0, DOWNLOAD_SHARE))
    if source.member is None:
        manifests.record(file, storage.file_digest(file), source=source.url)
        return
    try:
        target = folder / source.member
        _unpack(file, source, target, source.url, _part_of(report, DOWNLOAD_SHARE, 1.0))
    except WeightsError as error:
        if error.code == "bad_archive":
            file.unlink()
        raise
    file.unlink()
    report(1.0, f"{source.filename} is unpacked and was removed")


def _unpack(archive: Path, source: Source, target: Path, origin: str, report: Report) -> None:
    digest = archives.unpack_member(
        archive, source.result, target, limit=source.unpacked, report=report
    )
    with storage.disk_errors(archive):
        archive_digest = storage.file_digest(archive)
    manifests.record(target, digest, source=origin, archive_sha256=archive_digest)


def _part_of(report: Report, start: float, stop: float) -> Report:
    """Return a report that moves `report` from `start` to `stop`."""

    def scaled(fraction: float, text: str) -> None:
        report(start + (stop - start) * fraction, text)

    return scaled
