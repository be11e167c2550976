"""The page about the network: every step, every prediction, every fold, and addresses."""

import json
import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fcnlib import engine
from fcnlib.networks import dense_layer
from fcnlib.networks.imagenet_groups import group_indices, group_names
from fcnlib.networks.layer_sizes import vgg_16_layers
from fcnlib.ui.network import dense as dense_section
from fcnlib.ui.network import layers
from fcnlib.ui.network.picture import photograph
from fcnlib.ui.story import SKIP

PAGE = str(Path(__file__).parents[2] / "pages/network.py")
STEPS = ("layers", "dense", "padding", "field")


def opened(**address):
    app = AppTest.from_file(PAGE, default_timeout=60)
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


@pytest.fixture(scope="module")
def first():
    """Return the page as it opens; for tests that only read it."""
    return opened()


def predicted(key, choice, **address):
    """Return the page after a prediction. Streamlit's addresses have the labels of choices."""
    app = opened(**address)
    app.button_group(key=key).set_value(choice).run()
    assert not app.exception
    return app


def charts(app):
    return {chart.key: json.loads(chart.proto.spec) for chart in app.get("plotly_chart")}


def title(app, key):
    return charts(app)[key]["layout"]["title"]["text"]


def texts(app):
    return " ".join(element.value for element in [*app.markdown, *app.caption])


def test_the_page_opens_with_its_figures(first):
    assert {
        *("network_opening_cells", "network_opening_answers", "network_bars", "network_field"),
        *("network_seen", "network_dense_input", "network_dense_kernel", "network_dense_map"),
        *("network_padding_same", "network_cell", "network_cell_seen"),
    } <= set(charts(first))
    assert "768 answers" in texts(first)


def test_the_steps_are_numbered(first):
    headings = [header.value for header in first.header]
    assert [text.partition(".")[0] for text in headings[: len(STEPS)]] == ["1", "2", "3", "4"]
    assert [header.proto.anchor for header in first.header][: len(STEPS)] == [
        f"network_{name}" for name in STEPS
    ]


@pytest.mark.parametrize("name", ["conv1_1", "pool3", "fc6", "fc8"])
def test_a_layer_shows_its_size_weights_and_receptive_field(name):
    app = opened(network_layer=name)
    layer = next(layer for layer in vgg_16_layers(768, 1024) if layer.name == name)
    assert app.select_slider(key="network_layer").value == name
    (said,) = [text.value for text in app.markdown if text.value.startswith(f"**{name}**")]
    numbers = re.findall(r"\d[\d,]*", said.split("**", 2)[2])
    size, stride = layer.field.size, layer.field.stride
    weights = [layer.weights] if layer.weights else []
    expected = [layer.rows, layer.cols, layer.channels, *weights, stride, stride, size, size]
    assert [int(number.replace(",", "")) for number in numbers] == expected
    field, cell = charts(app)["network_field"]["layout"]["shapes"]
    assert field["x1"] - field["x0"] == layer.field.size
    assert cell["x1"] - cell["x0"] == layer.field.stride


def test_the_answers_of_the_opening_are_those_of_a_classifier(first):
    expected = engine.run("segment", photograph(768, 1024), "imagenet", "float32", 1024)
    kinds = group_indices()[expected.coarse_map]
    assert kinds.shape == (24, 32)
    assert "24 × 32" in title(first, "network_opening_answers")
    (said,) = [text.value for text in first.markdown if "Cells: " in text.value]
    names, counts = np.unique(kinds, return_counts=True)
    most = counts.argmax()
    assert f"{group_names()[names[most]]} {counts[most]} " in said
    assert f"{len(names) - 2} more" in said


def test_the_page_is_complete_before_the_answers_are_there(monkeypatch):
    monkeypatch.setattr(layers, "on_opening", lambda *_, **__: None)
    app = opened()
    assert "network_opening_answers" not in charts(app)
    assert app.header[-1].value == "Try this, and go on"


@pytest.mark.parametrize(("position", "row", "col"), [(1, 0, 0), (12, 1, 4), (21, 2, 6)])
def test_both_ways_give_the_same_number_at_every_position(position, row, col):
    app = opened(network_position=str(position))
    x, weights = dense_layer.ring_example()
    expected = (x[row : row + 7, col : col + 7].ravel() * weights.ravel()).sum()
    number = f"**{expected:g}**".replace("-", "−")
    (said,) = [text.value for text in app.markdown if "Dense layer: " in text.value]
    assert said.count(number) == 2
    assert f"row {row + 1}, column {col + 1}" in said
    assert said.endswith("positions: 0")
    (frame,) = charts(app)["network_dense_map"]["layout"]["shapes"]
    assert (frame["x0"], frame["y0"]) == (col - 0.5, row - 0.5)


def test_a_wrong_order_of_weights_would_be_seen():
    x, weights = dense_layer.ring_example()
    assert dense_section.largest_difference(x, weights, (7, 7, 1)) == 0
    answers = dense_layer.valid_convolution(x, np.roll(weights, 1).reshape(7, 7, 1, 1))
    assert answers[0, 0, 0] != dense_layer.dense(x[:7, :7], weights)[0]


@pytest.mark.parametrize("choice", ["24x32", "18x26", "1x1", SKIP])
def test_the_size_with_valid_is_predicted(choice):
    app = predicted("network_valid", choice)
    # A kernel of 7 cells leaves out three cells at each end of 24 and of 32.
    right = {"18x26": "You were right", SKIP: "The answer"}.get(choice, "Not quite")
    assert f"**{right}: 18 × 26.**" in texts(app)
    assert "18 × 26" in title(app, "network_padding_valid")


