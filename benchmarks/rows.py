"""What is measured, each beside its peer in the same run."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import peak_mib, seconds
from fcnlib import built_in, class_map, heads, scenes

PAGE = Path(__file__).parents[1] / "pages" / "segmentation.py"


@dataclass(frozen=True)
class Row:
    """One measurement.

    Attributes
    ----------
    what : str
        What was done.
    ours, peer : float
        Seconds, medians.
    peer_name : str
        What it is compared with.
    ours_mib, peer_mib : float or None
        Peak memory of a process that does just this.

    """

    what: str
    ours: float
    peer: float
    peer_name: str
    ours_mib: float | None = None
    peer_mib: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the row with its ratio, for JSON."""
        return asdict(self) | {"ratio": self.ours / self.peer}


def rows() -> Iterator[Row]:
    """Measure one row after another."""
    yield Row(
        "class map, 24 × 32 × 100 smooth scores × 32",
        seconds(exact_map),
        seconds(dense_map),
        "scikit-image, every class, then argmax",
        peak_mib("exact_map"),
        peak_mib("dense_map"),
    )
    yield Row(
        "street in three heads: network, maps and figures of merit",
        seconds(partial(compare, scenes.scene(1))),
        seconds(partial(networks_alone, scenes.scene(1))),
        "the three networks alone",
    )
    click = click_to_result()
    yield Row(
        "Segmentation page: click on Another street to result",
        click,
        seconds(partial(compare, scenes.scene(1))),
        "the same without the page",
    )


def exact_map() -> None:
    """Map labels as the app does."""
    class_map.upsampled_argmax(32, smooth_scores())


def dense_map() -> None:
    """Map labels by upsampling every class with scikit-image."""
    from skimage.transform import rescale

    dense = rescale(smooth_scores(), 32, order=1, mode="edge", clip=False, channel_axis=-1)
    dense.argmax(-1)


@cache
def smooth_scores() -> NDArray[np.float32]:
    """Return random scores that change over about one cell."""
    from scipy.ndimage import gaussian_filter

    noise = np.random.default_rng(0).standard_normal((24, 32, 100), np.float32)
    return gaussian_filter(noise, (1, 1, 0))


@cache
def three_heads() -> dict[str, Any]:
    """Load the built-in network's heads once."""
    return {head: built_in.network(head) for head in built_in.NAMES}


def compare(scene: scenes.Scene) -> None:
    """Segment a street with all heads and measure the maps."""
    heads.compare_heads(three_heads(), scene.picture, scene.labels)


def networks_alone(scene: scenes.Scene) -> None:
    """Run the heads on a street and leave their scores."""
    for network in three_heads().values():
        network.scores(scene.picture)


def click_to_result() -> float:
    """Return the median time from asking for another street until its maps are on the page.

    The page runs under Streamlit's testing framework, polled without a pause; a browser adds
    its own drawing, and up to a second until it next asks how the job is.
    """
    from streamlit.testing.v1 import AppTest

    app = AppTest.from_file(str(PAGE), default_timeout=120).run()
    _until(app, lambda: bool(app.get("plotly_chart")))

    def click() -> None:
        app.button(key="segmentation_another").click().run()
        _until(app, lambda: bool(app.get("plotly_chart")))

    return seconds(click)


def _until(app: Any, condition: Callable[[], bool]) -> None:
    while not condition():
        app.run()
