"""Run scripts as a reader would: one in a new interpreter, or several in the same one."""

import json
import os
import subprocess
import sys

# Each script gets its own namespace. They share only the imports, which take seconds.
TOGETHER = """
import contextlib, io, json, sys

results = []
for code in json.load(sys.stdin):
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(code, "snippet", "exec"), {"__name__": "__main__"})
    results.append(output.getvalue().splitlines())
json.dump(results, sys.stdout)
"""


def run_fresh(code, folder):
    """Return the lines that `code` prints, run from a file in a folder without this library."""
    path = folder / "snippet.py"
    path.write_text(code)
    return _python(folder, str(path)).splitlines()


def run_together(codes, folder):
    """Return the lines that each of `codes` prints, one after another in one interpreter."""
    return json.loads(_python(folder, "-c", TOGETHER, stdin=json.dumps(codes)))


def _python(folder, *arguments, stdin=""):
    result = subprocess.run(
        [sys.executable, *arguments],
        input=stdin,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": ""},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-2000:]
    return result.stdout
