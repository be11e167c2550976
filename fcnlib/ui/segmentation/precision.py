"""Choice of VGG-16's number format, and its effect on the result."""

from collections.abc import Hashable

import numpy as np

from fcnlib.networks.precision import FORMATS, choose, has_bfloat16
from fcnlib.plots.class_maps import mask_figure
from fcnlib.segmentation import Segmentation
from fcnlib.ui.jobs import on_request, task
from fcnlib.ui.layout import chart, choose_one, metric_row


def choose_precision() -> str:
    """Let the visitor choose the number format and return its name."""
    own = (
        "This processor supports it"
        if has_bfloat16()
        else "This processor only emulates it, which is slower"
    )
    return choose_one(
        "Number format",
        FORMATS,
        choose(),
        "segmentation_precision",
        in_address=True,
        help="bfloat16 keeps 8 of float32's 24 significant bits. Its weights take half the "
        f"memory. On processors that support it, the network is two to three times as fast. {own}. "
        "“Go deeper: what the networks cost” below measures what it changes.",
    )


def show_effect(result: Segmentation, asked: Hashable) -> None:
    """Offer to run the same picture in the other format, and show which classes differ.

    `asked` identifies this result.
    """
    other = next(name for name in FORMATS if name != result.precision)
    compared = on_request(
        f"Run the network in {other} too",
        "compare",
        "segmentation_precision",
        key=(other, asked),
        work=task("segment", result.picture, "vgg_16", other, 0),
        about=f"Runs the same picture in {other} and shows every pixel whose class differs.",
    )
    if compared is not None:
        _compare(result, compared)


def _compare(result: Segmentation, other: Segmentation) -> None:
    differ = result.label_map != other.label_map
    cells = result.coarse_map != other.coarse_map
    spread = np.abs(result.coarse_logits - other.coarse_logits).max() / np.ptp(other.coarse_logits)
    figures = {
        "Pixels with another class": f"{differ.mean():.2%}",
        "Cells with another class": f"{cells.sum()} of {cells.size}",
        "Largest change of a score": f"{spread:.2%} of the scores' range",
    }
    for one in (result, other):
        figures[f"Network in {one.precision}"] = f"{one.seconds['network']:.1f} s"
    metric_row(figures)
    title = f"Another class in {other.precision}"
    chart(mask_figure(differ, title, height=400), "segmentation_precision_mask")
