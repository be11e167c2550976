"""Folds below a photograph's maps, with details that are computed when a fold is opened."""

from collections.abc import Mapping

from fcnlib.networks.shipped import NETWORKS
from fcnlib.segmentation import Segmentation
from fcnlib.segmentation.network_geometry import imagenet_geometry, vgg_16_geometry
from fcnlib.ui.layout import fold
from fcnlib.ui.segmentation.attribution import show_pixel_attribution
from fcnlib.ui.segmentation.choices import Request
from fcnlib.ui.segmentation.comparison import show_cost
from fcnlib.ui.segmentation.confidence import show_confidence
from fcnlib.ui.segmentation.maps import downloads, show_classes
from fcnlib.ui.segmentation.precision import show_effect
from fcnlib.ui.segmentation.step_order import show_step_order

GEOMETRIES = {"imagenet": imagenet_geometry, "vgg_16": vgg_16_geometry}


def show_deeper(results: Mapping[str, Segmentation], request: Request) -> None:
    """Offer the folds that fit the networks at hand."""
    for name, result in results.items():
        title = f"All classes and downloads: {NETWORKS[name].title}"
        fold(title, f"segmentation_{name}_details", _details, result, name)
    on_blocks = {n: r for n, r in results.items() if r.upsampling == "bilinear"}
    for name, result in on_blocks.items():
        _folds_of_scores(name, result, request)
    fold("What the networks cost", "segmentation_cost", show_cost, results)


def _details(result: Segmentation, name: str) -> None:
    show_classes(result, f"segmentation_{name}")
    downloads(result, name, f"segmentation_{name}")


def _folds_of_scores(name: str, result: Segmentation, request: Request) -> None:
    """Offer what needs a score for every block of pixels, which the classifiers give."""
    title, key = NETWORKS[name].title, f"segmentation_{name}"
    asked = (request.picture.digest, request.long_side, request.precision, name)
    pixel = f"How one pixel gets its class: {title}"
    fold(pixel, f"{key}_pixel_fold", show_pixel_attribution, result, GEOMETRIES[name](), key)
    order = f"The order of the steps: {title}"
    fold(order, f"{key}_order_fold", show_step_order, result, f"{key}_orders")
    sure = f"How sure is each pixel? {title}"
    fold(sure, f"{key}_confidence_fold", show_confidence, result, asked)
    if name == "vgg_16":
        effect = f"What {result.precision} changes"
        fold(effect, "segmentation_precision_fold", show_effect, result, asked)
