"""Figures that all visitors share: the same for equal arguments only, and not too many."""

import numpy as np
import pytest

from fcnlib.kernels import KERNELS, normalized
from fcnlib.plots.arrays import image_figure
from fcnlib.plots.signals import kernel_figure
from fcnlib.ui import layout
from fcnlib.ui.layout import drawn


@pytest.fixture(autouse=True)
def nothing_drawn():
    layout._DRAWN.clear()
    yield
    layout._DRAWN.clear()


def test_equal_arguments_are_drawn_once():
    image = np.random.default_rng(0).random((4, 5))
    first = drawn(image_figure, image, "Input", height=300)
    assert drawn(image_figure, image.copy(), "Input", height=300) is first
    assert first.to_json() == image_figure(image, "Input", height=300).to_json()


def test_one_pixel_of_a_large_array_makes_another_figure():
    image = np.zeros((1200, 1600), np.uint8)
    first = drawn(image_figure, image, "Input")
    image[700, 901] = 1
    assert drawn(image_figure, image, "Input") is not first


@pytest.mark.parametrize(
    "other",
    [
        (image_figure, np.zeros((2, 3)), "Output"),
        (image_figure, np.zeros((3, 2)), "Input"),
        (image_figure, np.zeros((2, 3), np.float32), "Input"),
    ],
)
def test_another_title_shape_or_type_makes_another_figure(other):
    assert drawn(*other) is not drawn(image_figure, np.zeros((2, 3)), "Input")


def test_kernels_are_told_apart_by_all_they_contain():
    figures = {name: drawn(kernel_figure, [kernel]) for name, kernel in KERNELS.items()}
    assert len({id(figure) for figure in figures.values()}) == len(KERNELS)
    assert all(drawn(kernel_figure, [KERNELS[name]]) is figures[name] for name in KERNELS)


def test_what_cannot_be_pickled_is_drawn_each_time():
    kernel = normalized(KERNELS["lanczos3"])
    assert drawn(kernel_figure, [kernel]).to_json() == kernel_figure([kernel]).to_json()
    assert not layout._DRAWN


def test_the_figures_used_last_are_kept(monkeypatch):
    monkeypatch.setattr(layout, "MOST_DRAWN", 2)
    images = [np.full((2, 2), value) for value in (0.1, 0.2, 0.3)]
    first, second = (drawn(image_figure, image, "") for image in images[:2])
    assert drawn(image_figure, images[0], "") is first
    drawn(image_figure, images[2], "")
    assert len(layout._DRAWN) == 2
    assert drawn(image_figure, images[0], "") is first
    assert drawn(image_figure, images[1], "") is not second


def test_nothing_is_kept_of_a_figure_that_could_not_be_drawn():
    with pytest.raises(ValueError, match="channels"):
        drawn(image_figure, np.zeros((2, 2, 7)), "Input")
    assert not layout._DRAWN
