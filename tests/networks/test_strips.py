"""Strips give the scores of the whole image; values that depend on a margin are not kept."""

import numpy as np
import pytest
from support.checkpoint_factory import NARROW, random_weights

from fcnlib.networks import Network, strips, vgg
from fcnlib.networks.graph import Scores
from fcnlib.networks.strips import Strip, cut

RNG = np.random.default_rng(11)
SHAPES = vgg.vgg_16_shapes(**NARROW)


def build(images):
    logits, end_points = vgg.vgg_16(images, **NARROW)
    return Scores(logits, vgg.STRIDE, pool4=vgg.end_point(end_points, "pool4"))


@pytest.fixture(scope="module", params=["float32", "bfloat16"])
def network(request):
    network = Network("narrow", [""] * 9, build, precision=request.param)
    for name, values in random_weights(SHAPES):
        network.assign(name, values)
    yield network
    network.close()


@pytest.mark.parametrize("shape", [(512, 128), (128, 512), (320, 320), (160, 736)])
def test_strips_give_the_scores_of_the_whole_image(network, shape, monkeypatch):
    picture = RNG.integers(0, 256, (*shape, 3), np.uint8)
    whole = network.scores(picture).coarse_logits
    reports = []
    monkeypatch.setattr("fcnlib.networks.network.STRIP_PIXELS", 192 * min(shape))
    parts = network.scores(picture, lambda *report: reports.append(report))
    assert parts.strips >= 4
    tolerance = {"float32": 1e-6, "bfloat16": 1e-2}[network.precision]
    np.testing.assert_allclose(parts.coarse_logits, whole, rtol=0, atol=tolerance * np.ptp(whole))
    fractions = [fraction for fraction, _ in reports]
    assert fractions == [*(np.arange(parts.strips) / parts.strips), 1]
    assert f"1 of {parts.strips}" in reports[0][1]


@pytest.mark.parametrize("network", ["float32"], indirect=True)
def test_a_narrower_margin_changes_the_scores(network, monkeypatch):
    """The margin is minimal: with one cell less, scores near the cuts change."""
    picture = RNG.integers(0, 256, (512, 64, 3), np.uint8)
    whole = network.scores(picture).coarse_logits
    monkeypatch.setattr("fcnlib.networks.network.STRIP_PIXELS", 192 * 64)
    narrower = strips.pool_margin(SHAPES) - strips.CELL
    monkeypatch.setattr(strips, "pool_margin", lambda shapes: narrower)
    assert np.abs(network.scores(picture).coarse_logits - whole).max() > 1e-4 * np.ptp(whole)


def test_the_kept_cells_make_up_the_axis():
    for length, longest, cell, margin in [(640, 256, 16, 48), (32, 16, 16, 48), (96, 0, 16, 16)]:
        parts = cut(length, longest, cell, margin)
        cells = np.arange(length // cell)
        kept = [
            np.arange(part.read.start // cell, part.read.stop // cell)[part.keep] for part in parts
        ]
        np.testing.assert_array_equal(np.concatenate(kept), cells)
        for part, own in zip(parts, kept, strict=True):
            # A margin on either side, or the edge of the image.
            assert part.read.start == max(0, own[0] * cell - margin)
            assert part.read.stop == min(length, (own[-1] + 1) * cell + margin)


def test_an_axis_that_fits_is_not_cut():
    assert cut(64, 64 + 2 * 48, 16, 48) == [Strip(slice(0, 64), slice(0, 4))]


def test_the_margin_is_that_of_the_receptive_field():
    """It is 100 px at pool4 with a stride of 16, so it exceeds the cell by 42 on either side."""
    assert strips.pool_margin(SHAPES) == 48
    assert strips.pool_margin(SHAPES) >= (100 - 16) / 2 > strips.pool_margin(SHAPES) - 16


@pytest.mark.parametrize(("length", "longest"), [(64, 0), (64, 96), (80, 111), (64, 112)])
def test_strips_without_room_between_the_margins_keep_one_cell_each(length, longest):
    """Two margins of 48 px leave room for a cell of 16 px from 112 px on."""
    parts = cut(length, longest, 16, 48)
    assert [part.keep.stop - part.keep.start for part in parts] == [1] * (length // 16)


@pytest.mark.parametrize("shape", [(32, 64, 3), (64, 32, 3), (64, 64, 3), (16, 256, 3)])
def test_an_image_of_few_pixels_is_one_strip(shape):
    longer = max(shape)
    assert strips.plan(shape, 64 * 64, 48) == [Strip(slice(0, longer), slice(0, longer // 16))]
    assert len(strips.plan(shape, shape[0] * shape[1] - 1, 0)) > 1


@pytest.mark.parametrize("network", ["float32"], indirect=True)
@pytest.mark.parametrize(("pixels", "count"), [(224, 2), (256, 1), (192, 3)])
def test_two_strips_are_already_computed_one_after_the_other(network, monkeypatch, pixels, count):
    """Of 224 px, 96 are margins, so 128 of the 256 px are kept from each strip."""
    monkeypatch.setattr("fcnlib.networks.network.STRIP_PIXELS", pixels * 32)
    reports = []
    found = network.scores(np.zeros((256, 32, 3), np.uint8), lambda *report: reports.append(report))
    assert found.strips == count
    assert len(reports) == (0 if count == 1 else count + 1)
