"""Figures of arrays: the values that the browser receives."""

import base64
import io
import pickle

import numpy as np
import pytest
from PIL import Image

from fcnlib.kernels.bilinear import get_kernel_size, upsample_filt
from fcnlib.plots import arrays, frames, theme
from fcnlib.plots.arrays import difference_figure, image_figure, kernel_heatmap_figure

RNG = np.random.default_rng(3)


def pixels(figure):
    """Return the image as the browser decodes it."""
    head, data = figure.data[0].source.split(",")
    assert head == "data:image/png;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))


def drawn(figure):
    """Return the logarithms in a difference figure."""
    return np.asarray(figure.data[-1].z)


# Kernels


def test_kernel_of_factor_2_in_sixteenths():
    figure = kernel_heatmap_figure(upsample_filt(4))
    assert figure.layout.title.text == "Kernel × 16"
    assert figure.data[0].text.tolist() == [[1, 3, 3, 1], [3, 9, 9, 3], [3, 9, 9, 3], [1, 3, 3, 1]]
    np.testing.assert_allclose(figure.data[0].z, upsample_filt(4))


@pytest.mark.parametrize("factor", range(2, 10))
def test_kernels_show_exact_numbers(factor):
    kernel = upsample_filt(get_kernel_size(factor))
    heatmap = kernel_heatmap_figure(kernel).data[0]
    unit = factor**2 if factor % 2 else 4 * factor**2
    np.testing.assert_allclose(np.array(heatmap.text) / unit, kernel)


def test_large_kernel_shows_no_numbers():
    assert kernel_heatmap_figure(np.ones((17, 17))).data[0].text is not None
    assert kernel_heatmap_figure(np.ones((18, 18))).data[0].text is None


@pytest.mark.parametrize(
    ("kernel", "title", "text"),
    [
        ([[1.0, 1.0]], "Ones", [[1, 1]]),
        ([[0.3, 0.7]], "Ones", [[0.3, 0.7]]),
        ([[-0.25, 0.5]], "Ones", [[-0.25, 0.5]]),
        ([[3.0, 7.5]], "Ones", [[3, 7.5]]),
        ([[0.0]], "Ones", [[0]]),
        ([[np.pi, 1.5]], "Ones", [[3.14, 1.5]]),
    ],
)
def test_numbers_of_other_kernels(kernel, title, text):
    figure = kernel_heatmap_figure(np.array(kernel), "Ones")
    assert figure.layout.title.text == title
    assert figure.data[0].text.tolist() == text


# Images


def test_floats_are_clipped_and_converted_to_bytes():
    figure = image_figure(np.array([[-1, 0, 0.5], [1, 2, 0.1]]), "Picture")
    assert pixels(figure).tolist() == [[0, 0, 128], [255, 255, 26]]
    assert figure.layout.title.text == "Picture"


def test_rgb_is_sent_unchanged():
    image = RNG.integers(0, 256, size=(20, 30, 3), dtype=np.uint8)
    figure = image_figure(image, "Picture")
    np.testing.assert_array_equal(pixels(figure), image)
    assert len(figure.data) == 1


@pytest.mark.parametrize("channels", [(), (3,)])
def test_small_gray_image_shows_its_values(channels):
    gray = np.array([[0, 0.25], [0.75, 1]])
    image = gray if not channels else np.stack([gray] * 3, axis=-1)
    text = image_figure(image, "Picture").data[1]
    assert list(text.text) == ["0", "0.25", "0.75", "1"]
    assert list(zip(text.y, text.x, strict=True)) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert list(text.textfont.color) == ["#fff", "#fff", "#000", "#000"]


def test_larger_or_colored_image_shows_no_values():
    assert len(image_figure(np.zeros((10, 10)), "").data) == 2
    assert len(image_figure(np.zeros((10, 11)), "").data) == 1
    assert len(image_figure(np.eye(3)[np.newaxis], "").data) == 1


def test_large_image_is_thinned_not_averaged():
    image = np.zeros((768, 1024), np.uint8)
    image[::2, ::2] = 200
    figure = image_figure(image, "Picture")
    assert pixels(figure).shape == (384, 512)
    assert (pixels(figure) == 200).all()
    trace = figure.data[0]
    assert (trace.x0, trace.dx, trace.y0, trace.dy) == (0.5, 2, 0.5, 2)


# Differences


def test_difference_is_logarithmic():
    first = np.array([[1.0, 1, 1], [1, 1, 1]])
    second = np.array([[1, 1 + 1e-3, 1 - 2e-5], [1 + 5e-2, 1, 1 + 2e-5]])
    figure = difference_figure(first, second)
    expected = [[np.nan, -3, -4.699], [-1.301, np.nan, -4.699]]
    np.testing.assert_allclose(drawn(figure), expected, rtol=1e-4)
    heatmap = figure.data[-1]
    assert (heatmap.zmin, heatmap.zmax) == (-5, -1)
    assert heatmap.colorbar.ticktext[0] == "10<sup>−5</sup>"
    assert heatmap.colorbar.tickvals[0] == -5
    for lowest in range(-16, 0):
        bar = difference_figure(np.array([[10.0**lowest, 1.0]]), np.zeros((1, 2))).data[-1].colorbar
        assert 2 <= len(bar.tickvals) <= 6
        assert bar.tickangle == 0
    assert not heatmap.zsmooth


