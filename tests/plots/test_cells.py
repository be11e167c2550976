"""Figures of arrays with numbers, of a sliding kernel, and of losses."""

import itertools

import numpy as np
import pytest

from fcnlib.plots import theme
from fcnlib.plots.cells import MAX_NUMBERS, cells_figure, number, sliding_figure
from fcnlib.plots.gradient_descent import losses_figure
from fcnlib.transposed_convolution.checkerboard import overlap_counts


def test_zero_is_in_the_middle_of_the_color_scale():
    figure = cells_figure(np.array([[1.0, -4.0], [0.5, 2.0]]), "Error", theme.DIFFERENCE)
    (heatmap,) = figure.data
    assert (heatmap.zmin, heatmap.zmax) == (-4, 4)
    assert heatmap.colorscale[-1][1] == theme.DIFFERENCE
    assert heatmap.text.tolist() == [["1", "−4"], ["0.5", "2"]]
    assert cells_figure(np.ones((1, 1)), "One", limit=5).data[0].zmax == 5
    assert cells_figure(np.zeros((2, 2)), "Nothing").data[0].zmax == 1


def test_large_arrays_have_no_numbers():
    assert cells_figure(np.ones((MAX_NUMBERS, 2)), "").data[0].text is not None
    assert cells_figure(np.ones((MAX_NUMBERS + 1, 2)), "").data[0].text is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0"),
        (-0.004, "0"),
        (0.125, "0.12"),
        (-9.999, "−10"),
        (123.44, "123.4"),
        (-2e12, "−2e12"),
    ],
)
def test_numbers_are_short(value, expected):
    assert number(value) == expected


@pytest.mark.parametrize(
    ("kernel_size", "stride", "padding"), [(3, 3, 1), (5, 1, 0), (1, 4, 0), (4, 2, 3)]
)
def test_positions_of_the_kernel_are_bars_and_cells_are_squares(kernel_size, stride, padding):
    reads = [
        overlap_counts((1, 4), (1, kernel_size), (1, stride), (0, padding), (0, extra))[0]
        for extra in range(stride)
    ]
    figure = sliding_figure(reads, kernel_size, stride, padding)
    bars = [shape for shape in figure.layout.shapes if shape.type == "line"]
    cells = [shape for shape in figure.layout.shapes if shape.type == "rect"]
    assert len(bars) == 4 * stride
    assert [row.text[0] for row in figure.data] == ["0"] * len(reads)
    assert len(cells) == sum(len(row) + 2 * padding for row in reads)
    filled = [cell for cell in cells if cell.fillcolor == theme.INPUT]
    assert len(filled) == sum(np.count_nonzero(row) for row in reads)
    assert {round(bar.x1 - bar.x0 + 0.2, 6) for bar in bars} == {kernel_size}
    assert min(bar.x0 for bar in bars) == pytest.approx(-padding - 0.4)
    # Overlapping bars are drawn at different heights.
    for row in range(stride):
        for first, second in itertools.pairwise(bars[4 * row : 4 * row + 4]):
            assert first.y0 != second.y0 or first.x1 < second.x0


def test_the_marked_loss_is_on_the_line():
    line, mark = losses_figure(np.array([4.0, 1e-3, 0.0]), 1).data
    np.testing.assert_array_equal(line.y, [4, 1e-3, 1e-32])
    assert (mark.x, mark.y) == ((1,), (1e-3,))


def test_a_loss_of_zero_stays_on_the_logarithmic_axis_in_half_precision():
    line, mark = losses_figure(np.array([1, 0], np.float16), 1).data
    assert (line.y[1], mark.y) == (1e-32, (1e-32,))


def test_arrays_are_checked():
    with pytest.raises(ValueError, match=r"values .*\(3,\)"):
        cells_figure(np.ones(3), "")
    with pytest.raises(ValueError, match=r"losses .* 1 .*not finite"):
        losses_figure(np.array([1.0, np.nan]), 0)


@pytest.mark.parametrize(
    ("kind", "text"), [("int8", "−128"), ("int16", "−3e4"), ("int32", "−2e9"), ("int64", "−9e18")]
)
def test_the_smallest_number_of_a_type_has_its_size(kind, text):
    cell = cells_figure(np.array([[np.iinfo(kind).min]], kind), "Smallest").data[0]
    assert cell.text == [[text]]
    assert cell.zmax == -float(np.iinfo(kind).min)
