"""The folds below a photograph's maps: what specialists want to know, computed when opened."""

from collections.abc import Mapping
from functools import partial

import streamlit as st

from fcnlib.networks.shipped import NETWORKS
from fcnlib.segmentation import Segmentation
from fcnlib.segmentation.network_geometry import imagenet_geometry, vgg_16_geometry
from fcnlib.ui.layout import fold
from fcnlib.ui.segmentation.attribution import HOW, show_pixel_attribution
from fcnlib.ui.segmentation.choices import Request
from fcnlib.ui.segmentation.comparison import show_cost
from fcnlib.ui.segmentation.confidence import show_confidence
from fcnlib.ui.segmentation.maps import downloads, show_classes
from fcnlib.ui.segmentation.memory import show_memory
from fcnlib.ui.segmentation.precision import show_effect
from fcnlib.ui.segmentation.step_order import show_step_order

GEOMETRIES = {"imagenet": imagenet_geometry, "vgg_16": vgg_16_geometry}


def show_deeper(results: Mapping[str, Segmentation], request: Request) -> None:
    """Offer the folds that fit the networks at hand."""
    for name, result in results.items():
        title = f"All classes and downloads: {NETWORKS[name].title}"
        fold(title, f"segmentation_{name}_details", partial(_details, result, name))
    on_blocks = {n: r for n, r in results.items() if r.upsampling == "bilinear"}
    for name, result in on_blocks.items():
        _folds_of_scores(name, result, request)
    fold("What the networks cost", "segmentation_cost", lambda: show_cost(results))


def _details(result: Segmentation, name: str) -> None:
    show_classes(result, f"segmentation_{name}")
    downloads(result, name, f"segmentation_{name}")


def _folds_of_scores(name: str, result: Segmentation, request: Request) -> None:
    """Offer what needs a score for every block of pixels, which the classifiers give."""
    title, key = NETWORKS[name].title, f"segmentation_{name}"
    asked = (request.picture.digest, request.long_side, request.precision, name)

    def pixel() -> None:
        st.caption(HOW)
        show_pixel_attribution(result, GEOMETRIES[name](), key)

    fold(f"How one pixel gets its class: {title}", f"{key}_pixel_fold", pixel)
    fold(
        f"The order of the steps: {title}",
        f"{key}_order_fold",
        lambda: show_step_order(result, f"{key}_orders"),
    )
    fold(
        f"How sure is each pixel? {title}",
        f"{key}_confidence_fold",
        lambda: show_confidence(result, asked),
    )
    if name == "vgg_16":
        fold(
            f"What {result.precision} changes",
            "segmentation_precision_fold",
            lambda: show_effect(result, asked),
        )
    fold(
        f"Why 16 GB, and why not: {title}",
        f"{key}_memory_fold",
        lambda: show_memory(result, f"{key}_gb"),
    )
