"""How one pixel gets its class, and the steps in four orders, on the Segmentation page."""

import base64
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from support.products import expected

from fcnlib import scenes
from fcnlib.class_map import label_map, upsampled_argmax
from fcnlib.class_map.pixels import pixel_scores
from fcnlib.class_map.step_order import ORDERS, compare_orders
from fcnlib.images import decode
from fcnlib.networks import built_in
from fcnlib.plots.pixels import cells_figure
from fcnlib.plots.step_order import disagreement_figure
from fcnlib.segmentation import Segmentation
from fcnlib.segmentation.attribution import (
    Cell,
    PixelAttribution,
    attribute_pixel,
    telling_pixel,
)
from fcnlib.segmentation.comparison import compare_heads
from fcnlib.segmentation.network_geometry import (
    built_in_geometry,
    imagenet_geometry,
    vgg_16_geometry,
)
from fcnlib.ui import jobs
from fcnlib.ui.segmentation.attribution import in_words
from fcnlib.ui.segmentation.pixel_picker import encode_labels, picker_data
from fcnlib.ui.segmentation.street import FIRST_SEED

PAGE = str(Path(__file__).parents[2] / "pages/segmentation.py")
PIXEL, ORDERS_OPEN = "segmentation_pixel", "segmentation_orders"
MORE = f"{PIXEL}_more"


@pytest.fixture(scope="module")
def results():
    """Segment the first street, to compare with."""
    street = scenes.scene(FIRST_SEED)
    heads = {head: built_in.network(head) for head in built_in.NAMES}
    yield compare_heads(heads, street.picture, street.labels).results
    jobs.queue.clear()


@pytest.fixture
def app():
    app = AppTest.from_file(PAGE, default_timeout=120)
    app.query_params["segmentation_network"] = "Built-in FCN"
    app.session_state[MORE] = True
    app.run()
    assert not app.exception
    return app


def table_of(app):
    """Return the table of products: its classes, and its lines by cell."""
    table = next(table.value for table in app.table if table.value.columns[0] == "Cell")
    _, *classes = table.columns
    return classes, {line[0]: list(line[1:]) for line in table.to_numpy()}


def figures(app):
    return {chart.key: json.loads(chart.proto.spec) for chart in app.get("plotly_chart")}


def test_the_pixel_in_the_middle_is_explained_first(app, results):
    result = results["fcn_8s"]
    attribution = attribute_pixel(result, 80, 112, built_in_geometry("fcn_8s"))
    classes, lines = table_of(app)
    assert lines == expected(attribution)
    assert classes == [result.class_names[i] for i in attribution.classes[:2]]
    parts = next(table.value for table in app.table if table.value.columns[0] == "Layer")
    assert parts["Layer"].tolist() == ["fc7", "pool4", "pool3"]
    outside = f"{attribution.fields['fc7'].outside(result.picture.shape):.0%} of the receptive"
    assert any(outside in caption.value for caption in app.caption)


def test_a_selected_pixel_stays_when_the_head_changes(app, results):
    app.session_state[PIXEL] = {"pin": [3, 200]}
    app.run()
    for head in ("fcn_8s", "fcn_32s", "fcn_16s"):
        app.segmented_control(key="segmentation_head").set_value(head).run()
        assert not app.exception
        attribution = attribute_pixel(results[head], 3, 200, built_in_geometry(head))
        assert table_of(app)[1] == expected(attribution)
    cells = figures(app)["segmentation_pixel_cells"]
    weights = attribute_pixel(results["fcn_16s"], 3, 200, built_in_geometry("fcn_16s")).cells
    assert len(cells["layout"]["shapes"]) == len(weights)
    for cell, text in zip(weights, cells["data"][0]["text"], strict=True):
        assert f"× {cell.weight:.3f}" in text
        assert f"bilinear {cell.bilinear:.3f}" in text


