"""The post's comparison and what breaks it: independent figures for every setting."""

from dataclasses import replace

import numpy as np
import pytest
from skimage.transform import rescale, resize

from fcnlib import runtime
from fcnlib.kernels.bilinear import upsample_filt
from fcnlib.upsampling import ramp, upsample_skimage, upsample_tf
from fcnlib.upsampling.example_images import PICTURES, SIDE, example_image, shrunk
from fcnlib.upsampling.experiment import by_skimage, by_tensorflow, kernel_of, run_check, short
from fcnlib.upsampling.settings import CHOICES, TOLERANCES, CheckSettings

BRIGHT = example_image("bright")
UNIT = example_image("unit")
NORMAL = example_image("normal")


def gap(setting, image):
    return run_check(setting, image).agreement.max_difference


def test_the_posts_settings_pass():
    result = run_check(CheckSettings(), ramp())
    assert result.agreement.verdict
    assert result.agreement.max_difference < 1e-6
    assert CheckSettings().changes == {}


@pytest.mark.parametrize("picture", PICTURES)
@pytest.mark.parametrize("factor", [2, 3, 8, 32])
def test_every_picture_passes(picture, factor):
    for precision, bound in (("float32", 1e-6), ("float64", 1e-13)):
        result = run_check(CheckSettings(factor, precision), example_image(picture))
        assert result.agreement.verdict
        assert result.agreement.max_difference < bound


@pytest.mark.parametrize(("factor", "stated"), [(2, 0.21), (3, 0.27), (8, 0.34), (32, 0.36)])
def test_clipping_changes_the_rim_only(factor, stated):
    result = run_check(CheckSettings(factor, clip=True), BRIGHT)
    assert not result.agreement.verdict
    assert result.agreement.max_difference == pytest.approx(stated, abs=0.03)
    assert result.inside < 1e-6


def test_clipping_changes_nothing_if_zero_is_in_range():
    assert run_check(CheckSettings(clip=True), ramp()).agreement.verdict
    assert run_check(CheckSettings(clip=True), NORMAL).agreement.verdict


def test_without_channel_axis_the_shapes_differ():
    result = run_check(CheckSettings(channel_axis=False), ramp())
    assert result.agreement is None
    assert result.figures == {"allclose": "impossible", "Shapes": "(9, 9, 3) and (9, 9, 9)"}
    np.testing.assert_allclose(
        result.by_skimage, rescale(ramp(), 3, order=1, mode="constant", clip=False), atol=1e-6
    )


@pytest.mark.parametrize("border", ["edge", "reflect"])
@pytest.mark.parametrize("factor", [2, 3, 8, 32])
def test_one_border_breaks_the_check_and_both_repair_it(border, factor):
    broken = run_check(CheckSettings(factor, "float64", mode=border), UNIT)
    assert not broken.agreement.verdict
    assert broken.inside < 1e-14
    assert not run_check(CheckSettings(factor, "float64", border=border), UNIT).agreement.verdict
    repaired = CheckSettings(factor, "float64", mode=border, border=border)
    assert gap(repaired, UNIT) < 1e-14
    assert gap(replace(repaired, precision="float32"), UNIT) < 1e-6


def test_a_repeated_edge_is_skimages_resize():
    image = UNIT.astype(np.float64)
    expected = resize(image, (24, 30), order=1, mode="edge", clip=False, anti_aliasing=False)
    for setting in (CheckSettings(mode="edge"), CheckSettings(border="edge")):
        side = by_skimage if setting.mode == "edge" else by_tensorflow
        np.testing.assert_allclose(side(setting, image), expected, atol=1e-14)


@pytest.mark.parametrize("factor", [3, 5, 8])
def test_alignment(factor):
    edge = CheckSettings(factor, mode="edge")
    half_pixel = replace(edge, layer="half_pixel")
    assert run_check(half_pixel, UNIT).agreement.verdict
    assert gap(half_pixel, UNIT) < 6e-7
    assert 0.22 < gap(replace(edge, layer="align_corners"), UNIT) < 0.40
    assert 0.40 < gap(replace(edge, layer="tf1"), UNIT) < 0.62


def test_alignments_by_hand():
    row = np.array([[[0.0], [1.0]]])
    halves = {
        "half_pixel": [0, 0.25, 0.75, 1],
        "align_corners": [0, 1 / 3, 2 / 3, 1],
        "tf1": [0, 0.5, 1, 1],
    }
    for layer, expected in halves.items():
        result = by_tensorflow(CheckSettings(2, layer=layer), row)
        np.testing.assert_allclose(result[0, :, 0], expected, atol=1e-6)


def test_align_corners_is_interpolation_between_the_corners():
    line = UNIT[:, 0, 0]
    at = np.linspace(0, len(line) - 1, 3 * len(line))
    result = by_tensorflow(CheckSettings(layer="align_corners"), UNIT)
    np.testing.assert_allclose(result[:, 0, 0], np.interp(at, range(len(line)), line), atol=1e-6)


@pytest.mark.parametrize(("factor", "stated"), [(3, 0.25), (5, 0.16)])
def test_a_kernel_of_twice_an_odd_factor_is_half_a_pixel_off(factor, stated):
    result = run_check(CheckSettings(factor, kernel="double"), UNIT)
    assert result.inside == pytest.approx(stated, abs=0.03)
    # On a slope, half an output pixel is 1 / (2 f) of the step between two inputs.
    slope = np.add.outer(np.arange(6.0), np.zeros(6))[..., np.newaxis]
    shifted = run_check(CheckSettings(factor, "float64", kernel="double"), slope)
    assert shifted.inside == pytest.approx(0.5 / factor)


