"""Open each page in fresh processes within AppTest's own limit: ``python -m benchmarks.cold [10]``.

Prints, for each page, how many of the processes showed all results, and the seconds that they took.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
DEFAULT = 3  # seconds, the limit of `AppTest.run`
SCRIPT = """
import json, sys, time
from streamlit.testing.v1 import AppTest

started = time.monotonic()
app = AppTest.from_file(sys.argv[1], default_timeout=float(sys.argv[2])).run()
seconds = time.monotonic() - started
texts = [element.value for element in [*app.text, *app.markdown, *app.caption, *app.metric]]
texts += [table.value.to_string() for table in app.table]
texts += [block.proto.body for block in app.get("html")]
texts += [part.proto.json for part in app.get("bidi_component")]
texts += [bar.proto.text for bar in app.get("progress")]
charts = [chart.key for chart in app.get("plotly_chart")]
errors = [error.value for error in app.exception]
print(json.dumps([seconds, [*texts, *charts], errors, "tensorflow" in sys.modules]))
"""

# What each page shows once it is complete: parts of texts, and keys of charts. The Numbers page
# computes for longer than the limit, so within it the page shows its first rows and the progress.
SHOWN = {
    "app.py": ("home_picture", "home_coarse", "home_full", "Compare the outlines of the two maps"),
    "pages/kernels.py": ("kernels_weights_figure", "kernels_spectrum_figure"),
    "pages/upsampling.py": (
        *("allclose: True", "243 of 243", "upsampling_tensorflow", "upsampling_difference"),
        *("upsampling_kernel", "17 × 17", "upsampling_xray_profile"),
    ),
    "pages/transposed_convolution.py": (
        *("the largest difference is 0 in float64", "“scatter”, “gather” and “matrix”"),
        *("accepted 7, 8, 9 and rejected 6, 10", "in y and", "transposed_convolution_step_losses"),
    ),
    "pages/segmentation.py": (
        *("segmentation_1_coarse", "segmentation_1_full", "segmentation_2_coarse"),
        *("segmentation_2_full", "segmentation_overlay", "have the same class in both maps"),
    ),
    "pages/training.py": ("training_axes", "Press Start", "mean IU 0.", "% wrong"),
    "pages/numbers.py": ("acts", 'class="facts overview"', " · "),
}


class Opening(NamedTuple):
    """How a page opened.

    Attributes
    ----------
    seconds : float
        Duration of the run, without the start of the process.
    missing : tuple of str
        What the complete page would show and this one did not.
    errors : tuple of str
        Exceptions on the page, or why the process failed.
    has_tensorflow : bool
        Whether the page's own process imported TensorFlow.

    """

    seconds: float
    missing: tuple[str, ...]
    errors: tuple[str, ...]
    has_tensorflow: bool


def opening(page: str, limit: float) -> Opening:
    """Open a page, a key of `SHOWN`, in a fresh process in an empty folder."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, str(ROOT / page), str(limit)],
            cwd=folder,
            check=False,
            capture_output=True,
            text=True,
            timeout=600,
        )
    if done.returncode:
        return Opening(limit, SHOWN[page], (done.stderr.strip().rpartition("\n")[2],), False)
    seconds, shown, errors, has_tensorflow = json.loads(done.stdout)
    missing = tuple(part for part in SHOWN[page] if not any(part in text for text in shown))
    return Opening(seconds, missing, tuple(errors), has_tensorflow)


def main() -> None:
    """Print a Markdown table."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    print(f"| page | complete within {DEFAULT} s | seconds: least, median, most | missing |")
    print("|---|---|---|---|")
    for page in SHOWN:
        openings = [opening(page, DEFAULT) for _ in range(times)]
        faults = {fault for one in openings for fault in (*one.errors, *one.missing)}
        complete = sum(not (one.errors or one.missing) for one in openings)
        seconds = sorted(one.seconds for one in openings)
        spread = f"{seconds[0]:.2f}, {statistics.median(seconds):.2f}, {seconds[-1]:.2f}"
        print(f"| {page} | {complete} of {times} | {spread} | {'; '.join(faults)} |", flush=True)


if __name__ == "__main__":
    main()
