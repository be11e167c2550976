import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from fcnlib.class_map import resizing, upsampled_argmax


def test_labels_equal_those_of_interpolating_every_class(monkeypatch):
    """On noise, in which nearly all classes win somewhere; SciPy interpolates for comparison."""
    logits = np.random.default_rng(0).normal(size=(5, 4, 9)).astype(np.float32)
    size, scaled = (50, 31), (33, 25)
    pixels = [
        (np.arange(side) + 0.5) * sides / side - 0.5
        for side, sides in zip(size, scaled, strict=True)
    ]
    places = np.meshgrid(*(pixel / 8 for pixel in pixels), indexing="ij")
    planes = [
        map_coordinates(plane, places, order=1, mode="nearest")
        for plane in np.moveaxis(logits, -1, 0)
    ]
    monkeypatch.setattr(resizing, "_BAND", 100)
    np.testing.assert_array_equal(
        resizing.resized_argmax(8, logits, size, aligned_corners=True), np.argmax(planes, 0)
    )


def test_a_class_that_no_cell_predicts_can_win_between_cells():
    logits = np.array([[[9, 0, 8], [0, 9, 8]]], np.float32)
    np.testing.assert_array_equal(
        resizing.resized_argmax(8, logits, (1, 9), aligned_corners=True)[0],
        [0, 2, 2, 2, 2, 2, 2, 2, 1],
    )


def test_blocks_are_those_of_the_exact_class_map():
    """At the network's own size, cells that cover blocks give `upsampled_argmax`."""
    logits = np.random.default_rng(1).normal(size=(6, 5, 7)).astype(np.float32)
    found = resizing.resized_argmax(4, logits, (24, 20), aligned_corners=False)
    np.testing.assert_array_equal(found, upsampled_argmax(4, logits))


@pytest.mark.parametrize("places", [1, 2])
def test_the_possible_winners_include_all_classes_that_are_so_at_a_pixel(places):
    rng = np.random.default_rng(places)
    logits = rng.normal(size=(5, 4, 30)).astype(np.float32) + rng.normal(size=30).astype(np.float32)
    found = set(resizing.possible_winners(logits, places).tolist())
    rows, cols = (
        resizing.interpolation_weights(8, cells, 8 * (cells - 1) + 1, aligned_corners=True)
        for cells in logits.shape[:2]
    )
    scores = np.einsum("ri,ijk,cj->rck", rows, logits, cols)
    best = set(np.argsort(-scores, -1)[..., :places].ravel().tolist())
    assert best <= found
    assert len(found) < 30
