"""The numbers of the four views against the definition, TensorFlow and sums done by hand."""

import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fcnlib.transposed_convolution import convolution_matrix, insert_zeros, transposed_convolution
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


def numbers():
    """Yield every size, kernel size, stride, padding and output_padding that is offered."""
    for dimensions, sizes in bounds.SIZES.items():
        for size in sizes:
            for kernel_size in bounds.KERNEL_SIZES:
                for stride in bounds.strides(dimensions, size, kernel_size):
                    for padding in bounds.paddings(size, kernel_size, stride):
                        for extra in bounds.output_paddings(
                            dimensions, size, kernel_size, stride, padding
                        ):
                            yield dimensions, size, kernel_size, stride, padding, extra


def drawn(count):
    """Yield settings that are offered, with numbers at random, no kernel symmetric."""
    rng = np.random.default_rng(5)
    every = list(numbers())
    for place in rng.choice(len(every), count, replace=False):
        dimensions, size, kernel_size, *rest = every[place]
        x = rng.normal(size=(size,) * dimensions)
        yield setting(x, rng.normal(size=(kernel_size,) * dimensions), *rest)


def arrays(of):
    x = np.array(of.values)[..., np.newaxis]
    kernel = np.array(of.kernel)[..., np.newaxis, np.newaxis]
    return x, kernel, of.stride, of.padding, of.output_padding


def lopsided():
    """Rows and columns differ in everything, as no control allows."""
    rng = np.random.default_rng(6)
    rows = [tuple(map(tuple, rng.normal(size=shape).tolist())) for shape in ((2, 3), (3, 4))]
    return ViewSettings(2, *rows, (1, 2), (1, 2), (0, 1))


@pytest.fixture
def app():
    def script():
        import streamlit as st

        from fcnlib.ui.transposed_convolution import views

        ask = views.show_views(key="views")
        if st.session_state.get("judged"):
            ask()

    return AppTest.from_function(script, default_timeout=60)


def shown(app):
    assert not app.exception
    return json.loads(app.get("bidi_component")[0].proto.json)


def test_by_hand_every_term():
    # Uncut, the output is 2, 3, 4 + 20, 30, 40; padding takes a cell from either end.
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


def test_by_hand_every_word():
    made = payload(ROW)
    assert made["output"]["short"] == ["3", "24", "30"]
    assert made["output"]["says"] == [
        "y[0] = x[0]·k[1] = 1 × 3 = 3",
        "y[1] = x[0]·k[2] + x[1]·k[0] = 1 × 4 + 10 × 2 = 24",
        "y[2] = x[1]·k[1] = 10 × 3 = 30",
    ]
    assert made["input"]["says"][0] == (
        "x[0] = 1 paints 1 × 2 = 2 cut off; 1 × 3 = 3 for y[0]; 1 × 4 = 4 for y[1]"
    )
    assert made["kernel"]["says"][0] == (
        "k[0] = 2 takes part in 1 × 2 = 2 cut off; 10 × 2 = 20 for y[1]"
    )
    assert made["terms"]["says"][3] == "x[1]·k[0] = 10 × 2 = 20, added to y[1]"
    assert made["terms"]["says"][5] == "x[1]·k[2] = 10 × 4 = 40, cut off by the padding"
    assert made["says"] == (
        "Input 1, 10. Kernel 2, 3, 4. Stride 2, padding 1, output padding 0. Output 3, 24, 30."
    )
    assert made["size"] == "s (i − 1) + k − 2p = 2 × 1 + 3 − 2 × 1 = 3"


def test_negative_factors_stand_in_brackets_and_rounded_sums_say_so():
    made = payload(setting(np.array([-1.0]), np.array([1 / 3, -2.0]), stride=1))
    assert made["output"]["says"] == [
        "y[0] = x[0]·k[0] = (−1) × 0.3333 ≈ −0.3333",
        "y[1] = x[0]·k[1] = (−1) × (−2) = 2",
    ]


def test_an_output_that_no_copy_reaches_says_so():
    made = payload(setting(np.array([1.0, 2.0]), np.array([5.0]), stride=2))
    assert made["output"]["says"][1] == "y[1] = 0: no copy of the kernel reaches it"


