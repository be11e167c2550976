"""Figures of curves: the drawn numbers are the computed ones, in the colors of their roles."""

import numpy as np
import pytest

from fcnlib.kernels import KERNELS, truncated
from fcnlib.kernels.reconstruction import reconstruct
from fcnlib.kernels.signals import SIGNALS
from fcnlib.plots import theme
from fcnlib.plots.curves import (
    RAW,
    alias_figure,
    constant_figure,
    curves_figure,
    placed_figure,
    spikes_figure,
    sum_figure,
)
from fcnlib.plots.signals import kernel_figure

SAMPLES = [0.5, -1.0, 0.25, 0.75]


def traces(figure):
    return {trace.name: trace for trace in figure.data}


def result(name, points=41):
    return reconstruct(KERNELS[name], SIGNALS["two_tones"], 1, rate=10, points=points)


def test_curves_through_the_same_samples_have_the_lines_of_their_kernels():
    kernels = [KERNELS["triangle"], KERNELS["sinc"]]
    figure = curves_figure([(kernel, result(kernel.name)) for kernel in kernels], "Title")
    drawn = traces(figure)
    assert list(drawn) == ["Sinc", "Bilinear", "Samples"]
    for kernel in kernels:
        np.testing.assert_allclose(drawn[kernel.title].y, result(kernel.name).curve, atol=1e-6)
    assert drawn["Bilinear"].line.color == theme.OUTPUT
    assert drawn["Sinc"].line == traces(kernel_figure(kernels))["Sinc"].line
    assert drawn["Samples"].marker.color == theme.INPUT
    assert figure.layout.title.text == "Title"


def test_the_kernels_at_the_samples_are_one_line_with_gaps():
    expected = result("lanczos3")
    drawn = traces(sum_figure(expected, ""))
    copies = drawn["Kernels"].y.reshape(11, -1)
    assert np.isnan(copies[:, -1]).all()
    np.testing.assert_allclose(copies[:, :-1], expected.contributions[expected.within], atol=1e-6)
    np.testing.assert_allclose(drawn["Curve"].y, expected.curve, atol=1e-6)
    np.testing.assert_allclose(drawn["Signal"].y, expected.signal, atol=1e-6)
    np.testing.assert_allclose(drawn["Samples"].x, np.arange(11) / 10, atol=1e-6)


def test_kernels_and_curve_can_be_left_out():
    assert list(traces(sum_figure(result("sinc"), "", copies=False, curve=False))) == [
        "Signal",
        "Samples",
    ]


def test_frequencies_fold_at_the_nyquist_frequency():
    figure = alias_figure(8, 9.5, highest=12)
    line = traces(figure)["Every frequency"]
    corners = np.interp(line.x, [0, 4, 8, 12], [0, 4, 0, 4])
    np.testing.assert_allclose(line.y, corners, atol=1e-6)
    marker = traces(figure)["This wave"]
    assert (marker.x, marker.y) == (9.5, 1.5)
    assert figure.layout.shapes[0].x0 == 4


def test_a_constant_is_drawn_over_several_samples():
    cut = truncated(KERNELS["sinc"], 2)
    figure = constant_figure({"Raw": KERNELS["lanczos2"], "Cut": cut})
    drawn = traces(figure)
    assert list(drawn) == ["Cut", "Raw", "Samples"]
    assert drawn["Raw"].line.color == RAW["color"]
    assert drawn["Cut"].line.color == theme.KERNEL
    three = {"Normalized": KERNELS["triangle"], "Raw": KERNELS["lanczos2"], "Cut": cut}
    again = traces(constant_figure(three))
    assert again["Normalized"].line.color == theme.OUTPUT
    assert [again[name].line for name in ("Raw", "Cut")] == [
        drawn[name].line for name in ("Raw", "Cut")
    ]
    x, y = drawn["Cut"].x, drawn["Cut"].y
    assert y[np.isin(x, [0, 1, 2, 3])] == pytest.approx([1] * 4)
    assert [label.text for label in figure.layout.annotations] == ["Raw", "Cut"]
    raw, below = figure.layout.annotations
    assert raw.yshift > 0 > below.yshift
    flat = constant_figure({"Flat": KERNELS["triangle"], "Cut": cut}).layout.annotations[0]
    assert (flat.y, flat.showarrow) == (1, True)
    assert flat.ay < 0, "away from the curve that goes below 1"
    halfway = y[np.isin(x, [0.5, 1.5, 2.5])]
    assert halfway == pytest.approx([2 * (np.sinc(0.5) + np.sinc(1.5))] * 3)


@pytest.mark.parametrize("name", ["triangle", "lanczos2"])
@pytest.mark.parametrize("at", [0, 4, 9])
def test_both_readings_draw_the_same_outputs(name, at):
    kernel, factor = KERNELS[name], 3
    placed = traces(placed_figure(kernel, SAMPLES, factor, at))
    spikes = traces(spikes_figure(kernel, SAMPLES, factor, at))
    grid = np.arange(10) / factor
    outputs = sum(value * kernel(grid - n) for n, value in enumerate(SAMPLES))
    for drawn in (placed, spikes):
        np.testing.assert_allclose(drawn["Outputs"].x, grid, atol=1e-6)
        np.testing.assert_allclose(drawn["Outputs"].y, outputs, atol=1e-6)
        assert drawn["Sum"].x == pytest.approx([grid[at]])
        assert drawn["Sum"].y == pytest.approx(outputs[[at]], abs=1e-6)
    assert placed["Terms"].y.sum() == pytest.approx(outputs[at], abs=1e-6)
    assert np.abs(spikes["Kernel"].x - grid[at]).max() <= kernel.support


def test_spikes_have_zeros_between_them():
    figure = spikes_figure(KERNELS["triangle"], SAMPLES, 3, 0)
    tips = figure.data[1].y
    np.testing.assert_allclose(tips[::3], SAMPLES)
    assert not np.delete(tips, np.arange(0, 10, 3)).any()
