"""Run all benchmarks, print a Markdown table and write ``benchmarks/results.json``."""

import json
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from benchmarks import class_maps, engine, networks, pages, photographs
from benchmarks.measure import this_machine
from benchmarks.rows import Row

RESULTS = Path(__file__).with_name("results.json")
HEAD = """\
| what | ours | peer | ratio | limit | memory, ours | memory, peer | |
|---|---|---|---|---|---|---|---|"""


def main() -> None:
    """Measure every row and print it as soon as it is measured."""
    print(HEAD, flush=True)
    measured = []
    parts = (class_maps, networks, photographs, pages, engine)
    for row in chain.from_iterable(part.rows() for part in parts):
        measured.append(row)
        print(line(row), flush=True)
    today = datetime.now(UTC).date().isoformat()
    rows = [row.as_dict() for row in measured]
    results = {"machine": this_machine(), "date": today, "rows": rows}
    RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    print(f"\n{this_machine()}; {today}. Written to {RESULTS}")


def line(row: Row) -> str:
    """Return one line of the table."""
    peer = f"{_time(row.peer)}, {row.peer_name}" if row.peer else row.peer_name
    limit = "" if row.max_mb is None else f"≤ {_memory(row.max_mb)}"
    if row.max_ratio is not None:
        limit = f"≤ {row.max_ratio:.3g} ×"
    if row.max_delay is not None:
        limit = f"≤ {1000 * row.max_delay:.3g} ms more"
    ratio = "" if row.ratio is None else f"{row.ratio:.3g}"
    verdict = {True: "holds", False: "**fails**", None: ""}[row.holds]
    cells = [row.what, _time(row.ours), peer, ratio, limit]
    return f"| {' | '.join([*cells, _memory(row.ours_mb), _memory(row.peer_mb), verdict])} |"


def _time(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:.3g} s"


def _memory(megabytes: float | None) -> str:
    return "" if megabytes is None else f"{megabytes:,.0f} MB"


if __name__ == "__main__":
    main()
