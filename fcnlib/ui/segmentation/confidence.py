"""The confidence of every pixel's class, computed on request."""

from collections.abc import Hashable

from fcnlib.plots.upsampling import lost_figure
from fcnlib.segmentation import Segmentation
from fcnlib.typing import Float32Array
from fcnlib.ui.jobs import on_request, task
from fcnlib.ui.layout import chart, metric_row


def show_confidence(result: Segmentation, asked: Hashable) -> None:
    """Offer to compute the confidence of every pixel's class, and show the map of doubt.

    `asked` identifies this result.
    """
    confidence = on_request(
        "Compute every pixel's confidence",
        "blur_on",
        "segmentation_confidence",
        key=asked,
        work=task("confidence", result.coarse_factor, result.coarse_logits),
        about="The confidence is the probability of the pixel's class. The softmax function, which "
        "turns scores into probabilities, computes it. The best class can be found without the "
        "scores of classes that cannot win, but the softmax needs the scores of all "
        f"{len(result.class_names)} classes at every pixel. To save memory, they are upsampled for "
        "a few cells at a time.",
    )
    if confidence is not None:
        height, width = result.label_map.shape
        _show(confidence[:height, :width])


def _show(confidence: Float32Array) -> None:
    figures = {
        "Confidence on average": confidence.mean(),
        "Pixels above a half": (confidence > 0.5).mean(),
        "Least confident pixel": confidence.min(),
    }
    metric_row({label: f"{share:.1%}" for label, share in figures.items()})
    figure = lost_figure(1 - confidence, "Doubt: 1 − confidence", height=400)
    chart(figure, "segmentation_confidence_map")