def test_labels_for_screen_readers_name_row_and_column():
    made = payload(setting(np.ones((2, 2)), np.full((2, 2), 0.5), stride=2))
    assert made["output"]["labels"][6] == "output row 1, column 2: 0.5"
    assert payload(ROW)["input"]["labels"] == ["input 0: 1", "input 1: 10"]


@pytest.mark.parametrize("of", [*drawn(40), lopsided()])
def test_terms_make_the_output_of_the_definition_and_of_tensorflow(of):
    y = np.zeros(parts.output_of(of).size)
    for term in parts.terms(of):
        if term.output != parts.CUT:
            y[term.output] += term.product
    np.testing.assert_allclose(y, transposed_convolution(*arrays(of)).ravel(), atol=1e-13)
    np.testing.assert_allclose(y, transposed_convolution_tf(*arrays(of)).ravel(), atol=1e-13)
    np.testing.assert_allclose(parts.partial_sums(of)[-1], y, atol=1e-13)
    assert agreement(of).holds


@pytest.mark.parametrize("of", [*drawn(40), lopsided()])
def test_entries_are_those_of_the_transposed_matrix(of):
    weights = np.append(np.ravel(of.kernel)[[term.tap for term in parts.terms(of)]], 0.0)
    shape = parts.output_of(of).shape
    matrix = convolution_matrix(shape, np.array(of.kernel), of.stride, of.padding)
    np.testing.assert_array_equal(weights[parts.matrix_terms(of)], matrix.T)


@pytest.mark.parametrize("of", [*drawn(40), lopsided()])
def test_windows_of_the_spread_input_hold_what_an_output_gathers(of):
    kernel, places = np.array(of.kernel), parts.spread(of)
    stretched = np.where(places >= 0, np.ravel(of.values)[places], 0.0)
    np.testing.assert_array_equal(stretched[places >= 0], np.ravel(of.values))
    for (row, col), value in np.ndenumerate(parts.output_of(of)):
        window = stretched[row : row + kernel.shape[0], col : col + kernel.shape[1]]
        assert np.sum(window * kernel[::-1, ::-1]) == pytest.approx(value, abs=1e-12)


def test_zeros_between_inputs_are_told_from_those_at_the_border():
    of = setting(np.array([[1.0, 2.0], [3.0, 4.0]]), np.ones((3, 3)), stride=2, padding=1)
    places = parts.spread(of)
    core = places[1:-1, 1:-1]
    np.testing.assert_array_equal(core >= 0, insert_zeros(np.ones((2, 2)), 2) > 0)
    assert set(core[core < 0]) == {parts.INSERTED}
    places[1:-1, 1:-1] = parts.BORDER
    assert (places == parts.BORDER).all()


def test_everything_that_is_offered_is_valid_and_fits():
    every = list(numbers())
    assert len(every) > 300
    for dimensions, size, kernel_size, stride, padding, extra in every:
        made = output_size(size, kernel_size, stride, padding, extra)
        assert 1 <= made <= bounds.LARGEST_OUTPUT[dimensions]
        assert made + kernel_size - 1 <= bounds.LARGEST_SPREAD[dimensions]
    assert {4, 2} <= {stride for dimensions, _, _, stride, *_ in every if dimensions == 2}


@pytest.mark.parametrize("presets", [INPUTS, KERNELS])
@pytest.mark.parametrize("shape", [(5,), (3, 3)])
def test_presets_have_the_shape_that_is_wanted(presets, shape):
    for make in presets.values():
        assert make(shape, 3).shape == shape
        np.testing.assert_array_equal(make(shape, 3), make(shape, 3))


def test_bilinear_weights_of_a_row_are_the_posts():
    np.testing.assert_allclose(KERNELS["bilinear"]((4,), 0), [0.25, 0.75, 0.75, 0.25])
    np.testing.assert_allclose(KERNELS["bilinear"]((3, 3), 0)[1], [0.5, 1, 0.5])
    assert not np.array_equal(KERNELS["random"]((5,), 1), KERNELS["random"]((5,), 2))