def test_the_orders_are_compared_once_they_are_asked_for(app, results):
    assert not any(key.startswith(ORDERS_OPEN) for key in figures(app))
    app.session_state[ORDERS_OPEN] = True
    app.run()
    assert not app.exception
    result = results["fcn_8s"]
    orders = compare_orders(result.coarse_factor, result.coarse_logits, result.label_map.shape)
    titles = {key: spec["layout"]["title"]["text"] for key, spec in figures(app).items()}
    for order in ("argmax_nearest", "softmax_bilinear_argmax"):
        share = orders.differs(order).mean()
        assert titles[f"{ORDERS_OPEN}_{order}"] == ORDERS[order]
        assert (
            titles[f"{ORDERS_OPEN}_{order}_mask"] == f"Another class at {share:.1%} of the pixels"
        )
    own = (orders.maps["bilinear_argmax"] != result.label_map).mean()
    assert any(f"differs from the bilinear map at {own:.1%}" in c.value for c in app.caption)
    assert app.metric[0].value == str(len(orders.between))


def classified(classes=1000):
    """Return what a classifier might give for a picture of 70 × 90 px."""
    rng = np.random.default_rng(0)
    logits = rng.standard_normal((3, 3, classes)).astype(np.float32)
    return Segmentation(
        network="VGG-16",
        class_names=tuple(f"class {index}" for index in range(classes)),
        picture=rng.integers(0, 256, (70, 90, 3), dtype=np.uint8),
        padding=(26, 6),
        coarse_logits=logits,
        coarse_factor=32,
        coarse_map=label_map(logits),
        label_map=upsampled_argmax(32, logits)[:70, :90],
    )


def show():
    import streamlit as st

    from fcnlib.segmentation.network_geometry import vgg_16_geometry
    from fcnlib.ui.segmentation.attribution import show_pixel_attribution
    from fcnlib.ui.segmentation.step_order import show_step_order

    show_pixel_attribution(st.session_state["result"], vgg_16_geometry(), "segmentation")
    show_step_order(st.session_state["result"], "segmentation_orders")


def test_a_classifiers_pixel_is_explained_with_bilinear_weights():
    result = classified()
    app = AppTest.from_function(show, default_timeout=60)
    app.session_state["result"] = result
    app.session_state[PIXEL] = {"pin": [50, 17]}
    app.session_state[MORE] = True
    app.run()
    assert not app.exception
    pixel = pixel_scores(32, result.coarse_logits, 50, 17)
    classes, lines = table_of(app)
    assert lines == expected(attribute_pixel(result, 50, 17, vgg_16_geometry()))
    assert [int(name.split()[-1]) for name in classes] == list(pixel.classes[:2])
    texts = figures(app)["segmentation_pixel_cells"]["data"][0]["text"]
    for cell, text in zip(pixel.cells, texts, strict=True):
        assert f"× {cell.weight:.3f}" in text
        assert "bilinear" not in text
    between = compare_orders(32, result.coarse_logits, (70, 90)).between
    assert len(between) > 8
    assert f"and {len(between) - 8} more" in app.text[0].value
    assert app.text[0].value.startswith(result.class_names[between[0]])


@pytest.mark.parametrize("padding", [(26, 0), (0, 6), (26, 6), (0, 0)])
def test_only_the_sides_that_were_padded_are_said_to_be_extended(padding):
    app = AppTest.from_function(show, default_timeout=60)
    app.session_state["result"] = replace(classified(9), padding=padding)
    app.session_state[MORE] = True
    app.run()
    said = " ".join(caption.value for caption in app.caption)
    assert ("at the bottom" in said, "on the right" in said) == tuple(map(bool, padding))


@pytest.mark.parametrize(
    "pin", [[70, 0], [0, 90], [-1, 5], ["1", 2], [1], "ab", {"row": 1}, [True, 1], [1.5, 2], None]
)
def test_what_is_no_pixel_of_this_picture_is_ignored(pin):
    result = classified(9)
    app = AppTest.from_function(show, default_timeout=60)
    app.session_state["result"] = result
    app.session_state[PIXEL] = {"pin": pin}
    app.run()
    assert not app.exception
    assert table_of(app)[1] == expected(attribute_pixel(result, 35, 45, vgg_16_geometry()))


