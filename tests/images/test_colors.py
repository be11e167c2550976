import numpy as np
import pytest

from fcnlib.images import colors


@pytest.mark.parametrize("count", [0, 1, 7, 8, 43, 1000])
def test_palette_has_no_color_twice(count):
    found = colors.palette(count)
    assert found.shape == (count, 3)
    assert found.dtype == np.uint8
    assert len({tuple(color) for color in found}) == count


def test_a_longer_palette_begins_with_the_shorter():
    np.testing.assert_array_equal(colors.palette(43)[:5], colors.palette(5))


def test_the_first_twenty_colors_are_apart_for_every_kind_of_vision():
    """A difference of 10 in CIELAB is several times what can just be told apart."""
    seen = colors._as_seen(colors.palette(20).astype(float))
    apart = np.linalg.norm(seen[:, None] - seen[None], axis=-1).min(-1)
    assert apart[~np.eye(20, dtype=bool)].min() > 10


def test_red_and_green_are_confused_without_red_cones():
    """Bright red and the matching olive differ for normal, hardly for protan vision."""
    seen = colors._as_seen(np.array([[200.0, 0, 0], [72, 62, 0]]))
    difference = np.linalg.norm(seen[0] - seen[1], axis=-1)
    assert difference[1] < difference[0] / 4


def test_palette_is_shared_and_so_read_only():
    with pytest.raises(ValueError, match="read-only"):
        colors.palette(3)[0] = 0


@pytest.mark.parametrize("count", [-1, 1001])
def test_palette_has_bounds(count):
    with pytest.raises(ValueError, match="count must be from 0 to 1000, got"):
        colors.palette(count)


def test_overlay_runs_from_picture_to_map():
    picture, painted = np.full((2, 2, 3, 3), 0, np.uint8)
    painted = painted + np.uint8(200)
    np.testing.assert_array_equal(colors.overlay(picture, painted, 0), picture)
    np.testing.assert_array_equal(colors.overlay(picture, painted, 1), painted)
    assert colors.overlay(picture, painted, 0.25)[0, 0, 0] == 50


def test_overlay_refuses_what_does_not_fit():
    picture = np.zeros((2, 2, 3), np.uint8)
    with pytest.raises(ValueError, match="opacity must be from 0 to 1, got 2"):
        colors.overlay(picture, picture, 2)
    with pytest.raises(ValueError, match="must have one shape"):
        colors.overlay(picture, picture[:1], 0.5)


def test_classes_that_do_not_occur_are_gray():
    found = colors.colors_by_share([3, 1], 5)
    np.testing.assert_array_equal(found[[3, 1]], colors.palette(2))
    assert (found[[0, 2, 4]] == 128).all()
