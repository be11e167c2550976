"""Figures of signals: the numbers drawn are the numbers computed."""

import numpy as np
import pytest

from fcnlib.kernels import KERNELS
from fcnlib.plots import theme
from fcnlib.plots.signals import kernel_figure, reconstruction_figure, spectrum_figure
from fcnlib.reconstruction import reconstruct
from fcnlib.signals import SIGNALS


@pytest.fixture
def result():
    return reconstruct(KERNELS["lanczos2"], SIGNALS["sine"], 2, rate=10)


def lines(figure):
    return {trace.name: trace for trace in figure.data}


def test_kernels_are_drawn_with_their_weights():
    figure = kernel_figure([KERNELS["triangle"], KERNELS["sinc"]], reach=2)
    drawn = lines(figure)
    assert list(drawn) == ["Bilinear", "Sinc"]
    distance = drawn["Bilinear"].x
    assert (distance.min(), distance.max()) == (-2, 2)
    np.testing.assert_allclose(drawn["Bilinear"].y, np.clip(1 - np.abs(distance), 0, 1), atol=1e-6)
    np.testing.assert_allclose(drawn["Sinc"].y, np.sinc(distance), atol=1e-6)


def test_no_two_kernels_share_a_line_and_each_keeps_its_own():
    looks = {
        (trace.line.color, trace.line.dash) for trace in kernel_figure([*KERNELS.values()]).data
    }
    assert len(looks) == len(KERNELS)
    alone = spectrum_figure([KERNELS["mitchell"]]).data[0].line
    among = lines(kernel_figure([*KERNELS.values()]))["Mitchell"].line
    assert alone == among


def test_the_other_roles_colours_are_not_taken_by_kernels():
    colors = {trace.line.color for trace in kernel_figure([*KERNELS.values()]).data}
    assert colors.isdisjoint({theme.INPUT, theme.OUTPUT, theme.DIFFERENCE})


def test_no_kernel_makes_an_empty_figure():
    figure = kernel_figure([])
    assert len(figure.data) == 0
    assert figure.layout.xaxis.range == (-4, 4)


@pytest.mark.parametrize(("in_decibels", "expected"), [(False, 4 / np.pi**2), (True, -7.845)])
def test_spectrum_at_nyquist(in_decibels, expected):
    trace = spectrum_figure([KERNELS["triangle"]], in_decibels=in_decibels).data[0]
    at_nyquist = np.abs(trace.x - 0.5).argmin()
    assert trace.y[at_nyquist] == pytest.approx(expected, abs=1e-3)


def test_nyquist_is_marked_at_one_half():
    figure = spectrum_figure([KERNELS["sinc"]], highest=3)
    band, line = figure.layout.shapes
    assert (band.x0, band.x1) == (0.5, 3)
    assert (line.x0, line.x1) == (0.5, 0.5)
    assert figure.layout.annotations[0].text == "Nyquist, 1/2"


def test_signal_samples_sum_and_error_are_those_of_the_result(result):
    drawn = lines(reconstruction_figure(result))
    np.testing.assert_allclose(drawn["True signal"].y, result.signal, atol=1e-6)
    np.testing.assert_allclose(drawn["Sum of the kernels"].y, result.curve, atol=1e-6)
    np.testing.assert_allclose(drawn["Error"].y, result.error, atol=1e-6)
    np.testing.assert_allclose(drawn["Samples"].x, np.arange(11) / 10, atol=1e-6)
    np.testing.assert_allclose(
        drawn["Samples"].y, np.sin(2 * np.pi * 2 * np.arange(11) / 10), atol=1e-6
    )


def test_error_has_a_panel_of_its_own_below(result):
    figure = reconstruction_figure(result)
    assert lines(figure)["Error"].yaxis == "y2"
    assert figure.layout.yaxis2.domain[1] < figure.layout.yaxis.domain[0]
    assert figure.layout.yaxis2.range[1] > result.max_error


def test_a_tiny_error_is_not_blown_up():
    exact = reconstruct(KERNELS["sinc"], SIGNALS["sine"], 2, rate=10)
    assert reconstruction_figure(exact).layout.yaxis2.range == (-0.05, 0.05)


def test_each_sample_inside_has_a_kernel_that_peaks_at_it(result):
    kernels = lines(reconstruction_figure(result))["Each sample's own kernel"]
    pieces = np.split(np.column_stack([kernels.x, kernels.y]), np.flatnonzero(np.isnan(kernels.x)))
    drawn = [piece[~np.isnan(piece[:, 0])] for piece in pieces]
    peaks = {
        round(float(piece[np.abs(piece[:, 1]).argmax(), 0]), 3) for piece in drawn if len(piece)
    }
    # The sine is zero at 0, 0.5 and 1 s, where there is nothing to draw.
    assert peaks == {0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9}


def test_kernels_end_where_their_support_ends():
    result = reconstruct(KERNELS["triangle"], SIGNALS["bump"], 1, rate=4)
    kernels = lines(reconstruction_figure(result))["Each sample's own kernel"]
    end_of_first = np.flatnonzero(np.isnan(kernels.x))[0]
    middle = kernels.x[end_of_first + 1 :]
    middle = middle[: np.flatnonzero(np.isnan(middle))[0]]
    assert (middle.min(), middle.max()) == pytest.approx((0.0, 0.5), abs=2e-3)


@pytest.mark.parametrize(
    ("name", "color"),
    [
        ("True signal", theme.INPUT),
        ("Samples", theme.INPUT),
        ("Each sample's own kernel", theme.KERNEL),
        ("Sum of the kernels", theme.OUTPUT),
        ("Error", theme.DIFFERENCE),
    ],
)
def test_roles_keep_their_colours(result, name, color):
    assert lines(reconstruction_figure(result))[name].line.color == color


def test_figure_stays_light():
    busiest = reconstruct(KERNELS["sinc"], SIGNALS["sine"], 19, rate=40)
    assert len(reconstruction_figure(busiest).to_json()) < 350_000
