import numpy as np
import pytest

from fcnlib.images import colors


@pytest.mark.parametrize("count", [0, 1, 7, 8, 43, 1000])
def test_all_colors_of_a_palette_differ(count):
    palette = colors.palette(count)
    assert palette.shape == (count, 3)
    assert palette.dtype == np.uint8
    assert len({tuple(color) for color in palette}) == count


def test_a_longer_palette_starts_with_the_shorter_one():
    np.testing.assert_array_equal(colors.palette(43)[:5], colors.palette(5))


def test_the_first_twenty_colors_differ_for_every_kind_of_vision():
    """A difference of 10 in CIELAB is several times the smallest difference people notice."""
    seen = colors._as_seen(colors.palette(20).astype(float))
    distances = np.linalg.norm(seen[:, None] - seen[None], axis=-1).min(-1)
    assert distances[~np.eye(20, dtype=bool)].min() > 10


def test_red_and_green_look_alike_without_long_wave_cones():
    """Bright red and a certain olive differ in normal vision, but hardly in protan vision."""
    seen = colors._as_seen(np.array([[200.0, 0, 0], [72, 62, 0]]))
    difference = np.linalg.norm(seen[0] - seen[1], axis=-1)
    assert difference[1] < difference[0] / 4


def test_palette_is_read_only_because_it_is_shared():
    with pytest.raises(ValueError, match="read-only"):
        colors.palette(3)[0] = 0


@pytest.mark.parametrize("count", [-1, 1001])
def test_palette_limits_the_number_of_colors(count):
    with pytest.raises(ValueError, match=f"count .* {count}"):
        colors.palette(count)


def test_opacity_blends_from_picture_to_map():
    picture, painted = np.zeros((2, 2, 3), np.uint8), np.full((2, 2, 3), 200, np.uint8)
    np.testing.assert_array_equal(colors.overlay(picture, painted, 0), picture)
    np.testing.assert_array_equal(colors.overlay(picture, painted, 1), painted)
    assert colors.overlay(picture, painted, 0.25)[0, 0, 0] == 50


def test_overlay_checks_opacity_and_shapes():
    picture = np.zeros((2, 2, 3), np.uint8)
    with pytest.raises(ValueError, match=r"opacity .* 2"):
        colors.overlay(picture, picture, 2)
    with pytest.raises(ValueError, match="shape"):
        colors.overlay(picture, picture[:1], 0.5)


def test_classes_that_do_not_occur_are_gray():
    by_class = colors.colors_by_share([3, 1], 5)
    np.testing.assert_array_equal(by_class[[3, 1]], colors.palette(2))
    assert (by_class[[0, 2, 4]] == 128).all()


@pytest.mark.parametrize("vision", range(3))
def test_white_is_white_in_every_kind_of_vision(vision):
    """Each row of the published matrices sums to one."""
    np.testing.assert_allclose(colors._VISIONS[vision].sum(axis=1), 1, atol=2e-6)
