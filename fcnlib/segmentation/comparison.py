"""The three heads of the built-in network on one picture, beside the truth where it is known."""

from collections.abc import Mapping
from dataclasses import dataclass

from fcnlib.class_map.metrics import Metrics, confusion_matrix, measure
from fcnlib.networks import Network
from fcnlib.segmentation.segment import Segmentation, segment
from fcnlib.typing import LabelMap, Report, RGBImage, silent


@dataclass(frozen=True)
class Comparison:
    """What several heads make of one picture.

    Attributes
    ----------
    results : mapping of str to Segmentation
        By head.
    truth : ndarray of shape (H, W) or None
        The true class of every pixel, where it is known.
    metrics : mapping of str to Metrics
        Agreement with the truth by head; empty where it is not known.

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
    """Segment a picture with each network and measure the maps against the truth.

    Parameters
    ----------
    networks : mapping of str to Network
        By head, all with the same classes.
    picture : ndarray of shape (H, W, 3), uint8
        RGB.
    truth : ndarray of shape (H, W), optional
        The true class of every pixel.
    report : callable, optional
        Told of each head.

    Returns
    -------
    comparison : Comparison
        Results in the order of `networks`.

    """
    results = {}
    for number, (head, network) in enumerate(networks.items()):
        report(
            number / len(networks), f"{network.name} on {picture.shape[0]} × {picture.shape[1]} px"
        )
        results[head] = segment(picture, network)
    metrics = {} if truth is None else {head: _measure(truth, r) for head, r in results.items()}
    return Comparison(results, truth, metrics)


def _measure(truth: LabelMap, result: Segmentation) -> Metrics:
    return measure(confusion_matrix(truth, result.label_map, len(result.class_names)))
