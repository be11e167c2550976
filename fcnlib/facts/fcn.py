"""Facts about fully convolutional networks: how heads are initialized, and published results."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from fcnlib.facts.fact import QuotedFact, fact
from fcnlib.facts.samples import SHAPE, largest_difference, normal
from fcnlib.facts.tolerances import WORDS, Measured, within
from fcnlib.kernels.bilinear import upsample_filt
from fcnlib.networks.fcn import HEADS
from fcnlib.networks.vgg import vgg_16
from fcnlib.runtime import building
from fcnlib.typing import FloatArray
from fcnlib.upsampling import upsample_skimage

PAPER = "Long, Shelhamer & Darrell, CVPR 2015"
VOC = "This needs the images of Pascal VOC and a long training of the full network."
FLOAT32 = within(1e-5, "the network adds up float32 numbers, each with an error of about 1e-7")


@fact(
    "New score layers are initialized with zeros and upsampling kernels with bilinear weights. "
    "The numbers are the largest difference in FCN-8s.",
    {"score layers, from zero": "0", "kernels, from bilinear": "0"},
    FLOAT32,
    PAPER + ", sections 3.3 and 4.2",
    seconds=0.6,
    tensorflow=True,
)
def starts() -> Measured:
    """Initialize a narrow FCN-8s and inspect all its new layers."""
    scores: list[float] = []
    kernels: list[float] = []
    with _started("FCN-8s") as (session, tf1, _logits, _feed):
        for variable in tf1.trainable_variables("fcn/"):
            weights = session.run(variable)
            if "/score_" in variable.op.name:
                scores.append(float(np.abs(weights).max()))
            else:
                bilinear = upsample_filt(len(weights))[..., np.newaxis, np.newaxis]
                kernels.append(largest_difference(weights, bilinear))
    return {"score layers, from zero": max(scores), "kernels, from bilinear": max(kernels)}


@fact(
    "FCN-16s and FCN-8s add no detail before their skip connections are trained. Until then, "
    "they only upsample in bilinear steps, FCN-16s by 2 and 16, and FCN-8s by 2, 2 and 8. The "
    "numbers are the largest difference from the same steps by scikit-image.",
    {("FCN-32s", 32): "0", ("FCN-16s", 2, 16): "0", ("FCN-8s", 2, 2, 8): "0"},
    FLOAT32,
    "arithmetic",
    case="{}",
    seconds=2,
    tensorflow=True,
)
def untrained_skips(head: str, *steps: int) -> float:
    """Give each narrow head random scores for fc7, and upsample them in the same steps."""
    expected: FloatArray = normal(2)
    for factor in steps:
        expected = upsample_skimage(factor, expected)
    return largest_difference(_logits(head), expected)


@fact(
    "Because FCN-16s and FCN-8s upsample in several steps, their class maps differ from that "
    "of FCN-32s even before their skip connections are trained.",
    {"FCN-16s": "differ", "FCN-8s": "differ"},
    WORDS,
    case="{}",
    seconds=2,
    tensorflow=True,
)
def untrained_labels(head: str) -> str:
    """Count the pixels whose class differs, for the same random scores."""
    labels, reference = (_logits(name).argmax(-1) for name in (head, "FCN-32s"))
    share = float((labels != reference).mean())
    return f"differ: {share:.1%} of the pixels" if share else "are the same"


@contextmanager
def _started(head: str) -> Iterator[tuple[Any, Any, Any, dict[Any, FloatArray]]]:
    """Yield a session with a new head on a narrow VGG, its logits, and scores to feed it."""
    with building() as (_, tf1, _slim), tf1.Graph().as_default() as graph:
        images = tf1.placeholder("float32", (1, 32 * SHAPE[0], 32 * SHAPE[1], 3))
        _, end_points = vgg_16(images, None, widths=(1, 1, 1, 1, 1), fc_width=1)
        logits, sums = HEADS[head.lower().replace("-", "_")](end_points, 2)
        feed = {
            images: np.zeros(images.shape, np.float32),
            sums["score_fr"]: normal(2)[np.newaxis].astype(np.float32),
        }
        with tf1.Session(graph=graph) as session:
            session.run(tf1.global_variables_initializer())
            yield session, tf1, logits, feed


def _logits(head: str) -> FloatArray:
    with _started(head) as (session, _tf1, logits, feed):
        return np.asarray(session.run(logits, feed)[0])


QUOTED = (
    QuotedFact(
        "Results of the paper's networks on Pascal VOC, in percent: pixel accuracy (share of "
        "correct pixels), mean accuracy (the same, averaged over the classes), mean IU "
        "(intersection over union, averaged over the classes) and frequency-weighted IU (the same, "
        "with classes weighted by their number of pixels).",
        "FCN-32s-fixed 83.0, 59.7, 45.4, 72.0 · FCN-32s 89.1, 73.3, 59.4, 81.4 · "
        "FCN-16s 90.0, 75.7, 62.4, 83.0 · FCN-8s 90.3, 75.9, 62.7, 83.2",
        PAPER,
        VOC,
    ),
    QuotedFact(
        "Mean IU in percent after the ground truth is shrunk by 128, 64, 32, 16, 8 and 4 and then "
        "enlarged again.",
        "50.9, 73.3, 86.1, 92.8, 96.4, 98.5",
        PAPER + ", appendix A",
        "This needs the ground truth of Pascal VOC. The Training page does it with drawn scenes.",
    ),
    QuotedFact(
        "Mean IU of the authors' later weights for FCN-32s, 16s and 8s, in percent.",
        "63.6 · 65.0 · 65.5",
        "the authors' reference weights",
        VOC,
    ),
    QuotedFact(
        "Mean IU of the networks that the post's author trained: FCN-32s, 16s and 8s, in percent.",
        "62.70 · 63.52 · 63.65",
        "the post's author, on RV-VOC12, a part of Pascal VOC's validation images",
        VOC,
    ),
)
