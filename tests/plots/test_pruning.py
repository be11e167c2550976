import base64

import numpy as np
import pytest

from fcnlib.class_map import surviving_classes, upsampled_argmax
from fcnlib.class_map.memory import Requirement, requirements
from fcnlib.plots.pruning import LEVELS, memory_figure, survivors_figure

RNG = np.random.default_rng(8)
LOGITS = RNG.standard_normal((3, 4, 30))


def test_bars_say_what_each_way_takes():
    figure = memory_figure(requirements(32, 1000), 24_000_000_000, "Memory")
    kernel, beside, machine = figure.data
    assert list(kernel.x) == [16_384_000_000, 16_384_000, 512, 128]
    assert list(kernel.text) == ["16.4 GB", "16.4 MB", "512 B", "128 B"]
    assert list(beside.text)[:3] == ["3.15 GB"] * 3
    assert machine.name == "This machine, 24 GB"
    assert figure.layout.shapes[0].x0 == 24_000_000_000
    assert figure.layout.xaxis.type == "log"


def test_without_a_known_memory_there_is_no_line():
    figure = memory_figure({"dense": Requirement(1, 2)}, None)
    assert len(figure.data) == 2
    assert not figure.layout.shapes


@pytest.mark.parametrize("factor", [4, 5])
def test_the_veil_lies_on_the_squares_between_cells_centers(factor):
    """A center that falls on a pixel, as an odd factor's do, begins the square after it."""
    counts = surviving_classes(LOGITS)
    figure = survivors_figure(upsampled_argmax(factor, LOGITS), counts, factor, ())
    veil = figure.data[1]
    assert np.shape(veil.z) == counts.shape == (4, 5)
    np.testing.assert_array_equal(veil.customdata, counts)
    for edges, cells in ((veil.y, 3), (veil.x, 4)):
        centers = (np.arange(cells) + 0.5) * factor - 0.5
        np.testing.assert_allclose(edges[1:-1], centers - (factor % 2) / 2)
        assert edges[0] <= -0.5
        assert edges[-1] >= cells * factor - 0.5


def test_levels_are_darker_where_more_classes_are_left():
    counts = np.array([[1, 2, 3], [4, 10, 500]])
    figure = survivors_figure(np.zeros((4, 8), np.uint8), counts, 4, ("one",))
    np.testing.assert_array_equal(figure.data[1].z, [[0, 1, 1], [2, 3, 4]])
    assert [trace.name for trace in figure.data[2:]] == list(LEVELS.values())


def test_only_levels_that_occur_are_named():
    figure = survivors_figure(np.zeros((2, 2), np.uint8), np.ones((2, 2), int), 2, ())
    assert [trace.name for trace in figure.data[2:]] == ["1 class"]


def test_the_map_keeps_its_colors():
    colors = np.array([[9, 9, 9], [200, 0, 0]], np.uint8)
    labels = np.array([[0, 1]], np.uint8)
    figure = survivors_figure(labels, np.ones((2, 3), int), 1, ("a", "b"), colors=colors)
    png = base64.b64decode(figure.data[0].source.partition(",")[2])
    assert png.startswith(b"\x89PNG")
