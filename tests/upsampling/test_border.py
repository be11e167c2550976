"""Zeros beyond the border: confidence falls at the rim, labels do not change."""

import json

import numpy as np
import pytest
from scipy.special import softmax
from skimage.transform import resize

from fcnlib.plots.upsampling import MAX_POINTS, channels_figure, lost_figure, profile_figure
from fcnlib.upsampling import corner_gain
from fcnlib.upsampling.border import CELLS, border_xray, xray_scores
from fcnlib.upsampling.example_images import example_image

RNG = np.random.default_rng(4)


@pytest.fixture(params=["street", "noise"])
def scores(request):
    return xray_scores(request.param)


@pytest.mark.parametrize("factor", [2, 3, 8, 32])
def test_labels_stay_and_confidence_falls(factor, scores):
    xray = border_xray(factor, scores)
    assert xray.changed == 0
    assert xray.residual < 1e-13
    assert xray.gain[0, 0] == pytest.approx(corner_gain(factor))
    rim = factor // 2
    inside = (slice(rim, -rim), slice(rim, -rim))
    np.testing.assert_allclose(xray.confidence_zero[inside], xray.confidence_edge[inside])
    assert (xray.confidence_zero <= xray.confidence_edge + 1e-12).all()
    assert xray.confidence_zero[0, 0] < xray.confidence_edge[0, 0] - 0.05


def test_the_corner_at_32():
    assert border_xray(32, xray_scores("noise")).gain[0, 0] == pytest.approx(0.266, abs=5e-4)


def test_labels_and_confidence_are_those_of_skimage(scores):
    xray = border_xray(8, scores)
    size = (8 * CELLS[0], 8 * CELLS[1])
    for mode, labels, sure in (
        ("constant", xray.labels_zero, xray.confidence_zero),
        ("edge", xray.labels_edge, xray.confidence_edge),
    ):
        enlarged = resize(scores, size, order=1, mode=mode, clip=False, anti_aliasing=False)
        np.testing.assert_array_equal(labels, enlarged.argmax(-1))
        np.testing.assert_allclose(sure, softmax(enlarged, axis=-1).max(-1))


def test_changed_labels_are_counted():
    xray = border_xray(2, RNG.normal(size=(3, 4, 5)))
    xray.labels_zero[1, 2] += 1
    xray.labels_zero[5, 7] += 1
    assert xray.changed == 2


def test_confidence_does_not_overflow():
    assert border_xray(2, np.array([[[1e4, -1e4, 0]]])).confidence_edge == pytest.approx(1)
    assert border_xray(2, np.zeros((1, 1, 4))).confidence_zero == pytest.approx(0.25)


def test_the_streets_scores_are_its_shares():
    shares = np.exp(xray_scores("street")) - 0.01
    np.testing.assert_allclose(shares.sum(-1), 1)
    assert shares.shape == (*CELLS, 7)


def test_unknown_scores_are_refused():
    with pytest.raises(ValueError, match="name must be one of street, noise, got 'moon'"):
        xray_scores("moon")


def test_lost_figure_is_thinned_and_keeps_its_range():
    lost = RNG.random((256, 352))
    figure = lost_figure(lost, "Lost")
    assert figure.data[0].z.size <= MAX_POINTS
    assert tuple(figure.layout.xaxis.range) == (-0.5, 351.5)
    assert figure.data[0].zmin == 0
    assert len(figure.to_json()) < 300_000
    with pytest.raises(ValueError, match="lost must have 2 dimensions"):
        lost_figure(lost[0], "Lost")


def test_lost_figure_of_zeros_has_a_color_range():
    assert lost_figure(np.zeros((4, 4)), "Lost").data[0].zmax > 0


def test_profile_figure_has_three_named_lines():
    figure = profile_figure(np.zeros(5), np.ones(5), np.full(5, 0.5), "Row")
    names = [line.name for line in figure.data]
    assert len(set(names)) == 3
    assert [float(line.y[0]) for line in figure.data] == [0.5, 1, 0]


def test_channels_figure_places_channels_above_the_ones_computed_from_them():
    image = example_image("unit")
    figure = channels_figure(image[0, 0], np.arange(6.0), "Pixel")
    assert figure.data[0].x.tolist() == [0.5, 2.5, 4.5]
    assert figure.data[1].x.tolist() == list(range(6))
    json.loads(figure.to_json())
    with pytest.raises(ValueError, match="a multiple of 3 channels, got 7"):
        channels_figure(np.ones(3), np.ones(7), "Pixel")
