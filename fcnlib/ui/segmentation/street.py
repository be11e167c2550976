"""The built-in network on a page: three heads beside the truth, and what the skips add."""

from collections.abc import Mapping

import streamlit as st

from fcnlib import class_map, scenes
from fcnlib.networks import built_in
from fcnlib.plots import class_maps
from fcnlib.segmentation import Segmentation
from fcnlib.segmentation.comparison import Comparison
from fcnlib.segmentation.network_geometry import built_in_geometry
from fcnlib.typing import LabelMap
from fcnlib.ui.layout import chart
from fcnlib.ui.segmentation import maps
from fcnlib.ui.segmentation.attribution import HOW, show_pixel_attribution
from fcnlib.ui.segmentation.step_order import show_step_order

HEIGHT = 330

STEPS = {
    "score_fr": "fc7 scored",
    "upscore2": "enlarged × 2",
    "score_pool4": "pool4 adds",
    "fuse_pool4": "their sum",
    "upscore_pool4": "enlarged × 2",
    "score_pool3": "pool3 adds",
    "fuse_pool3": "their sum",
}


def show_street(comparison: Comparison) -> None:
    """Show what the three heads make of a picture, and how each comes to it."""
    results = comparison.results
    first, second = st.columns(2)
    with first:
        picture = results["fcn_8s"].picture
        size = f"{picture.shape[0]} × {picture.shape[1]} px"
        chart(class_maps.photograph_figure(picture, f"Picture, {size}"), "segmentation_picture")
    with second:
        if comparison.truth is not None:
            _map(comparison.truth, "The truth, drawn with it", "truth", 480)
        else:
            _overlay(results["fcn_8s"])
    _heads(comparison)
    _legend()
    if comparison.truth is not None:
        _ious(comparison)
    _closer(results)


def _heads(comparison: Comparison) -> None:
    """Show each head's map and, below it, where it is wrong."""
    for column, (head, result) in zip(st.columns(3), comparison.results.items(), strict=True):
        with column:
            metrics = comparison.metrics.get(head)
            figure = f": mean IU {metrics.mean_iu:.2f}" if metrics else ""
            _map(result.label_map, f"{built_in.NAMES[head]}{figure}", head, HEIGHT)
            if comparison.truth is not None:
                wrong = result.label_map != comparison.truth
                title = f"Wrong: {wrong.mean():.1%} of the pixels"
                chart(
                    class_maps.mask_figure(wrong, title, height=HEIGHT),
                    f"segmentation_{head}_wrong",
                )


def _legend() -> None:
    names = [
        f":color[■]{{foreground={color}}} {name}"
        for name, color in zip(scenes.CLASSES, scenes.PALETTE, strict=True)
    ]
    st.markdown(" &nbsp; ".join(names))


def _ious(comparison: Comparison) -> None:
    rows = [
        {
            "Head": built_in.NAMES[head],
            "Mean IU": metrics.mean_iu,
            **dict(zip(scenes.CLASSES, metrics.iu.tolist(), strict=True)),
        }
        for head, metrics in comparison.metrics.items()
    ]
    columns = {
        name: st.column_config.NumberColumn(format="%.2f") for name in rows[0] if name != "Head"
    }
    st.dataframe(rows, hide_index=True, key="segmentation_ious", column_config=columns)
    st.caption(
        "IU: the pixels that map and truth both give a class, out of those that either gives it. "
        "A class that is in neither has none."
    )


@st.fragment
def _closer(results: Mapping[str, Segmentation]) -> None:
    """Show how the head that the visitor chooses comes to its map, pixel by pixel."""
    st.subheader("One pixel's biography")
    head = st.segmented_control(
        "Head",
        list(results),
        default="fcn_8s",
        required=True,
        format_func=built_in.NAMES.__getitem__,
        key="segmentation_head",
    )
    st.caption(HOW)
    result = results[head or "fcn_8s"]
    show_pixel_attribution(result, built_in_geometry(head or "fcn_8s"), "segmentation")
    _skips(result)
    show_step_order(result, "segmentation")
    maps.downloads(result, "segmentation")


def _skips(result: Segmentation) -> None:
    """Show the best class of every sum on the way."""
    st.subheader("What the skips add")
    st.caption(
        "Deep layers know what, shallow ones know where. Each skip gives scores of its own, and "
        "the sum goes on. Shown is the best class of every cell."
    )
    steps = list(result.sums.items())
    for start in range(0, len(steps), 4):
        for column, (name, scores) in zip(st.columns(4), steps[start : start + 4], strict=False):
            with column:
                cells = class_map.label_map(scores)
                title = f"{STEPS[name]}<br><sup>{name}, {cells.shape[0]} × {cells.shape[1]}</sup>"
                _map(cells, title, f"sum_{name}", 260)
    st.caption(f"Then enlarged × {result.coarse_factor} to the picture's size: the map above.")


def _map(data: LabelMap, title: str, name: str, height: int) -> None:
    figure = class_maps.discrete_matshow(
        data, scenes.CLASSES, title, colors=scenes.COLORS, legend=0, height=height
    )
    chart(figure, f"segmentation_{name}")


def _overlay(result: Segmentation) -> None:
    figure = class_maps.overlay_figure(
        result.picture,
        result.label_map,
        scenes.CLASSES,
        "FCN-8s over the picture",
        colors=scenes.COLORS,
    )
    chart(figure, "segmentation_overlay")
