"""Starting the app, and a visitor's click, beside what they cannot do without."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

from benchmarks.measure import seconds
from benchmarks.rows import Row
from fcnlib import scenes
from fcnlib.networks import built_in
from fcnlib.segmentation import comparison

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "pages" / "segmentation.py"
FIRST_PAGE = (
    "import sys; from streamlit.testing.v1 import AppTest; "
    "page = AppTest.from_file('app.py', default_timeout=60).run(); "
    "assert not page.exception; assert {unwanted!r} not in sys.modules"
)


def rows() -> Iterator[Row]:
    """Measure one row after another."""
    yield Row(
        "a new process to its first page, TensorFlow not loaded",
        *seconds(
            partial(_python, FIRST_PAGE.format(unwanted="tensorflow")),
            partial(_python, "import tensorflow"),
        ),
        "importing TensorFlow",
    )
    street = scenes.scene(1)
    yield Row(
        "street in three heads: network, maps and figures of merit",
        *seconds(partial(compare, street), partial(networks_alone, street)),
        "the three networks alone",
    )
    yield Row(
        "Segmentation page: click on Another street to result",
        *seconds(_another_street(), partial(compare, street)),
        "the same without the page",
    )


@cache
def three_heads() -> dict[str, Any]:
    """Load the built-in network's heads once."""
    return {head: built_in.network(head) for head in built_in.NAMES}


def compare(scene: scenes.Scene) -> None:
    """Segment a street with all heads and measure the maps."""
    comparison.compare_heads(three_heads(), scene.picture, scene.labels)


def networks_alone(scene: scenes.Scene) -> None:
    """Run the heads on a street and leave their scores."""
    for network in three_heads().values():
        network.scores(scene.picture)


def _another_street() -> Callable[[], None]:
    """Return a click on the page, until its maps are there.

    The page runs under Streamlit's testing framework, polled without a pause; a browser adds
    its own drawing, and up to a second until it next asks how the job is.
    """
    from streamlit.testing.v1 import AppTest

    app = AppTest.from_file(str(PAGE), default_timeout=120).run()
    _until(app, lambda: bool(app.get("plotly_chart")))

    def click() -> None:
        app.button(key="segmentation_another").click().run()
        _until(app, lambda: bool(app.get("plotly_chart")))

    return click


def _until(app: Any, condition: Callable[[], bool]) -> None:
    while not condition():
        app.run()
        time.sleep(0.01)


def _python(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True)
