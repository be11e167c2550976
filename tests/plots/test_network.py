"""Figures of layers, receptive fields and cells."""

import numpy as np
import pytest

from fcnlib.networks.layer_sizes import vgg_16_layers
from fcnlib.networks.receptive_field import Field
from fcnlib.plots import theme
from fcnlib.plots.network import (
    cell_map_figure,
    fields_figure,
    layers_figure,
    seen_figure,
    window_figure,
)

PICTURE = np.zeros((96, 128, 3), np.uint8)


def boxes(figure):
    return [(s.x0, s.y0, s.x1, s.y1) for s in figure.layout.shapes if s.type == "rect"]


def test_bars_are_as_high_as_the_layers_have_rows_and_one_is_marked():
    layers = vgg_16_layers(768, 1024)
    bars = layers_figure(layers, "pool3").data[0]
    assert list(bars.y) == [layer.rows for layer in layers]
    assert list(bars.base) == [-layer.rows / 2 for layer in layers]
    colored = zip(bars.x, bars.marker.color, strict=True)
    marked = [name for name, color in colored if color == theme.DIFFERENCE]
    assert marked == ["pool3"]


def test_each_number_of_rows_stands_once():
    figure = layers_figure(vgg_16_layers(768, 1024), "fc8")
    texts = [note.text for note in figure.layout.annotations]
    assert texts == ["768", "384", "192", "96", "48", "24"]


def test_a_cell_and_its_fields_are_drawn_at_their_pixels():
    figure = fields_figure(PICTURE, Field(32, 64, 32), [Field(-10, 20, 100), Field(0, 0, 5)])
    assert boxes(figure) == [
        (19.5, -10.5, 119.5, 89.5),
        (-0.5, -0.5, 4.5, 4.5),
        (63.5, 31.5, 95.5, 63.5),
    ]
    wider = fields_figure(PICTURE, Field(0, 0, 32), [], beyond=50)
    assert boxes(wider)[0] == (-50.5, -50.5, 177.5, 145.5)
    assert list(wider.layout.xaxis.range) == [-50.5, 177.5]
    assert list(wider.layout.yaxis.range) == [145.5, -50.5]


@pytest.mark.parametrize(("size", "scale"), [(3, 80), (100, 2), (404, 1)])
def test_what_a_cell_sees_is_enlarged_by_a_whole_factor(size, scale):
    figure = seen_figure(PICTURE, Field(-1, -1, size), Field(0, 0, 2))
    assert figure.layout.xaxis.range == (-0.5, size * scale - 0.5)
    (box,) = boxes(figure)
    assert box[:2] == (scale - 0.5, scale - 0.5)
    assert box[2] - box[0] == 2 * scale


@pytest.mark.parametrize(("lost", "kept"), [(0, (3, 4)), (1, (1, 2))])
def test_the_grid_has_the_cells_that_get_an_answer(lost, kept):
    figure = cell_map_figure(PICTURE, 32, lost)
    lines = figure.data[1]
    assert lines.x.count(None) == sum(kept) + 2
    *tinted, frame = boxes(figure)
    assert len(tinted) == (4 if lost else 0)
    left, top, right, bottom = frame
    assert ((bottom - top) / 32, (right - left) / 32) == kept
    area = sum(abs((x1 - x0) * (y1 - y0)) for x0, y0, x1, y1 in tinted)
    assert area == (12 - kept[0] * kept[1]) * 32**2


def test_a_window_frames_its_cells():
    values = np.arange(12.0).reshape(3, 4)
    assert boxes(window_figure(values, "", theme.INPUT, (1, 2, 2))) == [(1.5, 0.5, 3.5, 2.5)]
    assert not boxes(window_figure(values, "", theme.INPUT))