@pytest.mark.parametrize("factor", [2, 4, 8, 32])
def test_twice_an_even_factor_is_the_kernel_itself(factor):
    setting = CheckSettings(factor, kernel="double")
    np.testing.assert_array_equal(kernel_of(setting), kernel_of(CheckSettings(factor)))
    assert run_check(setting, UNIT).agreement.verdict


@pytest.mark.parametrize("factor", [2, 3, 8])
def test_flipping_shows_on_a_lopsided_kernel_only(factor):
    same = run_check(CheckSettings(factor, flipped=True), UNIT)
    assert same.agreement.verdict
    slope = np.add.outer(np.arange(6.0), np.zeros(6))[..., np.newaxis]
    lopsided = CheckSettings(factor, kernel="lopsided")
    flipped = replace(lopsided, flipped=True)
    assert not run_check(lopsided, UNIT).agreement.verdict
    assert not run_check(flipped, UNIT).agreement.verdict
    difference = by_tensorflow(flipped, slope) - by_tensorflow(lopsided, slope)
    assert difference[3 * factor, 3 * factor, 0] > 0.9 / factor


def test_lopsided_moves_an_even_factors_picture_by_one_pixel():
    plain = by_tensorflow(CheckSettings(4), UNIT)
    moved = by_tensorflow(CheckSettings(4, kernel="lopsided"), UNIT)
    # The last weight moves to the first position, so one phase is computed from another pixel.
    keep = [row for row in range(8, 20) if (row + 1) % 4 != 2]
    assert np.allclose(moved[np.ix_(np.add(keep, 1), np.add(keep, 1))], plain[np.ix_(keep, keep)])


def test_numpys_tolerances_are_too_strict_for_float32():
    factors = (*range(2, 10), 16, 32)
    verdicts = [
        run_check(CheckSettings(f, tolerances="numpy"), NORMAL).agreement.verdict for f in factors
    ]
    assert verdicts.count(False) > len(factors) / 2
    assert verdicts == [
        np.allclose(upsample_tf(f, image), upsample_skimage(f, image))
        for f, image in ((f, NORMAL.astype(np.float32)) for f in factors)
    ]
    assert run_check(CheckSettings(3, "float64", tolerances="numpy"), NORMAL).agreement.verdict
    assert TOLERANCES == {"ours": (1e-5, 1e-6), "numpy": (1e-5, 1e-8)}


def test_figures_as_text():
    figures = run_check(CheckSettings(2, "float64"), np.ones((2, 2, 1))).figures
    assert figures["Values within tolerance"] == "16 of 16"
    assert "Away from the rim" not in figures
    inner = run_check(CheckSettings(2, "float64", mode="edge"), np.ones((3, 3, 1))).figures
    assert inner["Largest difference"] == "4.4e-01"
    assert inner["Away from the rim"] == short(0) == "0"


def test_the_layer_accepts_another_kernel():
    image = UNIT.astype(np.float32)
    ones = np.ones((2, 2))
    np.testing.assert_array_equal(
        upsample_tf(2, image, ones), image.repeat(2, axis=0).repeat(2, axis=1)
    )
    np.testing.assert_array_equal(upsample_tf(2, image, upsample_filt(4)), upsample_tf(2, image))


def test_resizes_are_those_of_tensorflow():
    tf = runtime.load().tf
    expected = tf.raw_ops.ResizeBilinear(
        images=UNIT[np.newaxis].astype(np.float32), size=[24, 30], half_pixel_centers=True
    )
    result = by_tensorflow(CheckSettings(layer="half_pixel"), UNIT.astype(np.float32))
    np.testing.assert_allclose(result, expected[0], atol=1e-6)


@pytest.mark.parametrize("field", CHOICES)
def test_an_unknown_choice_is_refused(field):
    with pytest.raises(ValueError, match=rf"{field} must be one of .*, got 'upside down'"):
        CheckSettings(**{field: "upside down"})


def test_the_factor_is_a_whole_number():
    with pytest.raises(ValueError, match="factor must be at least 1, got 0"):
        CheckSettings(0)
    with pytest.raises(TypeError, match="factor must be an integer"):
        CheckSettings(2.5)


def test_changes_are_the_fields_that_differ_from_the_post():
    setting = CheckSettings(7, "float64", clip=True, layer="tf1")
    assert setting.changes == {"clip": True, "layer": "tf1"}


def test_pictures():
    for name in PICTURES:
        image = example_image(name)
        assert image.dtype == np.float64
        assert image.shape[2] == 3
        assert max(image.shape) <= SIDE
    assert 0 <= UNIT.min() < 0.1
    assert 0.9 < UNIT.max() <= 1
    assert 0.5 <= BRIGHT.min() < 0.55
    assert NORMAL.std() == pytest.approx(1, abs=0.05)
    assert shrunk(np.full((64, 16, 3), 51, np.uint8)).max() == pytest.approx(0.2)


def test_an_unknown_picture_is_refused():
    with pytest.raises(ValueError, match=r"name must be one of ramp, .*, got 'moon'"):
        example_image("moon")
