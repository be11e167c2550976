import base64
import io

import numpy as np
import pytest
from PIL import Image

from fcnlib.plots.class_maps import (
    MAX_HOVER_POINTS,
    discrete_matshow,
    mask_figure,
    photograph_figure,
)

MAP = np.array([[2, 2, 0], [2, 2, 0]])
NAMES = ["road", "sky", "bus"]
COLORS = np.array([[10, 20, 30], [0, 0, 0], [200, 100, 50]], np.uint8)


def decoded(trace):
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(trace.source.split(",")[1]))))


def test_the_map_is_sent_pixel_for_pixel_in_the_given_colors():
    figure = discrete_matshow(MAP, NAMES, "Title", colors=COLORS)
    np.testing.assert_array_equal(decoded(figure.data[0]), COLORS[MAP])
    assert figure.layout.title.text == "Title"


def test_the_legend_names_the_classes_that_occur_largest_first():
    figure = discrete_matshow(MAP, NAMES, colors=COLORS)
    legend = [(trace.name, trace.marker.color) for trace in figure.data[2:]]
    assert legend == [("bus", "rgb(200,100,50)"), ("road", "rgb(10,20,30)")]
    assert [trace.name for trace in discrete_matshow(MAP, NAMES, legend=1).data[2:]] == ["bus"]


def test_every_class_has_a_different_color_by_default():
    image = decoded(discrete_matshow(MAP).data[0])
    assert len(np.unique(image.reshape(-1, 3), axis=0)) == 2


def test_every_pixel_of_a_small_map_shows_its_name_under_the_pointer():
    hover = discrete_matshow(MAP, NAMES).data[1]
    np.testing.assert_array_equal(hover.text, np.array(NAMES)[MAP])


def test_names_under_the_pointer_of_a_large_map_are_at_the_right_place():
    labels = np.random.default_rng(0).integers(0, 3, (768, 1024))
    hover = discrete_matshow(labels, NAMES).data[1]
    assert hover.text.size <= MAX_HOVER_POINTS
    rows = (hover.y0 + hover.dy * np.arange(hover.text.shape[0])).astype(int)
    cols = (hover.x0 + hover.dx * np.arange(hover.text.shape[1])).astype(int)
    np.testing.assert_array_equal(hover.text, np.array(NAMES)[labels[np.ix_(rows, cols)]])


def test_without_names_the_indices_are_shown():
    assert discrete_matshow(MAP).data[1].text[0, 2] == "0"


def test_a_large_map_needs_little_data():
    labels = np.repeat(np.repeat(np.arange(48).reshape(6, 8), 128, 0), 128, 1)
    length = len(discrete_matshow(labels, [f"class number {n}" for n in range(48)]).to_json())
    assert length < 400_000


def test_a_photograph_keeps_its_size_and_colors():
    picture = np.full((40, 60, 3), (200, 100, 50), np.uint8)
    shown = decoded(photograph_figure(picture, "Input").data[0])
    assert shown.shape == picture.shape
    assert np.abs(shown.astype(int) - picture).max() <= 3


def test_a_mask_has_the_color_of_differences():
    image = decoded(mask_figure(MAP == 0, "Wrong").data[0])
    assert (image[0, 2] == (0xCC, 0x5F, 0xA0)).all()
    assert (image[0, 0] == (0xE7, 0xE9, 0xEC)).all()


def test_wrong_input_is_rejected():
    with pytest.raises(ValueError, match="data"):
        discrete_matshow(np.zeros((2, 2, 2), int))
    with pytest.raises(ValueError, match=r"class 2.*class 0"):
        discrete_matshow(MAP, ["road"])


def test_large_images_are_smaller_in_their_own_coordinates():
    """An image of 5 × 4 blocks of 900 px in one color each keeps its blocks and position."""
    blocks = np.arange(20, dtype=np.uint8).reshape(4, 5, 1) * np.array([10, 1, 5], np.uint8)
    picture = blocks.repeat(900, 0).repeat(900, 1)
    data = np.zeros(picture.shape[:2], np.uint8)
    image = photograph_figure(picture, height=400).data[0]
    map_image = discrete_matshow(data, NAMES, colors=COLORS).data[0]
    assert decoded(image).shape == (640, 800, 3)
    assert decoded(map_image).shape == (1200, 1500, 3)
    for trace in (image, map_image):
        height, width, _ = decoded(trace).shape
        assert trace.x0 - trace.dx / 2 == trace.y0 - trace.dy / 2 == -0.5
        assert (trace.dx * width, trace.dy * height) == (4500, 3600)
    centers = decoded(image)[80::160, 80::160]
    np.testing.assert_allclose(centers.astype(int), blocks.astype(int), atol=6)
