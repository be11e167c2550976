"""Drawn streets through the three FCN heads, the ground truth, and what skip connections add."""

from collections.abc import Mapping

import streamlit as st

from fcnlib import class_map, scenes
from fcnlib.class_map import metrics
from fcnlib.networks import built_in, fcn, small_fcn
from fcnlib.plots import class_maps
from fcnlib.segmentation import Segmentation, comparison
from fcnlib.segmentation.comparison import Comparison
from fcnlib.segmentation.network_geometry import built_in_geometry
from fcnlib.ui.jobs import on_opening, task
from fcnlib.ui.layout import button, chart_row, choose_one, fold, show_source
from fcnlib.ui.segmentation import maps
from fcnlib.ui.segmentation.attribution import show_pixel_attribution
from fcnlib.ui.segmentation.step_order import show_step_order

HEIGHT = 300
PICTURE_HEIGHT = 440

STEPS = {
    "score_fr": "scores of fc7",
    "upscore2": "upsampled × 2",
    "score_pool4": "scores of pool4",
    "fuse_pool4": "their sum",
    "upscore_pool4": "upsampled × 2",
    "score_pool3": "scores of pool3",
    "fuse_pool3": "their sum",
}


VIEWS = {"photograph": "Your photograph", "skips": "What skip connections add"}
JOB = "segmentation_street_job"
SEED = "segmentation_seed"
FIRST_SEED = scenes.TEST_SEEDS[10]


def choose_view() -> str:
    """Let the visitor choose between a photograph and the drawn streets."""
    # Older links name the small FCN, which has this view of its own now.
    from_link = st.query_params.get("segmentation_network") == "Built-in FCN"
    first = "skips" if from_link else "photograph"
    return choose_one("View", VIEWS, first, "segmentation_view", label_visibility="collapsed")


def show_skips() -> None:
    """Show a drawn street through the three heads of the small FCN, next to the ground truth."""
    st.markdown(
        "**Skip connections** add the scores of earlier layers, whose cells are smaller. Here, a "
        "small fully convolutional network (FCN) segments a drawn street. Its **ground truth**, "
        "the correct class of every pixel, is known. The network comes with three **heads**, or "
        "last parts. FCN-32s upsamples the coarse scores in one step. FCN-16s first adds the "
        "scores of one earlier layer, and FCN-8s those of two. Watch thin things: people and tree "
        "trunks."
    )
    button("Another street", "casino", "segmentation_another", _next_street)
    seed = st.session_state.setdefault(SEED, FIRST_SEED)
    compared = on_opening("inference", JOB, key=("street", seed), work=task("street", seed))
    if compared is not None:
        show_street(compared)
    show_source(
        comparison.compare_heads,
        small_fcn.build,
        fcn.fcn_8s,
        metrics.measure,
        key="segmentation_street_source",
    )


def _next_street() -> None:
    """Go on to the next test scene; the network was trained on none of them."""
    test = scenes.TEST_SEEDS
    st.session_state[SEED] = test[(test.index(st.session_state[SEED]) + 1) % len(test)]


def show_street(compared: Comparison) -> None:
    """Show the maps of the three heads, and how each head computes its map."""
    results, truth = compared.results, compared.truth
    if truth is None:
        return
    picture = results["fcn_8s"].picture
    title = f"Picture, {picture.shape[0]} × {picture.shape[1]} px"
    figures = {
        "picture": class_maps.photograph_figure(picture, title, height=PICTURE_HEIGHT),
        "truth": class_maps.scene_figure(truth, "Ground truth", height=PICTURE_HEIGHT),
    }
    chart_row("segmentation", figures)
    _heads(compared)
    st.markdown(maps.scene_legend())
    _ious(compared)
    _closer(results)


def _heads(compared: Comparison) -> None:
    """Show each head's map and, below it, where it is wrong."""
    figures, masks = {}, {}
    for head, result in compared.results.items():
        title = f"{built_in.NAMES[head]}: mean IU {compared.metrics[head].mean_iu:.2f}"
        figures[head] = class_maps.scene_figure(result.label_map, title, height=HEIGHT)
        wrong = result.label_map != compared.truth
        title = f"Wrong: {wrong.mean():.1%} of the pixels"
        masks[f"{head}_wrong"] = class_maps.mask_figure(wrong, title, height=HEIGHT)
    columns = st.columns(3)
    chart_row("segmentation", figures, columns)
    chart_row("segmentation", masks, columns)


def _ious(compared: Comparison) -> None:
    rows = [
        {
            "Head": built_in.NAMES[head],
            "Mean IU": measured.mean_iu,
            **dict(zip(scenes.CLASSES, measured.iu.tolist(), strict=True)),
        }
        for head, measured in compared.metrics.items()
    ]
    columns = {
        name: st.column_config.NumberColumn(format="%.2f") for name in rows[0] if name != "Head"
    }
    st.dataframe(rows, hide_index=True, key="segmentation_ious", column_config=columns)
    st.caption(
        "The IU (intersection over union) of a class is the number of pixels that have it in both "
        "the map and the ground truth, divided by the number that have it in either. A class that "
        "is in neither has no IU. Mean IU is the mean over the classes."
    )


@st.fragment
def _closer(results: Mapping[str, Segmentation]) -> None:
    """Show how the chosen head computes the class of a pixel."""
    st.subheader("How one pixel gets its class")
    head = choose_one("Head", built_in.NAMES, "fcn_8s", "segmentation_head")
    result = results[head]
    show_pixel_attribution(result, built_in_geometry(head), "segmentation")
    _skips(result)
    orders = "segmentation_orders"
    fold("The order of the steps", orders, show_step_order, result, orders)
    maps.downloads(result, head, "segmentation")


def _skips(result: Segmentation) -> None:
    """Show the best class of every cell for each sum of scores."""
    st.subheader("What the skip connections add")
    st.caption(
        "Deep layers recognize objects, but their cells are large. Earlier layers have smaller "
        "cells but see less of the picture. Each skip connection adds the scores of an earlier "
        "layer. The figures show the best class of every cell."
    )
    figures = []
    for name, scores in result.sums.items():
        cells = class_map.label_map(scores)
        title = f"{STEPS[name]}<br><sup>{name}, {cells.shape[0]} × {cells.shape[1]}</sup>"
        figures.append((name, class_maps.scene_figure(cells, title, height=260)))
    for start in range(0, len(figures), 4):
        chart_row("segmentation_sum", dict(figures[start : start + 4]), st.columns(4))
    st.caption(
        f"The scores of the last figure, upsampled × {result.coarse_factor}, give the map at the "
        "top."
    )