def test_before_the_prediction_the_answer_is_hidden(first):
    assert "network_padding_valid" not in charts(first)
    assert "18 × 26." not in texts(first)
    _around, *squares = charts(first)["network_cell"]["layout"]["shapes"]
    assert len(squares) == 2


@pytest.mark.parametrize(
    ("name", "same", "valid"),
    [
        ("768x1024", "24 × 32", "18 × 26"),
        ("384x512", "12 × 16", "6 × 10"),
        ("224x224", "7 × 7", "1 × 1"),
    ],
)
def test_other_pictures_have_other_maps(name, same, valid):
    app = predicted("network_valid", SKIP, network_size=name)
    assert same in title(app, "network_padding_same")
    assert valid in title(app, "network_padding_valid")
    assert ("one answer per picture" in texts(app)) is (name == "224x224")


@pytest.mark.parametrize("choice", ["0", "50", "92", SKIP])
def test_the_overlap_of_neighbors_is_predicted(choice):
    app = predicted("network_overlap", choice)
    shared = len(set(range(404)) & set(range(32, 32 + 404))) / 404
    assert round(100 * shared) == 92
    right = {"92": "You were right", SKIP: "The answer"}.get(choice, "Not quite")
    assert f"**{right}: almost all.**" in texts(app)
    assert "= 92%." in texts(app)
    _around, own, neighbor, _cell = charts(app)["network_cell"]["layout"]["shapes"]
    assert neighbor["x0"] - own["x0"] == 32


@pytest.mark.parametrize(
    ("col", "row", "share"), [(17, 12, 0.0), (1, 12, 186 / 404), (32, 24, None)]
)
def test_a_cell_at_the_border_looks_outside_the_picture(col, row, share):
    app = opened(network_column=str(col), network_row=str(row))
    if share == 0:
        assert "lies within the picture" in texts(app)
    elif share is not None:
        assert f"{share:.0%} of the receptive field" in texts(app)
    else:
        # 404 px from 186 px before the cell in the last row and column.
        inside = (768 - (23 * 32 - 186)) * (1024 - (31 * 32 - 186))
        assert f"{1 - inside / 404**2:.0%} of the receptive field" in texts(app)


FOLDS = {
    "network_cost_fold": "Multiply-adds, billion",
    "network_channels_fold": None,
    "network_bfloat16_fold": "Relative error",
}


@pytest.mark.parametrize("fold", FOLDS)
def test_the_folds_open(fold):
    app = opened()
    app.session_state[fold] = True
    app.run()
    assert not app.exception
    if FOLDS[fold]:
        assert FOLDS[fold] in app.table[0].value.columns


def test_the_cost_adds_up_to_the_known_numbers():
    app = opened()
    app.session_state["network_cost_fold"] = True
    app.run()
    app.segmented_control(key="network_cost_size").set_value("224x224")
    app.segmented_control(key="network_cost_padding").set_value("VALID").run()
    said = texts(app)
    assert "138,357,544 weights" in said
    assert "15.47 billion" in said
    rows = app.table[0].value
    assert len(rows) == 21
    assert rows.loc[rows["Layer"] == "fc6", "Output"].item() == "1 × 1 × 4096"


def test_a_receptive_field_grows_by_each_kernel():
    app = opened()
    app.session_state["network_cost_fold"] = True
    app.run()
    last = app.table[1].value.iloc[-1]
    assert last["Layer"] == "fc6"
    assert last["Receptive field, px"] == "212 + (7 − 1) × 32 = 404"


def test_sums_of_many_channels_differ_by_rounding_only():
    app = opened()
    app.session_state["network_channels_fold"] = True
    app.run()
    (said,) = [text.value for text in app.markdown if "The outputs are as large as" in text.value]
    share = float(said.split("which is ")[1].split(" of")[0])
    assert share < 1e-5


@pytest.mark.parametrize(
    "address",
    [
        {"network_layer": "conv9_9"},
        {"network_position": "99"},
        {"network_position": "x"},
        {"network_size": "1x1"},
        {"network_column": "-4", "network_row": "1000"},
        {"network_valid": "42"},
    ],
)
def test_wrong_addresses_do_no_harm(address):
    app = opened(**address)
    assert charts(app)


def test_a_click_on_a_bar_chooses_its_layer(monkeypatch):
    state = {"network_bars": SimpleNamespace(selection=SimpleNamespace(points=[{"x": "conv2_1"}]))}
    monkeypatch.setattr(layers.st, "session_state", state)
    layers._follow_click()
    assert state["network_layer"] == "conv2_1"
    state["network_bars"].selection.points = [{"x": "something"}]
    layers._follow_click()
    assert state["network_layer"] == "conv2_1"


@pytest.mark.parametrize(
    ("column", "row", "left", "top", "neighbor"),
    [("17", "12", 512, 352, 32), ("1", "1", 0, 0, 32), ("32", "24", 992, 736, -32)],
)
def test_a_cell_and_the_fields_around_it_are_drawn_where_they_are(column, row, left, top, neighbor):
    """The cell has 32 pixels; the last column has its neighbor on the left."""
    app = predicted("network_overlap", "92", network_column=column, network_row=row)
    _, field, other, cell = charts(app)["network_cell"]["layout"]["shapes"]
    assert (cell["x0"], cell["y0"]) == (left - 0.5, top - 0.5)
    assert (cell["x1"], cell["y1"]) == (left + 31.5, top + 31.5)
    assert (other["x0"] - field["x0"], other["y0"] - field["y0"]) == (neighbor, 0)
    assert field["x1"] - field["x0"] == other["x1"] - other["x0"] == 404
    assert "pool5 depends on 212 × 212 pixels" in texts(app)