def test_the_words_name_the_cells_classes_and_a_winner_that_is_none_of_them():
    cells = tuple(
        Cell(0, col, label, 0.25, 0.25, (2.0, 1.5), (0.25, 0.25))
        for col, label in enumerate((0, 0, 1))
    )
    pixel = PixelAttribution(0, 0, {}, (2, 0, 1), (-1.25, -1.5, -2.0), (0.5, 0.3, 0.2), {}, cells)
    words = in_words(pixel, ("road", "sky", "tree"))
    assert "road (2), sky." in words
    assert "**The pixel is tree**" in words
    assert "Second best at this pixel is road." in words
    alone = in_words(replace(pixel, classes=(0, 2, 1)), ("road", "sky", "tree"))
    assert ("although no cell" in words, "although no cell" in alone) == (True, False)


def test_the_first_pixel_of_a_photograph_has_a_class_that_is_best_in_none_of_its_cells():
    app = AppTest.from_file(PAGE, default_timeout=120).run()
    assert not app.exception
    result = app.session_state["segmentation_job"].result["imagenet"]
    row, col = telling_pixel(result)
    attribution = attribute_pixel(result, row, col, imagenet_geometry())
    classes, lines = table_of(app)
    assert lines == expected(attribution)
    assert classes[0] == result.class_names[result.label_map[row, col]]
    products = [cell.scores[0] * cell.weights[0] for cell in attribution.cells]
    assert f"**{sum(products):.3f}**" == lines["**Sum: the pixel's score**"][0]
    assert result.label_map[row, col] not in {cell.label for cell in attribution.cells}


def unpacked(address):
    return decode(base64.b64decode(address.partition(",")[2]))


def test_the_browser_gets_every_label_exactly_and_only_the_names_that_occur():
    result = classified()
    data = picker_data(result, vgg_16_geometry())
    red, green, blue = np.moveaxis(unpacked(data["labels"]).astype(int), -1, 0)
    np.testing.assert_array_equal(red + 256 * green, result.label_map)
    assert result.label_map.max() > 255
    assert not blue.any()
    occurring = np.unique(result.label_map)
    assert [index for index, _, _ in data["classes"]] == occurring.tolist()
    for index, name, color in data["classes"]:
        assert name == result.class_names[index]
        assert list(bytes.fromhex(color[1:])) == result.colors[index].tolist()
    json.dumps(data)


def test_the_browser_gets_the_pictures_pixels_and_nothing_of_its_file():
    data = picker_data(classified(), vgg_16_geometry())
    assert unpacked(data["picture"]).shape == (70, 90, 3)
    assert b"Exif" not in base64.b64decode(data["picture"].partition(",")[2])
    assert data["receptive_fields"] == [["fc7", 404, 32, -186]]
    assert data["start"] == [35, 45]
    assert picker_data(classified(), vgg_16_geometry(), (3, 4))["start"] == [3, 4]


def test_another_map_of_the_same_picture_has_another_digest(results):
    digests = {
        picker_data(result, built_in_geometry(head))["digest"] for head, result in results.items()
    }
    assert len(digests) == 3


def test_labels_take_two_bytes():
    labels = np.tile([[0, 255, 256, 65535]], (16, 4))
    colors = [[0, 0, 0], [255, 0, 0], [0, 1, 0], [255, 255, 0]]
    assert decode(encode_labels(labels))[0, :4].tolist() == colors


def test_a_long_name_is_cut_in_its_cell_and_whole_under_the_pointer():
    attribution = attribute_pixel(classified(), 40, 40, vgg_16_geometry())
    names = ["a name that is much too long for a cell"] * 1000
    figure = cells_figure(attribution.cells, (0.8, 0.8), names, classified().colors)
    assert all(text.startswith("a name that is …<br>") for text in figure.data[0].text)
    assert set(figure.data[0].customdata) == {names[0]}
    assert (figure.data[1].y[0], figure.data[1].x[0]) == (0.8, 0.8)


def test_a_mask_needs_a_picture_of_its_size():
    with pytest.raises(ValueError, match=r"one size, got \(4, 5\) and \(4, 4\)"):
        disagreement_figure(np.zeros((4, 5, 3), np.uint8), np.zeros((4, 4), bool))
