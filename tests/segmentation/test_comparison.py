import numpy as np
import pytest

from fcnlib import runtime
from fcnlib.networks import Network, Scores
from fcnlib.segmentation.comparison import compare_heads

NAMES = ("dark", "bright")


def threshold(limit):
    """Return a network that labels a cell bright if its red minus the mean exceeds `limit`."""

    def build(images):
        tf, _, _ = runtime.load()
        red = tf.nn.avg_pool2d(images, 32, 32, "VALID")[..., :1]
        return Scores(tf.concat([tf.fill(tf.shape(red), float(limit)), red], -1), 32)

    return Network(f"over {limit}", NAMES, build)


def test_heads_are_measured_against_the_truth():
    picture = np.zeros((32, 64, 3), np.uint8)
    picture[:, 32:] = 255
    truth = (picture[..., 0] > 0).astype(np.uint8)
    reports = []
    comparison = compare_heads(
        {"good": threshold(0), "blind": threshold(1000)},
        picture,
        truth,
        lambda *report: reports.append(report),
    )
    assert list(comparison.results) == ["good", "blind"]
    assert comparison.metrics["good"].pixel_accuracy == 1
    assert comparison.metrics["blind"].pixel_accuracy == 0.5
    assert comparison.metrics["blind"].mean_iu == 0.25
    assert [fraction for fraction, _ in reports] == [0, 0.5]
    assert "over 1000" in reports[1][1]


def test_without_the_truth_there_are_no_metrics():
    comparison = compare_heads({"one": threshold(0)}, np.zeros((32, 32, 3), np.uint8))
    assert comparison.truth is None
    assert comparison.metrics == {}


@pytest.mark.parametrize("void", [9, 255, -1])
def test_void_pixels_of_the_truth_are_not_measured(void):
    """Of four cells, two are correct and one is wrong, and the void one counts as neither."""
    picture = np.zeros((32, 128, 3), np.uint8)
    picture[:, 64:] = 255
    truth = np.repeat([[0, 1, 1, void]], 32, axis=0).repeat(32, axis=1)
    measured = compare_heads({"one": threshold(0)}, picture, truth, ignore_label=void)
    assert measured.metrics["one"].pixel_accuracy == pytest.approx(2 / 3)
