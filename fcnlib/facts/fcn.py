"""Facts of fully convolutional networks: how heads start, and what others measured with them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from fcnlib.facts.fact import QuotedFact, fact
from fcnlib.facts.samples import SHAPE, normal
from fcnlib.facts.tolerances import WORDS, Measured, within
from fcnlib.kernels.bilinear import upsample_filt
from fcnlib.networks.fcn import HEADS
from fcnlib.networks.vgg import vgg_16
from fcnlib.runtime import building
from fcnlib.typing import FloatArray
from fcnlib.upsampling import upsample_skimage

PAPER = "Long, Shelhamer & Darrell, CVPR 2015"
VOC = "It takes Pascal VOC's pictures and a long training of the full network."
FLOAT32 = within(1e-5, "float32 keeps 24 bits")
STEPS = {"fcn_32s": (32,), "fcn_16s": (2, 16), "fcn_8s": (2, 2, 8)}
NAMES = {"fcn_32s": "FCN-32s", "fcn_16s": "FCN-16s", "fcn_8s": "FCN-8s"}


@fact(
    "New score layers start at zero, upsampling kernels at bilinear: largest difference in FCN-8s.",
    {"score layers less zero": "0", "kernels less bilinear": "0"},
    FLOAT32,
    PAPER + ", sections 3.3 and 4.2",
    seconds=0.6,
    tensorflow=True,
)
def starts() -> Measured:
    """Start a narrow FCN-8s and look at all its new layers."""
    scores: list[float] = []
    kernels: list[float] = []
    with _started("fcn_8s") as (session, tf1, _logits, _feed):
        for variable in tf1.trainable_variables("fcn/"):
            weights = session.run(variable)
            if "/score_" in variable.op.name:
                scores.append(float(np.abs(weights).max()))
            else:
                bilinear = upsample_filt(len(weights))[..., np.newaxis, np.newaxis]
                kernels.append(float(np.abs(weights - bilinear).max()))
    return {"score layers less zero": max(scores), "kernels less bilinear": max(kernels)}


@fact(
    "A 16s or 8s head without trained skips is a cascade of bilinear steps, no finer: largest "
    "difference from scikit-image's.",
    {"FCN-32s, × 32": "0", "FCN-16s, × 2 × 16": "0", "FCN-8s, × 2 × 2 × 8": "0"},
    FLOAT32,
    "arithmetic",
    seconds=2,
    tensorflow=True,
)
def untrained_skips() -> Measured:
    """Give each narrow head random scores for fc7 and enlarge them in the same steps."""
    measured = {}
    for head, steps in STEPS.items():
        expected: FloatArray = normal(2)
        for factor in steps:
            expected = upsample_skimage(factor, expected)
        way = " ".join(f"× {factor}" for factor in steps)
        measured[f"{NAMES[head]}, {way}"] = float(np.abs(_logits(head) - expected).max())
    return measured


@fact(
    "So its labels are not quite those of FCN-32s.",
    {"FCN-16s": "differ", "FCN-8s": "differ"},
    WORDS,
    "measured before",
    seconds=2,
    tensorflow=True,
)
def untrained_labels() -> Measured:
    """Count the pixels whose class differs, on the same random scores."""
    labels = {head: _logits(head).argmax(-1) for head in STEPS}
    shares = {
        NAMES[head]: float((labels[head] != labels["fcn_32s"]).mean())
        for head in ("fcn_16s", "fcn_8s")
    }
    return {
        head: f"differ: {share:.1%} of the pixels" if share else "are the same"
        for head, share in shares.items()
    }


@contextmanager
def _started(head: str) -> Iterator[tuple[Any, Any, Any, dict[Any, FloatArray]]]:
    """Give a session with a new head on a narrow VGG, its logits, and scores to feed it."""
    with building() as (_, tf1, _slim), tf1.Graph().as_default() as graph:
        images = tf1.placeholder("float32", (1, 32 * SHAPE[0], 32 * SHAPE[1], 3))
        _, end_points = vgg_16(images, None, widths=(1, 1, 1, 1, 1), fc_width=1)
        logits, sums = HEADS[head](end_points, 2)
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


FACTS = (starts, untrained_skips, untrained_labels)

TAKEN = (
    QuotedFact(
        "The paper's networks on Pascal VOC: pixel accuracy, mean accuracy, mean IU, "
        "frequency-weighted IU.",
        "FCN-32s-fixed 83.0, 59.7, 45.4, 72.0 · FCN-32s 89.1, 73.3, 59.4, 81.4 · "
        "FCN-16s 90.0, 75.7, 62.4, 83.0 · FCN-8s 90.3, 75.9, 62.7, 83.2",
        PAPER,
        VOC,
    ),
    QuotedFact(
        "Mean IU left after shrinking and enlarging the truth by 128, 64, 32, 16, 8, 4.",
        "50.9, 73.3, 86.1, 92.8, 96.4, 98.5",
        PAPER + ", appendix A",
        "It takes Pascal VOC's truth; the Training page does the same to drawn scenes.",
    ),
    QuotedFact(
        "Mean IU of the authors' later weights, FCN-32s, 16s and 8s.",
        "63.6 · 65.0 · 65.5",
        "the authors' reference weights",
        VOC,
    ),
    QuotedFact(
        "Mean IU of the networks that the post's author trained, FCN-32s, 16s and 8s.",
        "62.70 · 63.52 · 63.65",
        "the post's author, on RV-VOC12",
        VOC,
    ),
)
