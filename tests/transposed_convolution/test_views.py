"""Data of the four views against the definition, TensorFlow and values by hand."""

import json
import re

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fcnlib.transposed_convolution import (
    convolution_matrix,
    insert_zeros,
    padding_range,
    transposed_convolution,
)
from fcnlib.transposed_convolution.sizes import output_size
from fcnlib.transposed_convolution.tensorflow_reference import transposed_convolution_tf
from fcnlib.transposed_convolution.views import Agreement, ViewSettings, agreement, payload, setting
from fcnlib.transposed_convolution.views import settings as bounds
from fcnlib.transposed_convolution.views import terms as parts
from fcnlib.transposed_convolution.views.text import equals, full, short, size_sum
from fcnlib.transposed_convolution.views.values import INPUTS, KERNELS, typed
from fcnlib.ui.transposed_convolution import views as controls

ROW = setting(np.array([1.0, 10.0]), np.array([2.0, 3.0, 4.0]), stride=2, padding=1)
KEY = "views"


def offered():
    """Yield all offered combinations of sizes, stride, padding and output_padding."""
    for dimensions, sizes in bounds.SIZES.items():
        for size in sizes:
            for kernel_size in bounds.KERNEL_SIZES:
                for stride in bounds.strides(dimensions, size, kernel_size):
                    for padding in padding_range(size, kernel_size, stride):
                        for extra in bounds.output_paddings(
                            dimensions, size, kernel_size, stride, padding
                        ):
                            yield dimensions, size, kernel_size, stride, padding, extra


def drawn(count):
    """Yield some offered combinations, with random inputs and asymmetric kernels."""
    rng = np.random.default_rng(5)
    combinations = list(offered())
    for index in rng.choice(len(combinations), count, replace=False):
        dimensions, size, kernel_size, *rest = combinations[index]
        x = rng.normal(size=(size,) * dimensions)
        yield setting(x, rng.normal(size=(kernel_size,) * dimensions), *rest)


def arguments(settings):
    x = np.array(settings.values)[..., np.newaxis]
    kernel = np.array(settings.kernel)[..., np.newaxis, np.newaxis]
    return x, kernel, settings.stride, settings.padding, settings.output_padding


def lopsided():
    """Return settings whose rows and columns differ in everything; no control allows this."""
    rng = np.random.default_rng(6)
    rows = [tuple(map(tuple, rng.normal(size=shape).tolist())) for shape in ((2, 3), (3, 4))]
    return ViewSettings(2, *rows, (1, 2), (1, 2), (0, 1))


@pytest.fixture
def app():
    def script():
        import streamlit as st

        from fcnlib.ui.transposed_convolution import views

        compare = views.show_views(key="views")
        if st.session_state.get("compared"):
            compare()

    return AppTest.from_function(script, default_timeout=60)


def shown(app):
    assert not app.exception
    return json.loads(app.get("bidi_component")[0].proto.json)


def test_terms_by_hand():
    # Before padding, the output is 2, 3, 4 + 20, 30, 40. Padding removes one cell at each end.
    assert parts.terms(ROW) == [
        (0, 0, -1, 2.0),
        (0, 1, 0, 3.0),
        (0, 2, 1, 4.0),
        (1, 0, 1, 20.0),
        (1, 1, 2, 30.0),
        (1, 2, -1, 40.0),
    ]
    assert parts.partial_sums(ROW).tolist() == [[0, 0, 0], [3, 4, 0], [3, 24, 30]]
    assert parts.spread(ROW).tolist() == [[-2, 0, -1, 1, -2]]
    assert parts.matrix_terms(ROW).tolist() == [[1, -1], [2, 3], [-1, 4]]


