import numpy as np
import pytest

from fcnlib import labels


def test_classes_are_in_the_order_of_the_checkpoint():
    """The anchors are those of the ILSVRC 2012 order that Keras and Caffe publish."""
    classes = labels.imagenet_classes()
    ids = [entry.wordnet_id for entry in classes]
    assert len(classes) == 1000
    assert [entry.index for entry in classes] == list(range(1000))
    assert ids == sorted(set(ids))
    anchors = {0: "tench", 281: "tabby", 468: "cab", 569: "garbage truck", 573: "go-kart"}
    anchors |= {704: "parking meter", 716: "picket fence", 779: "school bus", 999: "toilet tissue"}
    assert {index: classes[index].name for index in anchors} == anchors


def test_every_class_has_a_name_of_its_own():
    names = labels.imagenet_names()
    assert len(set(names)) == 1000
    assert {"crane (n02012849)", "crane (n03126707)"} <= set(names)


@pytest.mark.parametrize("count", [0, 1, 7, 8, 43, 1000])
def test_palette_has_no_colour_twice(count):
    colours = labels.palette(count)
    assert colours.shape == (count, 3)
    assert colours.dtype == np.uint8
    assert len({tuple(colour) for colour in colours}) == count


def test_a_longer_palette_begins_with_the_shorter():
    np.testing.assert_array_equal(labels.palette(43)[:5], labels.palette(5))


def test_the_first_twenty_colours_are_apart_for_every_kind_of_vision():
    """A difference of 10 in CIELAB is several times what can just be told apart."""
    seen = labels._as_seen(labels.palette(20).astype(float))
    apart = np.linalg.norm(seen[:, None] - seen[None], axis=-1).min(-1)
    assert apart[~np.eye(20, dtype=bool)].min() > 10


def test_red_and_green_are_confused_without_red_cones():
    """Bright red and the matching olive differ for normal, hardly for protan vision."""
    seen = labels._as_seen(np.array([[200.0, 0, 0], [72, 62, 0]]))
    difference = np.linalg.norm(seen[0] - seen[1], axis=-1)
    assert difference[1] < difference[0] / 4


def test_palette_is_shared_and_so_read_only():
    with pytest.raises(ValueError, match="read-only"):
        labels.palette(3)[0] = 0


@pytest.mark.parametrize("count", [-1, 1001])
def test_palette_has_bounds(count):
    with pytest.raises(ValueError, match="count must be from 0 to 1000, got"):
        labels.palette(count)


def test_overlay_runs_from_picture_to_map():
    picture, painted = np.full((2, 2, 3, 3), 0, np.uint8)
    painted = painted + np.uint8(200)
    np.testing.assert_array_equal(labels.overlay(picture, painted, 0), picture)
    np.testing.assert_array_equal(labels.overlay(picture, painted, 1), painted)
    assert labels.overlay(picture, painted, 0.25)[0, 0, 0] == 50


def test_overlay_refuses_what_does_not_fit():
    picture = np.zeros((2, 2, 3), np.uint8)
    with pytest.raises(ValueError, match="opacity must be from 0 to 1, got 2"):
        labels.overlay(picture, picture, 2)
    with pytest.raises(ValueError, match="must have one shape"):
        labels.overlay(picture, picture[:1], 0.5)


def test_classes_that_do_not_occur_are_grey():
    colours = labels.colours_by_share([3, 1], 5)
    np.testing.assert_array_equal(colours[[3, 1]], labels.palette(2))
    assert (colours[[0, 2, 4]] == 128).all()
