"""The upper bound on the Training page: what a grid of cells keeps, with nothing to learn."""

import streamlit as st

from fcnlib import scenes
from fcnlib.class_map.metrics import Confusion, Metrics, measure
from fcnlib.plots import class_maps
from fcnlib.plots.training import upper_bound_figure
from fcnlib.training import grid_bound
from fcnlib.typing import LabelMap
from fcnlib.ui.layout import chart

SCENES = 20
EXAMPLE = 10  # a test scene with all seven classes


def show_grid_bound() -> None:
    """Measure what is left of the test scenes at each factor, and show it."""
    kept = {factor: found.mean_iu for factor, found in _measured().items()}
    left, right = st.columns(2)
    with left:
        chart(upper_bound_figure(kept, grid_bound.PAPER), "training_bound")
    with right:
        factor = st.select_slider("Factor", grid_bound.FACTORS, value=32, key="training_factor")
        truth = _labels(EXAMPLE)
        figure = class_maps.discrete_matshow(
            grid_bound.down_and_up(factor, truth),
            scenes.CLASSES,
            f"One test scene, down and up by {factor}",
            colors=scenes.COLORS,
            height=440,
        )
        chart(figure, "training_bound_example")
    st.markdown(
        f"Shares on a grid of 32 px keep **{100 * kept[32]:.0f} %** of these {SCENES} test scenes, "
        f"on one of 8 px **{100 * kept[8]:.0f} %**: that is what skips are for. The paper's points "
        "are higher: its photographs are about 500 px wide, so one cell covers less of them."
    )
    st.caption(
        "The paper calls this an upper bound, but it is no strict one. A network's scores need "
        "not be shares, and others can put an edge back: the built-in FCN-32s keeps more."
    )


def _measured() -> dict[int, Metrics]:
    bar = st.empty()
    total: dict[int, Confusion] = {}
    for done, seed in enumerate(scenes.TEST_SEEDS[:SCENES]):
        if done:
            bar.progress(done / SCENES, text=f"Scene {done} of {SCENES}, down and up")
        for factor, counts in _counts(seed).items():
            total[factor] = total.get(factor, 0) + counts
    bar.empty()
    return {factor: measure(counts) for factor, counts in total.items()}


@st.cache_data(max_entries=2 * SCENES, show_spinner=False)
def _counts(seed: int) -> dict[int, Confusion]:
    return grid_bound.confusions(scenes.scene(seed).labels)


@st.cache_data(max_entries=1, show_spinner=False)
def _labels(seed: int) -> LabelMap:
    return scenes.scene(seed).labels
