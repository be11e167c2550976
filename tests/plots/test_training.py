"""Figures of a training show the values that were measured."""

import numpy as np
import pytest

from fcnlib.plots import theme
from fcnlib.plots.training import (
    Line,
    curve_figure,
    iu_figure,
    learning_kernel_figure,
    upper_bound_figure,
)
from fcnlib.training.grid_bound import PAPER


def line(name, *values):
    return Line(name, np.arange(1.0, len(values) + 1), np.array(values))


def test_the_axes_of_a_curve_cover_the_whole_training():
    figure = curve_figure(line("now", 1.9, 1.5), title="Loss", steps=50, limit=2)
    (drawn,) = figure.data
    np.testing.assert_allclose(drawn.x, [1, 2])
    np.testing.assert_allclose(drawn.y, [1.9, 1.5], rtol=1e-6)
    assert figure.layout.xaxis.range == (0, 50)
    assert figure.layout.yaxis.range == (0, 2)
    assert figure.layout.title.text == "Loss"
    assert not figure.layout.showlegend


def test_earlier_curves_are_gray_and_the_axes_include_them():
    earlier = [line("first", 5.0, 1.0), line("second", *range(80))]
    figure = curve_figure(line("now", 1.0), earlier, steps=50, limit=2)
    assert [drawn.name for drawn in figure.data] == ["first", "second", "now"]
    assert [drawn.line.color for drawn in figure.data] == [theme.NEUTRAL] * 2 + [theme.OUTPUT]
    assert len({drawn.line.dash for drawn in figure.data}) == 3
    assert figure.layout.xaxis.range == (0, 80)
    assert figure.layout.yaxis.range == (0, 79)
    assert figure.layout.showlegend


def test_only_two_earlier_curves_are_drawn():
    earlier = [line(name, 1.0) for name in "abc"]
    figure = curve_figure(line("now", 1.0), earlier, steps=5, limit=2)
    assert [drawn.name for drawn in figure.data] == ["a", "b", "now"]


def test_a_training_without_steps_has_empty_axes():
    figure = curve_figure(line("now"), steps=50, limit=2)
    assert figure.layout.xaxis.range == (0, 50)
    assert len(figure.data[0].x) == 0


@pytest.mark.parametrize(("largest", "limit"), [(0.25, 1), (3, 3), (-3, 3)])
def test_the_color_scale_of_a_kernel_is_centered_at_zero(largest, limit):
    kernel = np.array([[0, largest], [0.1, 0]])
    (drawn,) = learning_kernel_figure(kernel, "Kernel").data
    np.testing.assert_allclose(drawn.z, kernel, rtol=1e-6)
    assert (drawn.zmin, drawn.zmax) == (-limit, limit)


def test_a_kernel_with_three_dimensions_raises():
    with pytest.raises(ValueError, match="kernel"):
        learning_kernel_figure(np.zeros((2, 2, 7)))


def test_both_lines_have_their_values():
    paper, here = upper_bound_figure({4: 0.9375, 128: 0.25}, PAPER).data
    assert paper.x == ("4", "8", "16", "32", "64", "128")
    np.testing.assert_allclose(paper.y, [0.985, 0.964, 0.928, 0.861, 0.733, 0.509])
    assert (here.x, here.y, here.text) == (("4", "128"), (0.9375, 0.25), ("0.938", "0.250"))
    assert (here.line.color, paper.line.color) == (theme.OUTPUT, theme.NEUTRAL)


def test_the_legend_has_the_color_of_each_head():
    figure = iu_figure({"FCN-32s": {"sky": 0.8}, "FCN-16s": {"sky": 0.85}, "FCN-8s": {"sky": 0.9}})
    colors = [bar.marker.color for bar in figure.data]
    assert len(set(colors)) == 3
    assert all(bar.marker.opacity is None for bar in figure.data)