def test_formulas_and_sentences_by_hand():
    data = payload(ROW)
    assert data["output"]["short"] == ["3", "24", "30"]
    assert data["output"]["says"] == [
        "y[0] = x[0]·k[1] = 1 × 3 = 3",
        "y[1] = x[0]·k[2] + x[1]·k[0] = 1 × 4 + 10 × 2 = 24",
        "y[2] = x[1]·k[1] = 10 × 3 = 30",
    ]
    for sentence, name, products in (
        (data["input"]["says"][0], "x[0] = 1 ", ["1 × 2 = 2 ", "1 × 3 = 3 ", "1 × 4 = 4 "]),
        (data["kernel"]["says"][0], "k[0] = 2 ", ["1 × 2 = 2 ", "10 × 2 = 20 "]),
    ):
        parts_of_sentence = sentence.split("; ")
        assert sentence.startswith(name)
        for part, product in zip(parts_of_sentence, products, strict=True):
            assert product in part
        assert "cut off" in parts_of_sentence[0]
        assert "y[1]" in parts_of_sentence[-1]
    kept, cut = data["terms"]["says"][3], data["terms"]["says"][5]
    assert kept.startswith("x[1]·k[0] = 10 × 2 = 20, ")
    assert kept.endswith(" y[1]")
    assert cut.startswith("x[1]·k[2] = 10 × 4 = 40, cut off")
    numbers = [1, 10, 2, 3, 4, 2, 1, 0, 3, 24, 30]
    assert list(map(int, re.findall(r"[0-9]+", data["says"]))) == numbers
    assert data["size"] == "s (i − 1) + k − 2p = 2 × 1 + 3 − 2 × 1 = 3"


def test_negative_factors_have_brackets_and_rounded_values_are_marked():
    data = payload(setting(np.array([-1.0]), np.array([1 / 3, -2.0]), stride=1))
    assert data["output"]["says"] == [
        "y[0] = x[0]·k[0] = (−1) × 0.3333 ≈ −0.3333",
        "y[1] = x[0]·k[1] = (−1) × (−2) = 2",
    ]
    assert "(−1) × 0.3333 ≈ −0.3333 " in data["input"]["says"][0]


def test_an_output_that_no_copy_reaches_has_no_products():
    data = payload(setting(np.array([1.0, 2.0]), np.array([5.0]), stride=2))
    assert data["output"]["says"][1].startswith("y[1] = 0")
    assert "×" not in data["output"]["says"][1]


def test_labels_for_screen_readers_name_row_and_column():
    data = payload(setting(np.ones((2, 2)), np.full((2, 2), 0.5), stride=2))
    assert data["output"]["labels"][6] == "output row 1, column 2: 0.5"
    assert payload(ROW)["input"]["labels"] == ["input 0: 1", "input 1: 10"]


@pytest.fixture(params=[*drawn(40), lopsided()], ids=str)
def settings(request):
    return request.param


def test_terms_add_up_to_the_output_of_the_definition_and_of_tensorflow(settings):
    y = np.zeros(parts.output_of(settings).size)
    for term in parts.terms(settings):
        if term.output != parts.CUT:
            y[term.output] += term.product
    np.testing.assert_allclose(y, transposed_convolution(*arguments(settings)).ravel(), atol=1e-13)
    expected = transposed_convolution_tf(*arguments(settings)).ravel()
    np.testing.assert_allclose(y, expected, atol=1e-13)
    np.testing.assert_allclose(parts.partial_sums(settings)[-1], y, atol=1e-13)
    assert agreement(settings).holds


def test_matrix_entries_are_those_of_the_transposed_matrix(settings):
    weights = np.append(np.ravel(settings.kernel)[[term.tap for term in parts.terms(settings)]], 0)
    shape = parts.output_of(settings).shape
    matrix = convolution_matrix(shape, np.array(settings.kernel), settings.stride, settings.padding)
    np.testing.assert_array_equal(weights[parts.matrix_terms(settings)], matrix.T)


def test_windows_of_the_zero_inserted_input_give_the_output(settings):
    kernel, indices = np.array(settings.kernel), parts.spread(settings)
    stretched = np.where(indices >= 0, np.ravel(settings.values)[indices], 0.0)
    np.testing.assert_array_equal(stretched[indices >= 0], np.ravel(settings.values))
    for (row, col), value in np.ndenumerate(parts.output_of(settings)):
        window = stretched[row : row + kernel.shape[0], col : col + kernel.shape[1]]
        assert np.sum(window * kernel[::-1, ::-1]) == pytest.approx(value, abs=1e-12)


def test_inserted_zeros_differ_from_zeros_at_the_border():
    square = setting(np.array([[1.0, 2.0], [3.0, 4.0]]), np.ones((3, 3)), stride=2, padding=1)
    indices = parts.spread(square)
    core = indices[1:-1, 1:-1]
    np.testing.assert_array_equal(core >= 0, insert_zeros(np.ones((2, 2)), 2) > 0)
    assert set(core[core < 0]) == {parts.INSERTED}
    indices[1:-1, 1:-1] = parts.BORDER
    assert (indices == parts.BORDER).all()