@pytest.mark.parametrize(
    ("text", "expected", "found"),
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
def test_typed_numbers_always_fit(text, expected, found):
    values, count = typed(text, (3,))
    assert values.tolist() == expected
    assert count == found


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


def test_output_padding_is_a_part_of_the_size():
    of = setting(np.ones(3), np.ones(3), stride=3, padding=1, output_padding=2)
    assert size_sum(of) == "s (i − 1) + k − 2p + a = 3 × 2 + 3 − 2 × 1 + 2 = 9"


def test_a_way_that_is_off_is_said_to_be(monkeypatch):
    monkeypatch.setattr(
        parts, "transposed_convolution_tf", lambda x, *_: transposed_convolution(x, *_) + 0.5
    )
    found = agreement(ROW)
    assert (found.tensorflow, found.holds) == (0.5, False)
    assert controls.say(found).startswith(":red[**✗ Differs from TensorFlow**] by 5.0e-01")


@pytest.mark.parametrize("wrong", range(4))
def test_every_difference_counts(wrong):
    off = [0.0] * 4
    off[wrong] = 1e-3
    assert not Agreement(*off, scale=4.0).holds
    assert Agreement(0, 0, 0, 0, scale=4.0).holds


def test_first_sight_is_the_posts_kernel_on_a_ramp(app):
    made = shown(app.run())
    assert made["input"]["short"] == ["1", "2", "3", "4"]
    assert made["kernel"]["short"] == [".25", ".75", ".75", ".25"]
    assert made["output"]["full"] == ["0.75", "1.25", "1.75", "2.25", "2.75", "3.25", "3.75", "3"]
    assert made["colors"].keys() == {"input", "kernel", "output"}
    assert "being asked" in app.caption[0].value


def test_tensorflow_is_asked_once_the_page_stands(app):
    app.session_state["judged"] = True
    shown(app.run())
    assert app.caption[0].value.startswith(":green[**✓ Equals TensorFlow**] to 0 in float64")


def test_no_walk_over_the_controls_leads_to_an_error(app):
    rng = np.random.default_rng(8)
    app.run()
    for _ in range(60):
        moved = rng.choice(app.get("button_group"))
        choose(app, moved.key, str(rng.choice(moved.options)))
        for box in app.selectbox:
            box.set_value(str(rng.choice(box.options)))
        made = shown(app.run())
        inputs, taps, outputs = (
            np.prod(made[role]["shape"]) for role in ("input", "kernel", "output")
        )
        assert len(made["terms"]["input"]) == inputs * taps
        assert len(made["matrix"]) == inputs * outputs
        assert made["size"].endswith(f"= {made['output']['shape'][1]}")


def test_what_no_longer_fits_moves_to_the_nearest_that_does(app):
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
    made = shown(app.run())
    assert (made["stride"], made["padding"]) == ([1, 2], [0, 1])
    # A choice that was moved stays where it is.
    assert shown(app.run()) == made


def test_typed_numbers_are_shown(app):
    app.run()
    app.selectbox(key=f"{KEY}_input").set_value("typed").run()
    assert app.text_input[0].value == "1 2 3 4"
    app.text_input[0].set_value("5 -0.5 and nothing").run()
    assert shown(app)["input"]["full"] == ["5", "−0.5", "0", "0"]


def test_a_seed_out_of_bounds_is_refused(app):
    app.run()
    app.selectbox(key=f"{KEY}_weights").set_value("random").run()
    seeds = []
    for seed in (-5, 1, 99, 10**6):
        app.number_input[0].set_value(seed).run()
        seeds.append(shown(app)["kernel"]["full"])
    assert seeds[0] == seeds[1] == seeds[3] != seeds[2]


def test_an_address_can_hold_the_setting(app):
    asked = {"shape": "2-D", "side": "2", "kernel": "3", "stride": "3", "padding": "0"}
    asked |= {"output_padding": "2", "input": "one hot", "weights": "ones"}
    for name, value in asked.items():
        app.query_params[f"{KEY}_{name}"] = value
    made = shown(app.run())
    assert made["output"]["shape"] == [8, 8]
    assert made["input"]["short"] == ["0", "0", "0", "1"]
    assert made["kernel"]["short"] == ["1"] * 9


@pytest.mark.parametrize("nonsense", ["99", "-1", "x", ""])
def test_nonsense_in_an_address_is_passed_over(app, nonsense):
    for name in ("shape", "cells", "kernel", "stride", "padding", "output_padding", "input"):
        app.query_params[f"{KEY}_{name}"] = nonsense
    assert shown(app.run())["output"]["shape"] == [1, 8]


def choose(app, key, option):
    group = next(made for made in app.get("button_group") if made.key == key)
    group.set_value(int(option) if option.isdecimal() else option)
