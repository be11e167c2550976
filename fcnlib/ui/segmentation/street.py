"""Drawn streets through the three FCN heads, the ground truth, and what skip connections add."""

import streamlit as st

from fcnlib import class_map, scenes
from fcnlib.class_map import metrics
from fcnlib.networks import built_in, fcn, small_fcn
from fcnlib.plots import class_maps
from fcnlib.segmentation import Segmentation, comparison
from fcnlib.segmentation.comparison import Comparison
from fcnlib.segmentation.network_geometry import built_in_geometry
from fcnlib.ui import pictures, scripts
from fcnlib.ui.elements import class_legend
from fcnlib.ui.jobs import on_opening, task
from fcnlib.ui.layout import button, chart, chart_row, choose_one, fold, show_source
from fcnlib.ui.segmentation import maps
from fcnlib.ui.segmentation.attribution import show_pixel_attribution
from fcnlib.ui.segmentation.step_order import show_step_order
from fcnlib.ui.story import part, so, step

HEIGHT = 280

STEPS = {
    "score_fr": "scores of fc7",
    "upscore2": "upsampled × 2",
    "score_pool4": "scores of pool4",
    "fuse_pool4": "their sum",
    "upscore_pool4": "upsampled × 2",
    "score_pool3": "scores of pool3",
    "fuse_pool3": "their sum",
}

JOB = "segmentation_street_job"
SEED = "segmentation_seed"
FIRST_SEED = scenes.TEST_SEEDS[10]


def show_street() -> None:
    """Show a drawn street and its ground truth, and then the steps of the small FCN."""
    st.markdown(
        "This street is drawn by the app, so its **ground truth**, the correct class of every "
        "pixel, is known. A small fully convolutional network (FCN) that comes with the app "
        "segments it."
    )
    button("Another street", "casino", "segmentation_another", _next_street)
    seed = st.session_state.setdefault(SEED, FIRST_SEED)
    scripts.begin("segmentation_street")
    scripts.note(SEED=seed)
    street = pictures.street(seed)
    height, width = street.labels.shape
    left, middle, right = st.columns(3)
    title = f"Picture, {height} × {width} px"
    with left:
        chart(
            class_maps.photograph_figure(street.picture, title, height=HEIGHT),
            "segmentation_picture",
        )
    with middle:
        chart(
            class_maps.scene_figure(street.labels, "Ground truth", height=HEIGHT),
            "segmentation_truth",
        )
    st.markdown(class_legend(scenes.CLASSES, scenes.PALETTE))
    compared = on_opening("inference", JOB, key=("street", seed), work=task("street", seed))
    if compared is None:
        return
    result = compared.results["fcn_8s"]
    with right:
        title = f"FCN-8s: {result.label_map.shape[0]} × {result.label_map.shape[1]} px"
        chart(
            class_maps.scene_figure(result.label_map, title, height=HEIGHT), "segmentation_answer"
        )
    _steps(compared)


def _next_street() -> None:
    """Go on to the next test scene; the network was trained on none of them."""
    test = scenes.TEST_SEEDS
    st.session_state[SEED] = test[(test.index(st.session_state[SEED]) + 1) % len(test)]


def _steps(compared: Comparison) -> None:
    """Show the maps of the three heads, and how each head computes its map."""
    with step("segmentation_heads", "Three heads, three answers", 1):
        st.markdown(
            "Three networks have different **heads**, or last parts. FCN-32s upsamples its "
            "scores by 32 in one step. FCN-16s first adds the scores of an earlier layer, whose "
            "cells are smaller; FCN-8s adds those of two. Such an addition is a **skip "
            "connection**. Watch people and tree trunks. **IU** (intersection over union): the "
            "number of pixels that have a class in both answer and truth, divided by the number "
            "that have it in at least one of them (1 is best). Mean IU is its mean over the "
            "classes."
        )
        _heads(compared)
        best, worst = (compared.metrics[head].mean_iu for head in ("fcn_8s", "fcn_32s"))
        so(
            f"skip connections {'add' if best > worst else 'do not add'} detail here: the mean IU "
            f"goes from {worst:.2f} to {best:.2f}."
        )
    _closer(compared)


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
            "Network": built_in.NAMES[head],
            "Mean IU": measured.mean_iu,
            **dict(zip(scenes.CLASSES, measured.iu.tolist(), strict=True)),
        }
        for head, measured in compared.metrics.items()
    ]
    columns = {
        name: st.column_config.NumberColumn(format="%.2f") for name in rows[0] if name != "Network"
    }
    st.dataframe(rows, hide_index=True, key="segmentation_ious", column_config=columns)
    st.caption(
        "The IU (intersection over union) of a class is the number of pixels that have it in both "
        "the map and the ground truth, divided by the number that have it in either. A class that "
        "is in neither has no IU. Mean IU is the mean over the classes."
    )


@part
def _closer(compared: Comparison) -> None:
    """Show how the chosen head computes the class of a pixel."""
    with step("segmentation_pixel", "Follow one pixel's answer", 2):
        head = choose_one(
            "Version of the network (head)",
            built_in.NAMES,
            "fcn_8s",
            "segmentation_head",
            in_address=True,
        )
        scripts.note(HEAD=head)
        result = compared.results[head]
        show_pixel_attribution(result, built_in_geometry(head), "segmentation")
        so(
            "a pixel's score is a weighted sum over a few cells. The class with the highest wins. "
            "Training changed these weights, so they need not add up to 1."
        )
    with step("segmentation_deeper"):
        fold("Go deeper: IU of every class", "segmentation_iou_fold", _ious, compared)
        title = "Go deeper: what each skip connection adds"
        fold(title, "segmentation_sums_fold", _skips, result)
        orders = "segmentation_orders"
        fold("Go deeper: the order of the steps", orders, show_step_order, result, orders)
        picture = f"street_{st.session_state[SEED]}"
        fold(
            *("Go deeper: downloads", "segmentation_downloads_fold", maps.downloads),
            *(result, picture, head, "segmentation"),
        )
        fold("Go deeper: source code", "segmentation_street_code", _source)


def _source() -> None:
    show_source(
        comparison.compare_heads,
        small_fcn.build,
        fcn.fcn_8s,
        metrics.measure,
        key="segmentation_street_source",
    )


def _skips(result: Segmentation) -> None:
    """Show the best class of every cell for each sum of scores."""
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
