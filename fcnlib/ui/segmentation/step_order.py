"""Class maps of a picture with upsampling, softmax and argmax in other orders."""

import streamlit as st

from fcnlib import engine
from fcnlib.class_map.step_order import ORDERS, REFERENCE, OrderComparison
from fcnlib.images import digest
from fcnlib.plots.step_order import disagreement_figure
from fcnlib.segmentation import Segmentation
from fcnlib.typing import FloatArray
from fcnlib.ui.layout import chart
from fcnlib.ui.segmentation.maps import map_figure

HEIGHT = 280
SHOWN = ("argmax_nearest", REFERENCE, "softmax_bilinear_argmax")
NAMED = 8  # classes between the cells that are named


def show_step_order(result: Segmentation, key: str) -> None:
    """Compare the orders for a picture; `key` is a prefix of the charts' keys."""
    orders = _compared(result)
    for column, order in zip(st.columns(3), SHOWN, strict=True):
        with column:
            _map(result, orders, order, key)
    st.caption(_account(result, orders))


def _map(result: Segmentation, orders: OrderComparison, order: str, key: str) -> None:
    figure = map_figure(result, orders.maps[order], ORDERS[order], HEIGHT)
    chart(figure, f"{key}_{order}")
    if order == REFERENCE:
        _between(result, orders)
        return
    differs = orders.differs(order)
    title = f"Another class at {differs.mean():.1%} of the pixels"
    chart(disagreement_figure(result.picture, differs, title, height=HEIGHT), f"{key}_{order}_mask")


def _between(result: Segmentation, orders: OrderComparison) -> None:
    """Name the classes that occur only between the cells' centers, after upsampling."""
    st.metric("Classes that no cell predicts", len(orders.between))
    named = [
        f"{result.class_names[label]} {orders.share(label):.2%}" for label in orders.between[:NAMED]
    ]
    more = len(orders.between) - len(named)
    st.text("\n".join([*named, *([f"and {more} more"] if more else [])]))


def _account(result: Segmentation, orders: OrderComparison) -> str:
    own = (orders.maps[REFERENCE] != result.label_map).mean()
    learned = (
        f" The network itself upsamples with a learned kernel, so its map differs from the "
        f"bilinear map at {own:.1%} of the pixels."
        if own
        else ""
    )
    return (
        "The outer maps are compared with the middle map, which is computed in the same order as "
        "the map at the top of the page. In the left map, each pixel has the best class of its "
        "cell. In the middle map, a class can win between cells although it is the best class of "
        "none of them. For the right map, the softmax function first turns the scores of each cell "
        f"into probabilities. These are at most 1, so a very high score counts less.{learned}"
    )


def _compared(result: Segmentation) -> OrderComparison:
    height, width = result.label_map.shape
    key = digest(result.coarse_logits.tobytes())
    return _kept(key, result.coarse_factor, (height, width), _logits=result.coarse_logits)


@st.cache_data(max_entries=8, show_spinner="Computing the map in all orders")
def _kept(key: str, factor: int, shape: tuple[int, int], *, _logits: FloatArray) -> OrderComparison:
    """Compare the orders; `key` is the digest of the scores, which are not hashed again."""
    orders: OrderComparison = engine.run("step_orders", factor, _logits, shape)
    return orders
