"""Comparison of the three heads of the small FCN on one image."""

from collections.abc import Mapping
from dataclasses import dataclass

from fcnlib.class_map.metrics import Metrics, confusion_matrix, measure
from fcnlib.images import as_rgb8
from fcnlib.networks import Network
from fcnlib.segmentation.pipeline import Segmentation, segment
from fcnlib.typing import LabelMap, Report, RGBImage, silent


@dataclass(frozen=True)
class Comparison:
    """Results of several heads for one image.

    Attributes
    ----------
    results : mapping of str to Segmentation
        Result of each head.
    truth : ndarray of shape (H, W) or None
        True class of every pixel, if it is known.
    metrics : mapping of str to Metrics
        Metrics of each head. Empty if the truth is not known.

    """

    results: Mapping[str, Segmentation]
    truth: LabelMap | None
    metrics: Mapping[str, Metrics]


def compare_heads(
    networks: Mapping[str, Network],
    picture: RGBImage,
    truth: LabelMap | None = None,
    report: Report = silent,
    *,
    ignore_label: int | None = None,
) -> Comparison:
    """Segment an image with each network and measure the maps against the truth.

    Parameters
    ----------
    networks : mapping of str to Network
        Network of each head, all with the same classes.
    picture : ndarray of shape (H, W, 3), uint8
        RGB, or what `images.as_rgb8` accepts.
    truth : ndarray of int, shape (H, W), optional
        True class of every pixel.
    report : callable, optional
        Called with (fraction, text) before each head.
    ignore_label : int, optional
        Label of void pixels in `truth`, which are not measured.

    Returns
    -------
    comparison : Comparison
        Results in the order of `networks`.

    """
    picture = as_rgb8(picture)
    results, metrics = {}, {}
    height, width = picture.shape[:2]
    for number, (head, network) in enumerate(networks.items()):
        report(number / len(networks), f"{network.name} on {height} × {width} px")
        results[head] = segment(picture, network)
        if truth is not None:
            prediction, classes = results[head].label_map, len(network.class_names)
            confusion = confusion_matrix(truth, prediction, classes, ignore_label=ignore_label)
            metrics[head] = measure(confusion)
    return Comparison(results, truth, metrics)
