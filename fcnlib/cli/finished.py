"""Which pictures of a folder are done, so that an interrupted command can go on.

The last file that is written for a picture is a record of its source, the settings and the files
that were made. Every file gets its name only when it is complete.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fcnlib.paths import write_whole, writing

RECORD = "record.json"
MAX_RECORD = 1 << 20


def finish(folder: Path, entry: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
    """Record that the picture of an entry of the summary is done.

    Parameters
    ----------
    folder : Path
        Folder of its maps.
    entry : mapping
        Its entry.
    settings : mapping
        The options that the maps depend on.

    Raises
    ------
    FcnlibError
        ``cannot_write``.

    """
    record = {"entry": entry, "settings": settings, "source": _source(entry["picture"])}
    with writing(folder, "--out"):
        write_whole(folder / RECORD, json.dumps(record, indent=1).encode())


def finished(folder: Path, picture: str, settings: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the entry of a picture that is done, or None.

    It is done if the record in `folder` is about this picture, unchanged since, with the same
    settings, and if all files that it names are there.
    """
    try:
        with open(folder / RECORD, "rb") as file:
            record = json.loads(file.read(MAX_RECORD))
        entry: dict[str, Any] = dict(record["entry"])
        same = (entry["picture"], record["settings"], record["source"]) == (
            picture,
            settings,
            _source(picture),
        )
        there = all(map(os.path.isfile, entry["files"]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return entry if same and there else None


def _source(picture: str) -> list[int]:
    """Return size and time of the picture's file; nothing for an address or standard input."""
    try:
        about = os.stat(picture)
    except (OSError, ValueError):
        return []
    return [about.st_size, about.st_mtime_ns]
