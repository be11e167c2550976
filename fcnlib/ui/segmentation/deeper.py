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
from fcnlib.ui.segmentation.precision import show_effect
from fcnlib.ui.segmentation.run import describe
from fcnlib.ui.segmentation.script import show_script
from fcnlib.ui.segmentation.step_order import show_step_order


def show_deeper(results: Mapping[str, Segmentation], request: Request) -> None:
    """Offer the folds that fit the networks at hand."""
    title, key = "Go deeper: all classes and downloads", "segmentation_details"
    fold(title, key, _details, results, request.picture.title.lower().replace(" ", "_"))
    for name, result in on_blocks(results).items():
        _folds_of_scores(name, result, request)
    fold("Go deeper: what the networks cost", "segmentation_cost", show_cost, results)
    fold("Go deeper: a script, and the source code", "segmentation_script", _code, request)


def on_blocks(results: Mapping[str, Segmentation]) -> dict[str, Segmentation]:
    """Return the results with a score for every block of pixels, which classifiers give."""
    return {name: result for name, result in results.items() if result.upsampling == "bilinear"}


def _details(results: Mapping[str, Segmentation], picture: str) -> None:
    for name, result in results.items():
        st.subheader(NETWORKS[name].title)
        st.caption(describe(result))
        show_classes(result, f"segmentation_{name}")
        downloads(result, picture, name, f"segmentation_{name}")


def _folds_of_scores(name: str, result: Segmentation, request: Request) -> None:
    title, key = NETWORKS[name].title, f"segmentation_{name}"
    asked = (request.picture.digest, request.long_side, request.precision, name)
    order = f"Go deeper: the order of the steps, {title}"
    fold(order, f"{key}_order_fold", show_step_order, result, f"{key}_orders")
    sure = f"Go deeper: how sure is each pixel? {title}"
    fold(sure, f"{key}_confidence_fold", show_confidence, result, asked)
    if name == "vgg_16":
        effect = f"Go deeper: what {result.precision} changes"
        fold(effect, "segmentation_precision_fold", show_effect, result, asked)


def _code(request: Request) -> None:
    show_script(request)
    show_source(
        segmentation.segment,
        class_map.upsampled_argmax,
        class_map.resized_argmax,
        efficientnet_lite.build,
        deeplab.build,
        key="segmentation_source_code",
    )
