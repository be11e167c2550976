"""Benchmarks of starting the app and of one click, against the work that they cannot avoid."""

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
    """Measure the start of the app, the comparison of heads, and a click on the page."""
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
        "street with three heads: network, maps and metrics",
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
    """Load the heads of the built-in network once."""
    return {head: built_in.network(head) for head in built_in.NAMES}


def compare(scene: scenes.Scene) -> None:
    """Segment a street with all heads and measure the maps."""
    comparison.compare_heads(three_heads(), scene.picture, scene.labels)


def networks_alone(scene: scenes.Scene) -> None:
    """Run the heads on a street without using their scores."""
    for network in three_heads().values():
        network.scores(scene.picture)


def _another_street() -> Callable[[], None]:
    """Return a function that clicks on the page and waits until the maps are shown.

    The page runs in the testing framework of Streamlit and is polled all the time. A browser adds
    the time for drawing, and up to a second until it polls the job again.
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
