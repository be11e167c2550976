"""Comparison of the three heads of the built-in network on one image."""

from collections.abc import Mapping
from dataclasses import dataclass

from fcnlib.class_map.metrics import Metrics, confusion_matrix, measure
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
) -> Comparison:
    """Segment an image with each network and measure the maps against the truth.

    Parameters
    ----------
    networks : mapping of str to Network
        Network of each head, all with the same classes.
    picture : ndarray of shape (H, W, 3), uint8
        RGB.
    truth : ndarray of shape (H, W), optional
        True class of every pixel.
    report : callable, optional
        Called with (fraction, text) before each head.

    Returns
    -------
    comparison : Comparison
        Results in the order of `networks`.

    """
    results, metrics = {}, {}
    height, width = picture.shape[:2]
    for number, (head, network) in enumerate(networks.items()):
        report(number / len(networks), f"{network.name} on {height} × {width} px")
        results[head] = segment(picture, network)
        if truth is not None:
            confusion = confusion_matrix(truth, results[head].label_map, len(network.class_names))
            metrics[head] = measure(confusion)
    return Comparison(results, truth, metrics)