def test_all_offered_combinations_are_valid_and_fit():
    combinations = list(offered())
    assert len(combinations) > 300
    for dimensions, size, kernel_size, stride, padding, extra in combinations:
        output = output_size(size, kernel_size, stride, padding, extra)
        assert 1 <= output <= bounds.LARGEST_OUTPUT[dimensions]
        assert output + kernel_size - 1 <= bounds.LARGEST_SPREAD[dimensions]
    assert {4, 2} <= {stride for dimensions, _, _, stride, *_ in combinations if dimensions == 2}


@pytest.mark.parametrize("presets", [INPUTS, KERNELS])
@pytest.mark.parametrize("shape", [(5,), (3, 3)])
def test_presets_have_the_given_shape_and_are_reproducible(presets, shape):
    for preset in presets.values():
        assert preset(shape, 3).shape == shape
        np.testing.assert_array_equal(preset(shape, 3), preset(shape, 3))


def test_bilinear_weights_of_a_row_and_of_a_square():
    np.testing.assert_allclose(KERNELS["bilinear"]((4,), 0), [0.25, 0.75, 0.75, 0.25])
    np.testing.assert_allclose(KERNELS["bilinear"]((3, 3), 0)[1], [0.5, 1, 0.5])
    assert not np.array_equal(KERNELS["random"]((5,), 1), KERNELS["random"]((5,), 2))


@pytest.mark.parametrize(
    ("text", "expected", "count"),
    [
        ("1 2 3", [1, 2, 3], 3),
        ("-1,.5;2", [-1, 0.5, 2], 3),
        ("7", [7, 0, 0], 1),
        ("1 2 3 4 5", [1, 2, 3], 5),
        ("", [0, 0, 0], 0),
        ("nan inf None", [0, 0, 0], 0),
        ("1e999 -1e999 0.00001", [99, -99, 0], 3),
    ],
)
def test_typed_numbers_always_fit(text, expected, count):
    values, found = typed(text, (3,))
    assert (values.tolist(), found) == (expected, count)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\u22121 \u20132 \uff0d3", [-1, -2, -3]),
        ("1E1, 2.5E+1, \u22121.5E\u22121", [10, 25, -0.15]),
        ("\u201012\u20113 -\uff11\uff0e\uff15", [-12, -3, -1.5]),
        ("\u20141 \u207b2 \u27963", [-1, -2, -3]),
        ("1\u066b5 \uff0b2 1.E0", [1.5, 2, 1]),
    ],
)
def test_typed_numbers_keep_their_sign_and_exponent(text, expected):
    values, count = typed(text, (3,))
    assert values.tolist() == expected
    assert count == 3


@pytest.mark.parametrize(
    ("value", "cell", "formula"),
    [
        (0.0, "0", "0"),
        (-0.0, "0", "0"),
        (0.25, ".25", "0.25"),
        (-0.25, "−.25", "−0.25"),
        (0.004, "0", "0.004"),
        (10.5, "10.5", "10.5"),
        (99.99, "100", "99.99"),
        (-99.5, "−100", "−99.5"),
        (245025.0, "245k", "245025"),
    ],
)
def test_numbers_are_short_in_cells_and_full_in_formulas(value, cell, formula):
    assert (short(value), full(value)) == (cell, formula)
    assert equals(value) == "="


def test_output_padding_is_a_term_of_the_size():
    row = setting(np.ones(3), np.ones(3), stride=3, padding=1, output_padding=2)
    assert size_sum(row) == "s (i − 1) + k − 2p + a = 3 × 2 + 3 − 2 × 1 + 2 = 9"


def test_a_wrong_result_is_reported(monkeypatch):
    monkeypatch.setattr(
        parts, "transposed_convolution_tf", lambda x, *_: transposed_convolution(x, *_) + 0.5
    )
    wrong = agreement(ROW)
    assert (wrong.tensorflow, wrong.holds) == (0.5, False)
    text, digits = controls.say(wrong)
    assert text.startswith(":red[**✗")
    assert "5.0e-01" in digits


