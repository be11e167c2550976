"""Section of the Training page on the accuracy that a coarse grid allows."""

import streamlit as st

from fcnlib import scenes
from fcnlib.class_map.metrics import Confusion, measure
from fcnlib.plots import class_maps
from fcnlib.plots.training import upper_bound_figure
from fcnlib.training import grid_bound
from fcnlib.typing import LabelMap
from fcnlib.ui.layout import chart, drawn

SCENES = 20
EXAMPLE = 10  # a test scene with all seven classes


def show_grid_bound() -> None:
    """Measure at each factor how much of the test scenes remains, and show it."""
    kept = _mean_iu_by_factor()
    left, right = st.columns(2)
    with left:
        chart(drawn(upper_bound_figure, kept, grid_bound.PAPER), "training_bound")
    with right:
        factor = st.select_slider(
            "Cell size in px",
            grid_bound.FACTORS,
            value=32,
            key="training_factor",
            help="Watch the people and the edges. Many objects that are smaller than a cell "
            "disappear.",
        )
        coarse = grid_bound.down_and_up(factor, _labels(EXAMPLE))
        title = f"Test scene, downsampled and upsampled by {factor}"
        figure = drawn(class_maps.scene_figure, coarse, title, legend=12, height=440)
        chart(figure, "training_bound_example")
    st.markdown(
        f"With cells of 32 px, the mean IU on these {SCENES} test scenes is **{100 * kept[32]:.0f} "
        f"%**; with cells of 8 px it is **{100 * kept[8]:.0f} %**. This is why FCN-8s uses skip "
        "connections from layers with a finer grid. The values of the paper are higher. Its "
        "photographs are about 500 px wide, so a cell covers a smaller part of them."
    )
    st.caption(
        "The paper calls this mean IU an upper bound, but a network can exceed it. Fractions can "
        "shift an edge. A network may compute scores that are not fractions, and these can put the "
        "edge at the right place. The FCN-32s that comes with this app, for example, has a higher "
        "mean IU on test scenes than this experiment with cells of 32 px."
    )


def _mean_iu_by_factor() -> dict[int, float]:
    bar = st.empty()
    total: dict[int, Confusion] = {}
    for done, seed in enumerate(scenes.TEST_SEEDS[:SCENES]):
        if done:
            bar.progress(done / SCENES, text=f"Measured {done} of {SCENES} scenes")
        for factor, counts in _counts(seed).items():
            total[factor] = total.get(factor, 0) + counts
    bar.empty()
    return {factor: measure(counts).mean_iu for factor, counts in total.items()}


@st.cache_data(max_entries=2 * SCENES, show_spinner=False)
def _counts(seed: int) -> dict[int, Confusion]:
    return grid_bound.confusions(_labels(seed))


@st.cache_data(max_entries=2 * SCENES, show_spinner=False)
def _labels(seed: int) -> LabelMap:
    return scenes.scene(seed).labels
