"""Tables of the browser's benchmarks in the documentation: ``python -m benchmarks.documents``.

Runs `benchmarks.interactions` and `benchmarks.access`, and writes their tables between the comments
that name them in ``docs/performance.md`` and ``docs/accessibility.md``. With FOLDER, which has an
earlier version of the app, the tables have the numbers of both, measured in turn.
"""

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import access, interactions
from benchmarks.measure import ROOT, this_machine, versions


def write(file: Path, name: str, text: str) -> None:
    """Replace what is in a file between the comments ``<!-- name -->`` and ``<!-- /name -->``.

    Raises
    ------
    ValueError
        If the file does not have both.

    """
    begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    before, found, rest = file.read_text().partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        msg = f"{file} needs a line {begin.strip()} and, below it, a line {end}."
        raise ValueError(msg)
    file.write_text(f"{before}{begin}{text}\n{end}{after}")


def _measured(lines: Iterable[str]) -> str:
    """Return the lines of some tables, with when and where they were measured."""
    load, today = os.getloadavg()[0], datetime.now(UTC).date().isoformat()
    text = []
    for line in lines:
        print(line, flush=True)
        text.append(line)
    where = (
        f"Measured on {today} on {this_machine()}. The load average was {load:.1f} before the "
        f"start, on {os.cpu_count()} cores."
    )
    return "\n".join([where, "", *text])


def main() -> None:
    """Measure, print and write all tables."""
    docs, folders = ROOT / "docs", versions()
    write(docs / "performance.md", "interactions", _measured(interactions.lines(folders)))
    write(docs / "accessibility.md", "findings", _measured(access.lines(folders)))


if __name__ == "__main__":
    main()
