"""Folds below a photograph's steps, with details that are computed when a fold is opened."""

from collections.abc import Mapping

import streamlit as st

from fcnlib import class_map, segmentation
from fcnlib.networks import deeplab, efficientnet_lite
from fcnlib.networks.shipped import NETWORKS
from fcnlib.segmentation import Segmentation
from fcnlib.ui.layout import fold, show_source
from fcnlib.ui.segmentation.choices import Request
from fcnlib.ui.segmentation.comparison import show_cost
from fcnlib.ui.segmentation.confidence import show_confidence
from fcnlib.ui.segmentation.maps import downloads, show_classes
from fcnlib.ui.segmentation.own_network import show_own_networks
from fcnlib.ui.segmentation.precision import show_effect
from fcnlib.ui.segmentation.run import describe
from fcnlib.ui.segmentation.step_order import show_step_order


def show_deeper(results: Mapping[str, Segmentation], request: Request) -> None:
    """Offer the folds that fit the networks at hand."""
    title, key = "Go deeper: all classes, downloads", "segmentation_details"
    fold(title, key, _details, results, request)
    for name, result in on_blocks(results).items():
        title = f"Go deeper: other orders of the steps, and confidence, {NETWORKS[name].title}"
        fold(title, f"segmentation_{name}_order_fold", _orders, name, result, request)
    fold("Go deeper: what the networks cost", "segmentation_cost", _cost, results, request)
    fold("Go deeper: your own networks", "segmentation_own_fold", show_own_networks, request)


def on_blocks(results: Mapping[str, Segmentation]) -> dict[str, Segmentation]:
    """Return the results with a score for every block of pixels, which classifiers give."""
    return {name: result for name, result in results.items() if result.upsampling == "bilinear"}


def _details(results: Mapping[str, Segmentation], request: Request) -> None:
    for name, result in results.items():
        st.subheader(NETWORKS[name].title)
        st.caption(describe(result))
        show_classes(result, f"segmentation_{name}")
        picture = request.picture.title.lower().replace(" ", "_")
        downloads(result, picture, name, f"segmentation_{name}")
    show_source(
        segmentation.segment,
        class_map.upsampled_argmax,
        class_map.resized_argmax,
        efficientnet_lite.build,
        deeplab.build,
        key="segmentation_source_code",
    )


def _orders(name: str, result: Segmentation, request: Request) -> None:
    show_step_order(result, f"segmentation_{name}_orders")
    st.subheader("How sure is each pixel?")
    show_confidence(result, _asked(name, request))


def _cost(results: Mapping[str, Segmentation], request: Request) -> None:
    show_cost(results)
    if (result := results.get("vgg_16")) is not None:
        st.subheader(f"What {result.precision} changes")
        show_effect(result, _asked("vgg_16", request))


def _asked(name: str, request: Request) -> tuple[str, int, str, str]:
    """Return what identifies the result of a network."""
    return request.picture.digest, request.long_side, request.precision, name
