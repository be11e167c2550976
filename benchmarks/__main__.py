"""Measure everything; print a table and write ``benchmarks/results.json``."""

import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.rows import Row, rows

RESULTS = Path(__file__).with_name("results.json")


def main() -> None:
    """Run every row and report it as it comes."""
    print(f"{'ours':>9} {'peer':>9} {'ratio':>6}  {'MiB':>5} {'MiB':>5}  what, against what")
    measured = []
    for row in rows():
        measured.append(row)
        print(line(row), flush=True)
    machine = f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores"
    today = datetime.now(UTC).date().isoformat()
    results = {"machine": machine, "date": today, "rows": [row.as_dict() for row in measured]}
    RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    print(f"{machine}, {today}; written to {RESULTS}")


def line(row: Row) -> str:
    """Return one line of the table."""
    memory = [f"{mib:5.0f}" if mib else "    –" for mib in (row.ours_mib, row.peer_mib)]
    return (
        f"{row.ours:7.3f} s {row.peer:7.3f} s {row.ours / row.peer:6.2f}  {' '.join(memory)}  "
        f"{row.what}, against {row.peer_name}"
    )


if __name__ == "__main__":
    main()
