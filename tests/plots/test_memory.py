"""Figures of memory on linear scales, of kernels by class, and of scores between cells."""

import numpy as np

from fcnlib.class_map.memory import requirements
from fcnlib.kernels.bilinear import bilinear_upsample_weights, upsample_filt
from fcnlib.plots.memory import (
    between_cells_figure,
    growth_figure,
    kernel_grid_figure,
    linear_memory_figure,
)


def test_bars_are_proportional_to_the_memory():
    plan = requirements(32, 1000)
    figure = linear_memory_figure(plan)
    kernel, scores, totals = figure.data
    assert figure.layout.barmode == "stack"
    assert figure.layout.xaxis.type in (None, "linear")
    np.testing.assert_allclose(kernel.x, [need.kernel / 1e9 for need in plan.values()])
    np.testing.assert_allclose(scores.x, [need.activations / 1e9 for need in plan.values()])
    assert totals.text[0].strip() == "19.5 GB"


def test_the_grid_has_a_kernel_at_every_pair_of_classes():
    figure = kernel_grid_figure(bilinear_upsample_weights(2, 3))
    mosaic = np.asarray(figure.data[0].z)
    assert mosaic.shape == (12, 12)
    for to, start in np.ndindex(3, 3):
        block = mosaic[4 * to : 4 * to + 4, 4 * start : 4 * start + 4]
        np.testing.assert_allclose(block, upsample_filt(4) if to == start else 0)
    assert len(figure.layout.shapes) == 4
    assert list(figure.layout.xaxis.ticktext) == ["1", "2", "3"]


def test_one_row_of_kernels_is_drawn_for_a_depthwise_layer():
    weights = np.repeat(upsample_filt(4)[..., None, None], 5, 3)
    figure = kernel_grid_figure(weights, by_pair=False)
    assert np.shape(figure.data[0].z) == (4, 20)
    assert not figure.layout.yaxis.ticktext


def test_growth_marks_the_chosen_classes():
    kernels = {"dense": [1 * 10**9, 4 * 10**9], "depthwise": [10**6, 2 * 10**6]}
    figure = growth_figure([10, 20], kernels, 20, 3 * 10**9)
    marks = [trace for trace in figure.data if trace.mode == "markers"]
    assert [mark.y[0] for mark in marks] == [4.0, 0.002]
    notes = [note.text for note in figure.layout.annotations if note.showarrow]
    assert notes == ["Dense kernel, 4 GB", "Depthwise, 2 MB"]
    assert figure.layout.shapes[0].y0 == 3.0
    assert not growth_figure([10, 20], kernels, 20, 10**12).layout.shapes


def test_every_class_has_a_line_between_the_cells():
    first, second = np.array([3.0, 0.0, 2.0, -1.0, -2.0]), np.array([0.0, 3.0, 2.0, -2.0, -2.0])
    colors = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]], np.uint8)
    others, *winners, example = between_cells_figure(
        first, second, np.array([0, 1, 2]), list("abcde"), colors, leader=2
    ).data
    assert [line.line.width for line in winners] == [2, 2, 5]
    assert others.name.startswith("2 ")
    np.testing.assert_array_equal(others.y, [-1, -2, np.nan, -2, -2, np.nan])
    assert [line.name for line in winners] == ["a", "b", "c, the leader"]
    assert [tuple(line.y) for line in winners] == [(3, 0), (0, 3), (2, 2)]
    assert (example.line.dash, tuple(example.y)) == ("dash", (-1, -2))


def test_without_a_class_that_cannot_win_no_line_is_dashed():
    ends, colors = np.array([1.0, 0.0]), np.zeros((2, 3), np.uint8)
    figure = between_cells_figure(ends, ends[::-1], np.array([0, 1]), "ab", colors, leader=0)
    assert [line.line.dash for line in figure.data] == [None] * 3
