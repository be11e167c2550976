import base64
import io

import numpy as np
import pytest
from PIL import Image

from fcnlib.class_map import surviving_classes, upsampled_argmax
from fcnlib.class_map.memory import Requirement, requirements
from fcnlib.plots.pruning import LEVELS, OUTLINE, SHADES, memory_figure, survivors_figure

RNG = np.random.default_rng(8)
LOGITS = RNG.standard_normal((3, 4, 30))


def test_bars_show_the_memory_of_each_method():
    figure = memory_figure(requirements(32, 1000), 24_000_000_000, "Memory")
    kernel, activations, machine = figure.data
    assert list(kernel.x) == [16_384_000_000, 16_384_000, 512, 128]
    assert list(kernel.text) == ["16.4 GB", "16.4 MB", "512 B", "128 B"]
    assert list(activations.text)[:3] == ["3.15 GB"] * 3
    assert "24 GB" in machine.name
    assert figure.layout.shapes[0].x0 == 24_000_000_000
    assert figure.layout.xaxis.type == "log"


def test_without_a_known_memory_there_is_no_line():
    figure = memory_figure({"dense": Requirement(1, 2)}, None)
    assert len(figure.data) == 2
    assert not figure.layout.shapes


@pytest.mark.parametrize("factor", [4, 5])
def test_the_shading_covers_the_squares_between_cell_centers(factor):
    """For odd factors, centers fall on a pixel, which belongs to the square after it."""
    counts = surviving_classes(LOGITS)
    figure = survivors_figure(upsampled_argmax(factor, LOGITS), counts, factor)
    shading = figure.data[1]
    assert np.shape(shading.z) == counts.shape == (4, 5)
    np.testing.assert_array_equal(shading.customdata, counts)
    for edges, cells in ((shading.y, 3), (shading.x, 4)):
        centers = (np.arange(cells) + 0.5) * factor - 0.5
        np.testing.assert_allclose(edges[1:-1], centers - (factor % 2) / 2)
        assert edges[0] <= -0.5
        assert edges[-1] >= cells * factor - 0.5


def test_levels_rise_with_the_number_of_classes():
    counts = np.array([[1, 2, 3], [4, 10, 500]])
    figure = survivors_figure(np.zeros((4, 8), np.uint8), counts, 4)
    np.testing.assert_array_equal(figure.data[1].z, [[0, 1, 1], [2, 3, 4]])
    assert [trace.name for trace in figure.data[2:]] == list(LEVELS.values())


def test_the_legend_lists_only_levels_that_occur():
    figure = survivors_figure(np.zeros((2, 2), np.uint8), np.ones((2, 2), int), 2)
    assert [trace.name for trace in figure.data[2:]] == [LEVELS[1]]


@pytest.mark.parametrize("factor", [4, 5])
def test_every_pixel_has_the_color_of_its_square_and_outlines_are_dark(factor):
    labels = upsampled_argmax(factor, LOGITS)
    counts = surviving_classes(LOGITS)
    figure = survivors_figure(labels, counts, factor)
    png = base64.b64decode(figure.data[0].source.partition(",")[2])
    pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))
    shading = figure.data[1]
    for row, col in np.ndindex(labels.shape):
        across = col > 0 and labels[row, col] != labels[row, col - 1]
        along = row > 0 and labels[row, col] != labels[row - 1, col]
        place = np.searchsorted(shading.y, row) - 1, np.searchsorted(shading.x, col) - 1
        color = OUTLINE if across or along else SHADES[shading.z[place]]
        assert "#" + pixels[row, col].tobytes().hex() == color


@pytest.mark.parametrize("factor", [4, 5])
def test_the_edge_joins_the_centers_of_two_cells(factor):
    counts = surviving_classes(LOGITS)
    labels = upsampled_argmax(factor, LOGITS)
    *_, edge = survivors_figure(labels, counts, factor, edge=(1, 2)).data
    cells = [(x + 0.5) / factor - 0.5 for x in edge.x], [(y + 0.5) / factor - 0.5 for y in edge.y]
    np.testing.assert_allclose(cells, [[2, 3], [1, 1]])
