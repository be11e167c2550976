"""Open each page in fresh processes within AppTest's own limit: ``python -m benchmarks.cold [10]``.

Prints, for each page, how many of the processes showed all results, and the seconds that they took.
The argument is the number of processes per page, by default 10.
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
texts += [bar.proto.text for bar in app.get("progress")]
texts += [part.proto.json for part in app.get("bidi_component")]
charts = [chart.key for chart in app.get("plotly_chart")]
errors = [error.value for error in app.exception]
print(json.dumps([seconds, [*texts, *charts], errors, "tensorflow" in sys.modules]))
"""

# What each page shows once it is complete: parts of texts and of components' data, and keys of
# charts. The Numbers page computes for longer than the limit, so within it the page shows its first
# rows and the progress.
SHOWN = {
    "app.py": ('"contenders"', "home_street", "VGG-16 weights", " minutes"),
    "pages/kernels.py": (
        *("kernels_curves_figure", "kernels_weights_figure", "kernels_shape_figure"),
        *("kernels_sum_figure", "kernels_wave_figure", "kernels_lobes_figure"),
        *("kernels_placed_figure", "kernels_spikes_figure", "Place and add"),
    ),
    "pages/upsampling.py": (
        *("allclose: True", "243 of 243", "upsampling_tensorflow", "upsampling_difference"),
        *("upsampling_kernel", "upsampling_skimage", "17 × 17"),
    ),
    "pages/transposed_convolution.py": (
        *("Equals TensorFlow", "fractionally strided", "If it **ripples**"),
    ),
    "pages/why_a_layer.py": (
        *("why_a_layer_stop_chain", "transposed_convolution_step_gap"),
        *("TensorFlow returned numbers everywhere", "Equals TensorFlow"),
    ),
    "pages/network.py": (
        *("network_opening_answers", "network_bars", "network_seen", "network_dense_map"),
        *("network_padding_same", "network_cell_seen", "answers"),
    ),
    "pages/segmentation.py": (
        *("segmentation_1_coarse", "segmentation_1_full", "segmentation_2_coarse"),
        *("segmentation_2_full", "Sum: the pixel's score"),
        *("segmentation_grids", "Each framed cell adds"),
    ),
    "pages/training.py": ("training_axes", "Press Start", "mean IU 0.", "% wrong"),
    "pages/words.py": ("**Alias.", "**Stride."),
    "pages/numbers.py": ("acts", 'class="facts overview"', " · "),
    "pages/memory.py": (
        *("memory_bars", "memory_grid", "memory_growth", "memory_product", "memory_between"),
        "16.4 GB",
    ),
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
