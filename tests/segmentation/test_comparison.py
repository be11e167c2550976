import numpy as np

from fcnlib import runtime
from fcnlib.networks import Network, Scores
from fcnlib.segmentation.comparison import compare_heads

NAMES = ("dark", "bright")


def threshold(limit):
    """Return a network that calls a cell bright if its red, less the mean, exceeds `limit`."""

    def build(images):
        tf, _, _ = runtime.load()
        red = tf.nn.avg_pool2d(images, 32, 32, "VALID")[..., :1]
        return Scores(tf.concat([tf.fill(tf.shape(red), float(limit)), red], -1), 32)

    return Network(f"over {limit}", NAMES, build)


def test_heads_are_measured_against_the_truth():
    picture = np.zeros((32, 64, 3), np.uint8)
    picture[:, 32:] = 255
    truth = (picture[..., 0] > 0).astype(np.uint8)
    told = []
    comparison = compare_heads(
        {"good": threshold(0), "blind": threshold(1000)},
        picture,
        truth,
        lambda fraction, text: told.append((fraction, text)),
    )
    assert list(comparison.results) == ["good", "blind"]
    assert comparison.metrics["good"].pixel_accuracy == 1
    assert comparison.metrics["blind"].pixel_accuracy == 0.5
    assert comparison.metrics["blind"].mean_iu == 0.25
    assert told == [(0.0, "over 0 on 32 × 64 px"), (0.5, "over 1000 on 32 × 64 px")]


def test_without_the_truth_nothing_is_measured():
    comparison = compare_heads({"one": threshold(0)}, np.zeros((32, 32, 3), np.uint8))
    assert comparison.truth is None
    assert comparison.metrics == {}
