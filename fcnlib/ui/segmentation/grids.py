"""The two ways in which cells lie on pixels, and what the wrong one does to a class map."""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fcnlib.class_map import resized_argmax
from fcnlib.images import fit_long_side
from fcnlib.networks.shipped import NETWORKS
from fcnlib.plots.cell_grids import COLUMNS, FACTOR, GRIDS, cell_grids_figure, row_weights, say_sum
from fcnlib.plots.step_order import disagreement_figure
from fcnlib.segmentation import Segmentation
from fcnlib.typing import BoolArray, LabelMap, RGBImage
from fcnlib.ui.layout import chart, drawn
from fcnlib.ui.segmentation.choices import Request
from fcnlib.ui.segmentation.maps import HEIGHT, map_figure
from fcnlib.ui.story import predict, so

ALIGNED = {"aligned corners": True, "scaled": False}
"""Whether cells are on corners, by how a network that scales the picture upsamples."""

SHARES = {
    "few": "Fewer than 3%",
    "some": "3% to 10%",
    "many": "More than 10%",
}


LARGEST = 1024
"""Longest side in px of the maps of both grids, which this process computes."""


class BothGrids(NamedTuple):
    """A picture, its classes (H, W) on the other grid, and where (H, W) they are not its own."""

    picture: RGBImage
    other: LabelMap
    differs: BoolArray


def show_grids() -> DeltaGenerator:
    """Show both ways for a row of pixels; return the place of a prediction about a picture."""
    st.markdown(
        "Upsampling must know where the cells' centers lie. A classifier's cell is a **block** of "
        "pixels, and its center is the block's (half-pixel centers in libraries). DeepLab has "
        "**aligned corners** (`align_corners` in libraries): its outermost cells are centered on "
        f"the outermost pixels. The figure shows both with cells of {FACTOR} px."
    )
    left, right = st.columns([2, 3], gap="medium")
    with left:
        column = st.slider(
            "Pixel: watch its weights",
            0,
            COLUMNS - 1,
            6,
            key="segmentation_column",
            bind="query-params",
            help=f"For blocks, each side of a picture must be a multiple of {FACTOR} pixels, and "
            "for aligned corners 1 pixel more. So the size of a network's input shows its grid.",
        )
    with right:
        chart(drawn(cell_grids_figure, column), "segmentation_grids")
        sums = [f"{name.lower()} {say_sum(weights)}" for name, weights in _weights(column).items()]
        st.markdown(f"Score of pixel {column}: {'; '.join(sums)}.")
    return left


def show_other_grid(
    results: Mapping[str, Segmentation], request: Request, place: DeltaGenerator
) -> None:
    """Let the visitor predict at `place` what the wrong grid does to a map, and conclude."""
    scaled = [(name, result) for name, result in results.items() if result.upsampling in ALIGNED]
    for name, result in scaled[-1:]:
        with place:
            shown = _predict(name, result, request)
        if shown:
            _show_other(name, result)
    so(
        "a network's scores belong to the grid that it was trained with. Another grid moves the "
        "outlines."
    )


def _weights(column: int) -> dict[str, dict[int, float]]:
    return {name: row_weights(column, aligned_corners=way) for way, name in GRIDS.items()}


def _predict(name: str, result: Segmentation, request: Request) -> bool:
    other = "had aligned corners" if not ALIGNED[result.upsampling] else "were blocks"
    return predict(
        "segmentation_grid",
        f"if we upsampled the scores of {NETWORKS[name].title} as if its cells {other}, how many "
        "pixels would get another class?",
        SHARES,
        lambda: _changed(result),
        about=(name, request.picture.digest),
    )


def _show_other(name: str, result: Segmentation) -> None:
    both = both_grids(result)
    left, right = st.columns(2, gap="medium")
    with left:
        title = f"{NETWORKS[name].title}, {GRIDS[not ALIGNED[result.upsampling]].lower()}"
        chart(map_figure(result, both.other, title, HEIGHT), "segmentation_other_grid")
    with right:
        title = f"Another class at {both.differs.mean():.2%} of the pixels"
        figure = disagreement_figure(both.picture, both.differs, title, height=HEIGHT)
        chart(figure, "segmentation_other_grid_mask")


def _changed(result: Segmentation) -> tuple[str, str]:
    """Return which of `SHARES` is right, and why."""
    share = float(both_grids(result).differs.mean())
    right = "few" if share < 0.03 else "some" if share <= 0.1 else "many"
    return right, (
        f"It is {share:.2%}. They lie along the outlines, because only there can other weights "
        "change the winner."
    )


@lru_cache(maxsize=8)
def both_grids(result: Segmentation) -> BothGrids:
    """Compare the class map with that of the same scores on the other grid."""
    picture, own = fit_long_side(result.picture, LARGEST), ALIGNED[result.upsampling]
    maps = [
        resized_argmax(
            result.coarse_factor, result.coarse_logits, picture.shape[:2], aligned_corners=way
        )
        for way in (own, not own)
    ]
    return BothGrids(picture, maps[1], maps[0] != maps[1])