@pytest.mark.parametrize("wrong", range(4))
def test_every_difference_counts(wrong):
    differences = [0.0] * 4
    differences[wrong] = 1e-3
    assert not Agreement(*differences, scale=4.0).holds
    assert Agreement(0, 0, 0, 0, scale=4.0).holds


def test_the_default_is_the_bilinear_kernel_on_a_ramp(app):
    data = shown(app.run())
    assert data["input"]["short"] == ["1", "2", "3", "4"]
    assert data["kernel"]["short"] == [".25", ".75", ".75", ".25"]
    assert data["output"]["full"] == ["0.75", "1.25", "1.75", "2.25", "2.75", "3.25", "3.75", "3"]
    assert data["colors"].keys() == {"input", "kernel", "output"}


def test_the_comparison_with_tensorflow_replaces_the_first_caption(app):
    assert "✓" not in shown_caption(app.run())
    app.session_state["compared"] = True
    assert shown_caption(app.run()).startswith(":green[**✓")


def shown_caption(app):
    assert not app.exception
    return app.caption[0].value


def test_random_changes_of_the_controls_never_lead_to_an_error(app):
    rng = np.random.default_rng(8)
    app.run()
    for _ in range(60):
        group = rng.choice(app.get("button_group"))
        choose(app, group.key, str(rng.choice(group.options)))
        for box in app.selectbox:
            box.set_value(str(rng.choice(box.options)))
        data = shown(app.run())
        inputs, taps, outputs = (
            np.prod(data[role]["shape"]) for role in ("input", "kernel", "output")
        )
        assert len(data["terms"]["input"]) == inputs * taps
        assert len(data["matrix"]) == inputs * outputs
        assert data["size"].endswith(f"= {data['output']['shape'][1]}")


def test_a_choice_that_no_longer_fits_moves_to_the_nearest_valid_one(app):
    app.run()
    choose(app, f"{KEY}_cells", "3")
    app.run()
    choose(app, f"{KEY}_stride", "4")
    choose(app, f"{KEY}_padding", "3")
    assert shown(app.run())["stride"] == [1, 4]
    choose(app, f"{KEY}_cells", "4")
    assert shown(app.run())["stride"] == [1, 3]
    choose(app, f"{KEY}_cells", "6")
    assert shown(app.run())["stride"] == [1, 2]
    choose(app, f"{KEY}_kernel", "2")
    data = shown(app.run())
    assert (data["stride"], data["padding"]) == ([1, 2], [0, 1])
    # A moved choice does not move again in the next run.
    assert shown(app.run()) == data


def test_typed_numbers_are_shown(app):
    app.run()
    app.selectbox(key=f"{KEY}_input").set_value("typed").run()
    assert app.text_input[0].value == "1 2 3 4"
    app.text_input[0].set_value("5 -0.5 and nothing").run()
    assert shown(app)["input"]["full"] == ["5", "−0.5", "0", "0"]


def test_a_seed_out_of_range_is_ignored(app):
    app.run()
    app.selectbox(key=f"{KEY}_weights").set_value("random").run()
    seeds = []
    for seed in (-5, 1, 99, 10**6):
        app.number_input[0].set_value(seed).run()
        seeds.append(shown(app)["kernel"]["full"])
    assert seeds[0] == seeds[1] == seeds[3] != seeds[2]


def test_query_parameters_set_the_controls(app):
    parameters = {"shape": "2-D", "side": "2", "kernel": "3", "stride": "3", "padding": "0"}
    parameters |= {"output_padding": "2", "input": "one hot", "weights": "ones"}
    for name, value in parameters.items():
        app.query_params[f"{KEY}_{name}"] = value
    data = shown(app.run())
    assert data["output"]["shape"] == [8, 8]
    assert data["input"]["short"] == ["0", "0", "0", "1"]
    assert data["kernel"]["short"] == ["1"] * 9


@pytest.mark.parametrize("nonsense", ["99", "-1", "x", ""])
def test_invalid_query_parameters_are_ignored(app, nonsense):
    for name in ("shape", "cells", "kernel", "stride", "padding", "output_padding", "input"):
        app.query_params[f"{KEY}_{name}"] = nonsense
    assert shown(app.run())["output"]["shape"] == [1, 8]


def choose(app, key, option):
    group = next(group for group in app.get("button_group") if group.key == key)
    group.set_value(int(option) if option.isdecimal() else option)
