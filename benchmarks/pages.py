"""Benchmarks of starting the app and of one click, against the work that they cannot avoid."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache, partial
from itertools import cycle
from pathlib import Path
from typing import Any

from benchmarks.measure import seconds
from benchmarks.rows import Row
from fcnlib import images, scenes, segmentation
from fcnlib.networks import built_in, shipped
from fcnlib.segmentation import comparison

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "pages" / "segmentation.py"
FIRST_PAGE = (
    "import sys; from streamlit.testing.v1 import AppTest; "
    "page = AppTest.from_file({page!r}, default_timeout=60).run(); "
    "assert not page.exception; assert 'tensorflow' not in sys.modules"
)


def rows() -> Iterator[Row]:
    """Measure the start of the app, the comparison of heads, and a click on the page."""
    for what, page in (
        ("start a process and show Kernels, which needs no TensorFlow", "pages/kernels.py"),
        ("start a process and show Home, which segments a photograph", "app.py"),
    ):
        yield Row(
            what,
            *seconds(
                partial(_python, FIRST_PAGE.format(page=page)),
                partial(_python, "import tensorflow"),
            ),
            "importing TensorFlow",
        )
    street = scenes.scene(1)
    yield Row(
        "scores, class maps and metrics of the three FCN heads for a drawn street",
        *seconds(partial(compare, street), partial(networks_alone, street)),
        "the three networks alone",
    )
    yield Row(
        "Segmentation page: from a click on “Another street” to its result",
        *seconds(_another_street(), partial(compare, street)),
        "the same without the page",
    )
    yield Row(
        "Segmentation page: from a click on a sample to the maps of two networks",
        *seconds(_another_sample(), _two_networks()),
        "the two networks alone",
    )


@cache
def three_heads() -> dict[str, Any]:
    """Load the heads of the small FCN once."""
    return {head: built_in.network(head) for head in built_in.NAMES}


def compare(scene: scenes.Scene) -> None:
    """Segment a street with all heads and measure the maps."""
    comparison.compare_heads(three_heads(), scene.picture, scene.labels)


def networks_alone(scene: scenes.Scene) -> None:
    """Run the heads on a street without using their scores."""
    for network in three_heads().values():
        network.scores(scene.picture)


def _page() -> Any:
    """Open the page in the testing framework of Streamlit, where a run waits for its result.

    A browser adds the time for drawing.
    """
    from streamlit.testing.v1 import AppTest

    return AppTest.from_file(str(PAGE), default_timeout=120).run()


def _another_street() -> Callable[[], Any]:
    """Return a function that shows the next street with its maps."""
    app = _page()
    app.segmented_control(key="segmentation_source").set_value("street").run()
    return lambda: app.button(key="segmentation_another").click().run()


def _another_sample() -> Callable[[], Any]:
    """Return a function that chooses the next sample; the results of all are kept after a round."""
    app = _page()
    samples = cycle(images.SAMPLES)
    return lambda: app.pills(key="segmentation_sample").set_value(next(samples)).run()


def _two_networks() -> Callable[[], Any]:
    picture = images.sample("cat")
    loaded = [shipped.loaded(name) for name in ("imagenet", "voc")]
    return lambda: [segmentation.segment(picture, network) for network in loaded]


def _python(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True)
