"""Section of the Training page on the accuracy that a coarse grid allows."""

import streamlit as st

from fcnlib import scenes
from fcnlib.class_map.metrics import Confusion, measure
from fcnlib.plots.training import upper_bound_figure
from fcnlib.training import grid_bound
from fcnlib.typing import LabelMap
from fcnlib.ui import pictures, scripts
from fcnlib.ui.layout import chart, drawn, fold
from fcnlib.ui.story import predict, so
from fcnlib.ui.training.linked_maps import Panel, show_maps, telling_pixel

SCENES = 20
EXAMPLE = 10  # a test scene with all seven classes

RANGES = {"low": "below 0.5", "middle": "0.5 to 0.75", "high": "above 0.75"}
LIMITS = (0.5, 0.75)


def show_grid_bound() -> None:
    """Show what cells of a size keep of a scene, and measure it for every size on request."""
    factor = st.select_slider(
        "Cell size in px",
        grid_bound.FACTORS,
        value=32,
        key="training_factor",
        bind="query-params",
        help="Many objects that are smaller than a cell disappear.",
    )
    scripts.note(CELL=factor)
    scene = pictures.street(EXAMPLE)
    truth = scene.labels
    coarse = grid_bound.down_and_up(factor, truth)
    shown = [
        Panel("Picture", "picture", scene.picture),
        Panel("Truth", "truth", truth),
        Panel(f"After cells of {factor} px", "answer", coarse),
        Panel("Errors", "wrong", coarse, f"{(coarse != truth).mean():.1%} wrong"),
    ]
    # As a perfect answer, the scene itself is compared: a pixel that the cells lose is marked.
    show_maps(shown, "training_bound_example", 4, start=telling_pixel(truth, coarse, truth))
    st.markdown(
        "The trained FCN-32s also has cells of 32 px, but fewer of its pixels are wrong on this "
        "street (number 11 in step 2). Its scores need not be fractions, so an edge can be in a "
        "better place."
    )
    question = f"how large is the mean IU on {SCENES} streets with cells of 32 px?"
    if predict("training_kept", question, RANGES, _answer):
        kept = mean_iu_by_factor()
        chart(drawn(upper_bound_figure, kept, grid_bound.PAPER), "training_bound")
        st.markdown(
            "The dotted curve is from the paper by Long, Shelhamer and Darrell (appendix A). It is "
            "higher, because the paper's photographs are from the data set PASCAL VOC and about "
            "500 px wide, so a cell covers a smaller part of them."
        )
        fold("Go deeper: can a network do better than this?", "training_bound_more", _explain)
    so("a coarse grid loses thin objects even if every cell is right. Skips bring a finer grid.")


def _explain() -> None:
    st.markdown(
        "The paper calls this mean IU an upper bound, but a network can exceed it. Fractions can "
        "shift an edge. A network may compute scores that are not fractions, and these can put the "
        "edge in the right place. The FCN-32s that comes with this app, for example, has a higher "
        "mean IU on test streets than this experiment with cells of 32 px."
    )


def mean_iu_by_factor() -> dict[int, float]:
    """Return the mean IU that each cell size keeps of the first test scenes."""
    bar = st.empty()
    total: dict[int, Confusion] = {}
    for done, seed in enumerate(scenes.TEST_SEEDS[:SCENES]):
        if done:
            bar.progress(done / SCENES, text=f"Measured {done} of {SCENES} streets")
        for factor, counts in _counts(seed).items():
            total[factor] = total.get(factor, 0) + counts
    bar.empty()
    return {factor: measure(counts).mean_iu for factor, counts in total.items()}


def _answer() -> tuple[str, str]:
    kept = mean_iu_by_factor()
    right = list(RANGES)[sum(kept[32] > limit for limit in LIMITS)]
    return right, (
        f"The mean IU is {kept[32]:.2f} with cells of 32 px and {kept[8]:.2f} with cells of 8 px. "
        "No network was used, so the grid alone causes these errors."
    )


@st.cache_data(max_entries=2 * SCENES, show_spinner=False)
def _counts(seed: int) -> dict[int, Confusion]:
    return grid_bound.confusions(_labels(seed))


@st.cache_data(max_entries=2 * SCENES, show_spinner=False)
def _labels(seed: int) -> LabelMap:
    return pictures.street(seed).labels
