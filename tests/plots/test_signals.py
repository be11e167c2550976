"""Figures of kernels and frequency responses: the drawn numbers are the computed ones."""

import numpy as np
import pytest

from fcnlib.kernels import KERNELS
from fcnlib.plots import theme
from fcnlib.plots.signals import kernel_figure, spectrum_figure


def lines(figure):
    return {trace.name: trace for trace in figure.data}


def test_kernels_are_drawn_with_their_weights():
    figure = kernel_figure([KERNELS["triangle"], KERNELS["sinc"]], half_width=2)
    drawn = lines(figure)
    assert list(drawn) == ["Sinc", "Bilinear"]
    distance = drawn["Bilinear"].x
    assert (distance.min(), distance.max()) == (-2, 2)
    np.testing.assert_allclose(drawn["Bilinear"].y, np.clip(1 - np.abs(distance), 0, 1), atol=1e-6)
    np.testing.assert_allclose(drawn["Sinc"].y, np.sinc(distance), atol=1e-6)


def test_first_kernel_is_drawn_on_top_in_the_kernel_color():
    *others, first = kernel_figure([KERNELS["mitchell"], *KERNELS.values()]).data
    assert first.name == "Mitchell"
    assert first.line.color == theme.KERNEL
    assert all(first.line.width > other.line.width for other in others)
    assert theme.KERNEL not in {other.line.color for other in others}


def test_each_other_kernel_has_its_own_line_style_in_every_figure():
    others = kernel_figure([KERNELS["box"], *KERNELS.values()]).data[:-1]
    assert len({(trace.line.color, trace.line.dash) for trace in others}) == len(KERNELS)
    alone = spectrum_figure([KERNELS["sinc"], KERNELS["mitchell"]]).data[0].line
    among = next(trace.line for trace in others if trace.name == "Mitchell")
    assert alone == among


def test_kernels_do_not_use_the_colors_of_other_roles():
    colors = {trace.line.color for trace in kernel_figure([*KERNELS.values()]).data}
    assert colors.isdisjoint({theme.INPUT, theme.OUTPUT, theme.DIFFERENCE})


def test_without_kernels_the_figure_is_empty():
    figure = kernel_figure([])
    assert len(figure.data) == 0
    assert figure.layout.xaxis.range == (-4, 4)


@pytest.mark.parametrize(("in_decibels", "expected"), [(False, 4 / np.pi**2), (True, -7.845)])
def test_spectrum_at_nyquist(in_decibels, expected):
    trace = spectrum_figure([KERNELS["triangle"]], in_decibels=in_decibels).data[0]
    at_nyquist = np.abs(trace.x - 0.5).argmin()
    assert trace.y[at_nyquist] == pytest.approx(expected, abs=1e-3)


def test_nyquist_is_marked():
    figure = spectrum_figure([KERNELS["sinc"]], highest=3)
    band, line = figure.layout.shapes
    assert (band.x0, band.x1) == (0.5, 3)
    assert (line.x0, line.x1) == (0.5, 0.5)
    assert "Nyquist" in figure.layout.annotations[0].text
