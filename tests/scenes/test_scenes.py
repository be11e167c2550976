"""Drawn scenes: the same on every machine, complete labels, and correct geometry."""

import hashlib
from collections import Counter

import numpy as np
import pytest

from fcnlib import scenes
from fcnlib.scenes import vehicles
from fcnlib.scenes.canvas import BUS, CAR, PERSON, ROAD, TREE, Canvas
from fcnlib.scenes.geometry import Camera, ellipse, polygon
from fcnlib.scenes.light import LIGHTS


@pytest.fixture
def canvas():
    camera = Camera(horizon=32.0, vanishing=48.0, eye=2.0, focal=64.0)
    return Canvas((64, 96), camera, LIGHTS[0])


def square(ahead, half=1.0):
    return [(a * half, 2 + b * half, ahead) for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))]


def test_a_seed_always_gives_the_same_scene():
    example = scenes.scene(0)
    digest = hashlib.sha256(example.picture.tobytes() + example.labels.tobytes()).hexdigest()
    assert digest[:16] == "01fa9008d2723cf1"


def test_a_scene_does_not_depend_on_earlier_scenes():
    scenes.scene(1)
    again = scenes.scene(0)
    np.testing.assert_array_equal(again.picture, scenes.scene(0).picture)


def test_shapes_and_types():
    example = scenes.scene(3, (96, 128))
    assert example.picture.shape == (96, 128, 3)
    assert example.labels.shape == (96, 128)
    assert example.picture.dtype == example.labels.dtype == np.uint8


@pytest.mark.parametrize("seed", range(40))
def test_every_pixel_has_a_class_and_every_picture_has_contrast(seed):
    example = scenes.scene(seed, (64, 96))
    assert example.labels.max() < len(scenes.CLASSES)
    assert len(np.unique(example.labels)) >= 3
    assert example.picture.std() > 8


def test_all_classes_are_frequent_enough_to_learn():
    counts = Counter()
    for seed in scenes.TEST_SEEDS[:60]:
        counts.update(np.unique(scenes.scene(seed, (96, 128)).labels).tolist())
    assert all(counts[label] >= 24 for label in range(len(scenes.CLASSES)))


def test_seed_ranges_are_disjoint():
    ranges = (scenes.TRAIN_SEEDS, scenes.VALIDATION_SEEDS, scenes.TEST_SEEDS)
    assert sum(map(len, ranges)) == len(set().union(*ranges))
    assert len(scenes.TEST_SEEDS) == 200


def test_each_class_has_its_own_color():
    assert len(set(scenes.PALETTE)) == len(scenes.PALETTE) == len(scenes.CLASSES)


@pytest.mark.parametrize(("seed", "size"), [(-1, (64, 64)), (0, (31, 64))])
def test_an_impossible_seed_or_size_raises(seed, size):
    with pytest.raises(ValueError, match=rf"{seed} and size {size[0]} × {size[1]}"):
        scenes.scene(seed, size)


def test_a_near_object_hides_a_far_one_in_picture_and_labels(canvas):
    canvas.paint(square(8.0), (1.0, 0.0, 0.0), CAR)
    canvas.paint(square(4.0, half=0.25), (0.0, 0.0, 1.0), PERSON)
    picture, labels = canvas.finish(np.random.default_rng(0))
    assert labels[32, 48] == PERSON
    assert labels[32, 53] == CAR
    assert picture[32, 48, 2] > 200
    assert picture[32, 48, 0] < 60
    assert picture[32, 53, 0] > 200


def test_a_square_of_two_meters_covers_the_projected_pixels(canvas):
    canvas.paint(square(8.0), (1.0, 0.0, 0.0), BUS)
    _, labels = canvas.finish(np.random.default_rng(0))
    assert (labels == BUS).sum() == 16 * 16
    assert (labels[24:40, 40:56] == BUS).all()


def test_shadows_darken_only_the_ground(canvas):
    canvas.picture[:] = 0.5
    canvas.labels[:] = TREE
    canvas.labels[:, :96] = ROAD
    canvas.darken([(-9, 0, 3), (9, 0, 3), (9, 0, 30), (-9, 0, 30)], 0.5)
    changed = canvas.picture[..., 0] < 0.5
    assert changed.any()
    assert not changed[canvas.labels == TREE].any()


def test_a_halo_changes_the_picture_but_no_label(canvas):
    canvas.glow((0.0, 2.0, 4.0), 0.5, (1.0, 1.0, 1.0))
    assert canvas.picture.max() > 0.9
    assert not canvas.labels.any()


@pytest.mark.parametrize("center", [(-300.0, 2.0, 4.0), (300.0, -200.0, 4.0), (0.0, 90.0, 4.0)])
def test_a_halo_outside_the_picture_changes_nothing(canvas, center):
    canvas.glow(center, 0.5, (1.0, 1.0, 1.0))
    assert not canvas.picture.any()


def test_polygon_agrees_with_skimage():
    from skimage.measure import points_in_poly

    corners = np.array([(1.3, 2.1), (3.2, 14.7), (12.9, 11.4), (9.7, 3.3)])
    spans = polygon(corners, (32, 40))
    ours = np.zeros((32, 40), dtype=bool)
    for row, (left, right) in enumerate(zip(spans.left, spans.right, strict=True), spans.top):
        ours[row, left:right] = True
    centers = (np.indices((32, 40)).reshape(2, -1).T + 0.5) / 2
    np.testing.assert_array_equal(ours.ravel(), points_in_poly(centers, corners))


def test_ellipse_outside_the_picture_is_empty():
    spans = ellipse(-9.0, 4.0, 2.0, 2.0, (32, 40))
    assert not (spans.right > spans.left).any()


@pytest.mark.parametrize(("heading", "ahead"), [((0.0, 1.0), -5.2), ((0.0, -1.0), 5.2)])
def test_the_rear_of_a_bus_is_opposite_to_its_heading(heading, ahead):
    pose = vehicles.Pose(1.0, 20.0, heading)
    np.testing.assert_allclose(pose.place([(-5.2, 0.0, 0.0)]), [(1.0, 0.0, 20.0 + ahead)])