def test_equal_values_have_their_own_color():
    figure = difference_figure(np.zeros((2, 4)), np.eye(2, 4))
    square, logarithms = figure.data
    assert square.name == "exactly equal"
    assert square.showlegend
    assert {color for _, color in square.colorscale} == {theme.NEUTRAL}
    assert (square.x0, square.dx, square.y0, square.dy) == (1.5, 4, 0.5, 2)
    assert np.isnan(logarithms.z).sum() == 6


def test_all_equal_or_none():
    ones = np.ones((2, 2))
    assert [trace.name for trace in difference_figure(ones, ones).data] == ["exactly equal"]
    assert [trace.name for trace in difference_figure(ones, 2 * ones).data] == [None]
    heatmap = difference_figure(ones, 2 * ones).data[0]
    assert (heatmap.zmin, heatmap.zmax) == (0, 1)


def test_largest_difference_of_the_channels_is_drawn():
    second = np.zeros((1, 2, 3))
    second[0, 0] = [1e-3, -1e-1, 1e-2]
    np.testing.assert_allclose(
        drawn(difference_figure(np.zeros((1, 2, 3)), second)), [[-1, np.nan]], rtol=1e-6
    )


def test_no_difference_is_lost_by_thinning():
    second = np.zeros((768, 1023))
    second[501, 1022] = 1e-4
    figure = difference_figure(np.zeros((768, 1023)), second)
    assert drawn(figure).shape == (256, 341)
    assert drawn(figure).size <= arrays.MAX_DIFFERENCE_POINTS
    np.testing.assert_allclose(drawn(figure)[501 // 3, 1022 // 3], -4)
    assert np.isnan(drawn(figure)).sum() == drawn(figure).size - 1
    assert (figure.data[-1].x0, figure.data[-1].dx) == (1, 3)


def test_difference_of_bytes_does_not_wrap_around():
    black, white = np.zeros((1, 1), np.uint8), np.full((1, 1), 255, np.uint8)
    np.testing.assert_allclose(drawn(difference_figure(black, white)), np.log10(255), rtol=1e-6)


# All figures


@pytest.mark.parametrize(
    "draw",
    [
        lambda: kernel_heatmap_figure(np.ones((2, 3))),
        lambda: image_figure(np.ones((2, 3)), ""),
        lambda: difference_figure(np.ones((2, 3)), np.zeros((2, 3))),
    ],
)
def test_cells_are_square_and_row_0_is_at_the_top(draw):
    figure = draw()
    rows = figure.layout.yaxis
    assert rows.autorange == "reversed" or rows.range[0] > rows.range[1]
    assert figure.layout.yaxis.scaleanchor == "x"
    assert figure.layout.xaxis.showticklabels is False
    assert figure.layout.xaxis.constrain == figure.layout.yaxis.constrain == "domain"
    assert pickle.loads(pickle.dumps(figure)) == figure


@pytest.mark.parametrize(
    ("shape", "limit", "step"),
    [((10, 10), 100, 1), ((10, 10), 99, 2), ((11, 11), 35, 3), ((1, 9), 2, 5)],
)
def test_thinning_step(shape, limit, step):
    assert frames.thinning_step(shape, limit) == step


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: kernel_heatmap_figure(np.ones(3)), r"^kernel .* 2 .*\(3,\)"),
        (lambda: image_figure(np.ones((0, 3)), ""), r"^image .* 2 or 3 .*\(0, 3\)"),
        (lambda: image_figure(np.full((2, 2), np.nan), ""), r"^image .* 4 values"),
        (lambda: image_figure(np.ones((2, 2, 4)), ""), r"channels.*\(2, 2, 4\)"),
        (lambda: difference_figure(np.ones((1, 2)), np.ones((2, 1))), r"\(1, 2\).*\(2, 1\)"),
        (lambda: difference_figure(np.ones((1, 2)), np.array([[1, np.inf]])), r"^second "),
    ],
)
def test_arrays_are_checked(call, match):
    with pytest.raises(ValueError, match=match):
        call()


def test_kernels_up_to_factor_9_show_their_numbers():
    assert max(map(get_kernel_size, range(2, 10))) == arrays.MAX_KERNEL_NUMBERS


@pytest.mark.parametrize(("shape", "height"), [((9, 9), 320), ((9, 3), 320), ((1, 2), 184)])
def test_wide_arrays_get_lower_figures(shape, height):
    assert image_figure(np.zeros(shape), "", height=320).layout.height == height


def test_legend_is_inside_the_figure():
    legend = difference_figure(np.ones((2, 2)), np.ones((2, 2))).layout.legend
    assert (legend.yref, legend.y, legend.yanchor) == ("container", 0, "bottom")


def test_a_single_row_is_60_px_high():
    figure = image_figure(np.zeros((1, 100)), "")
    assert figure.layout.height - figure.layout.margin.t - figure.layout.margin.b == 60


@pytest.mark.parametrize("largest", [2**63, 2**64 - 1, 2**53 + 2])
def test_weights_beyond_the_integers_of_float64_are_written_as_they_are(largest):
    kernel = np.array([[largest, 0, 1]], np.uint64)
    figure = kernel_heatmap_figure(kernel)
    np.testing.assert_array_equal(figure.data[0].text, kernel)
    assert figure.layout.title.text == "Kernel"
