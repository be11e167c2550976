"""The page on why upsampling is a layer: where the gradient stops, and a kernel that learns."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fcnlib.ui.why_a_layer.gradient_descent import PREDICTED, RATES, _agreement_text

PAGE = Path(__file__).parents[2] / "pages" / "why_a_layer.py"
STOP, LEARNED = "why_a_layer_stop", "why_a_layer_learned"
STEPS = ["why_a_layer_stop", "why_a_layer_hand", "why_a_layer_check", "why_a_layer_steps", "end"]


def opened(**state):
    app = AppTest.from_file(str(PAGE), default_timeout=120)
    for key, value in state.items():
        app.session_state[key] = value
    app.run()
    assert not app.exception
    return app


@pytest.fixture
def page():
    return opened(**{LEARNED: "show"})


def texts(page):
    return [element.value for element in [*page.markdown, *page.caption]]


def figures(page):
    specs = [json.loads(chart.proto.spec) for chart in page.get("plotly_chart")]
    return {spec["layout"].get("title", {}).get("text", ""): spec for spec in specs}


def written(page, title):
    """Return the numbers that are written in the squares of a figure."""
    return figures(page)[title]["data"][0]["text"]


def charts(page):
    return {chart.key: json.loads(chart.proto.spec) for chart in page.get("plotly_chart")}


def notes(page):
    """Return the texts of the chain that TensorFlow's gradients are written in."""
    return [
        note["text"] for note in charts(page)["why_a_layer_stop_chain"]["layout"]["annotations"]
    ]


def returned(page):
    return next(code.value for code in page.code if "tape.gradient" in code.value)


def test_every_step_has_its_heading_and_its_figure_at_first_sight():
    page = opened()
    assert [heading.proto.anchor for heading in page.header] == STEPS
    shown = set(charts(page))
    assert {"why_a_layer_chain", "why_a_layer_stop_chain"} <= shown
    step = "transposed_convolution_step"
    named = ("input_x", "kernel_k", "output_y", "error_e", "kernel_gradient", "kernel", "gap")
    assert {f"{step}_{name}" for name in named} <= shown
    assert f"{step}_losses" not in shown
    assert "None" not in "".join(notes(page))
    assert "scores: 3 × 3 numbers" in returned(page)


def test_the_gradient_stops_at_the_library_call():
    page = opened(**{STOP: "show"})
    assert notes(page).count("<b>×</b>") == 1
    assert "# scores: None" in returned(page)
    assert "# weights: None" in returned(page)
    assert "# map: 12 × 12 numbers" in returned(page)
    for method, stopped in (("layer", 0), ("resize", 0), ("library", 1)):
        page.segmented_control(key="why_a_layer_method").set_value(method).run()
        assert not page.exception
        assert notes(page).count("<b>×</b>") == stopped
        assert ("kernel:" in returned(page)) == (method == "layer")


def test_the_address_chooses_what_enlarges_by_its_short_name():
    app = AppTest.from_file(str(PAGE), default_timeout=120)
    app.query_params[STOP], app.query_params["why_a_layer_method"] = "show", "resize"
    app.run()
    assert not app.exception
    assert "tf.image.resize" in returned(app)


@pytest.mark.parametrize("choice", ["same", "zeros", "none", "show"])
def test_the_prediction_about_the_call_is_judged_by_what_tensorflow_returns(choice):
    import tensorflow as tf

    scores = tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(scores)
        loss = tf.reduce_sum(tf.numpy_function(lambda values: 2 * values, [scores], tf.float32))
    right = "none" if tape.gradient(loss, scores) is None else "same"
    judged = opened(**{STOP: choice}).session_state["predictions"][STOP].right
    assert judged == (None if choice == "show" else choice == right)


@pytest.mark.parametrize("choice", ["bilinear", "blurred", "other", "show"])
def test_the_prediction_about_the_kernel_is_judged_by_the_steps(choice):
    """Solve for the kernel that returns the target: it is unique, and it is the bilinear one."""
    x = np.array([[1.0, 1, 0], [-1, -2, 2], [-1, -1, 0]])
    outputs = np.zeros((16, 8, 8))
    for weight, (row, col) in enumerate(np.ndindex(4, 4)):
        outputs[weight, row : row + 6 : 2, col : col + 6 : 2] += x
    outputs = outputs[:, 1:7, 1:7].reshape(16, 36)
    assert np.linalg.matrix_rank(outputs) == 16
    judged = opened(**{LEARNED: choice}).session_state["predictions"][LEARNED].right
    assert judged == (None if choice == "show" else choice == "bilinear")


def test_the_addresses_of_the_section_s_controls_are_kept():
    app = AppTest.from_file(str(PAGE), default_timeout=120)
    app.query_params["transposed_convolution_step_rate"] = "0.9"
    app.query_params["transposed_convolution_step_at"] = "10"
    app.query_params[LEARNED] = "show"
    app.run()
    assert not app.exception
    assert "Kernel − 0.9 × gradient" in figures(app)
    assert "After 10 steps" in figures(app)


def test_the_step_matches_one_computed_from_its_definition(page):
    """Sum the errors of each weight by index, without the library."""
    x = np.array([[1.0, 1, 0], [-1, -2, 2], [-1, -1, 0]])
    tent = np.array([0.25, 0.75, 0.75, 0.25])
    start = np.random.default_rng(0).normal(size=(4, 4))

    def forward(kernel):
        wide = np.zeros((8, 8))
        for row, col in np.ndindex(3, 3):
            wide[2 * row : 2 * row + 4, 2 * col : 2 * col + 4] += x[row, col] * kernel
        return wide[1:7, 1:7]

    error = forward(start) - forward(np.outer(tent, tent))
    wide = np.pad(error, 1)
    gradient = np.zeros((4, 4))
    for row, col in np.ndindex(4, 4):
        gradient[row, col] = 2 / 36 * (x * wide[row : row + 6 : 2, col : col + 6 : 2]).sum()
    after = start - 0.5 * gradient
    products = page.table[0].value.set_index("")
    inputs, errors = x[x != 0], wide[1:7:2, 1:7:2][x != 0]
    for name, values in (("Input", inputs), ("Error", errors), ("Product", inputs * errors)):
        shown = [float(each.replace("−", "-")) for each in products.loc[name]]
        np.testing.assert_allclose(shown, values, atol=0.0051, rtol=0)
    total = f"{(inputs * errors).sum():.2f}".replace("-", "−")
    assert any(f"add up to {total}." in text for text in texts(page))
    for title, values in (
        ("Kernel gradient", gradient),
        ("Kernel − 0.5 × gradient", after),
        ("Error e = y − t", error),
    ):
        shown = [[float(each.replace("−", "-")) for each in row] for row in written(page, title)]
        np.testing.assert_allclose(shown, values, atol=0.0051, rtol=0)
    updated_loss = np.mean((forward(after) - forward(np.outer(tent, tent))) ** 2)
    for value in (np.mean(error**2), gradient[1, 1], updated_loss):
        assert f"**{value:.4f}**".replace("-", "−") in "".join(texts(page))


def test_200_steps_reach_the_bilinear_kernel(page):
    assert written(page, "After 200 steps") == written(page, "Bilinear")
    page.slider(key="transposed_convolution_step_at").set_value(0).run()
    assert written(page, "After 0 steps") == written(page, "Kernel at the start")


def test_training_diverges_above_the_largest_rate(page):
    page.slider(key="transposed_convolution_step_rate").set_value(3.0).run()
    assert not page.exception
    assert any("2.71" in text for text in texts(page))
    losses = figures(page)["Loss, logarithmic scale"]["data"][1]["y"]
    assert losses[0] > 1e6


def mean_square(kernel):
    """Return the mean square of the outputs of a kernel (4, 4) for the input of the page."""
    x = np.array([[1.0, 1, 0], [-1, -2, 2], [-1, -1, 0]])
    wide = np.zeros((8, 8))
    for row, col in np.ndindex(3, 3):
        wide[2 * row : 2 * row + 4, 2 * col : 2 * col + 4] += x[row, col] * kernel
    return (wide[1:7, 1:7] ** 2).mean()


def loss_after_one_step(seed, rate):
    """Return how many times the loss of a random kernel one step makes it, by differences."""
    tent = np.array([0.25, 0.75, 0.75, 0.25])
    distance = np.random.default_rng(seed).normal(size=(4, 4)) - np.outer(tent, tent)
    units = np.eye(16).reshape(16, 4, 4)
    # The loss is quadratic, so a central difference is its derivative.
    slopes = [(mean_square(distance + u) - mean_square(distance - u)) / 2 for u in units]
    after = distance - rate * np.reshape(slopes, (4, 4))
    return mean_square(after) / mean_square(distance)


def test_the_slider_reaches_a_rate_with_which_the_first_step_makes_the_loss_larger(page):
    (low, high) = RATES
    assert all(
        loss_after_one_step(seed, low) < 1 < loss_after_one_step(seed, high) for seed in range(50)
    )
    for seed in range(2):
        slider = page.slider(key="transposed_convolution_step_rate")
        limit = float(re.search(r"\d+\.\d+", slider.help)[0])
        assert loss_after_one_step(seed, limit - 0.01) < 1 < loss_after_one_step(seed, limit + 0.01)
        page.button(key="transposed_convolution_step_draw").click().run()
    page.slider(key="transposed_convolution_step_rate").set_value(high).run()
    assert not page.exception


def test_the_answer_about_the_kernel_does_not_change_with_the_rate(page):
    def answer():
        return next(text for text in texts(page) if "No other kernel" in text)

    before = answer()
    assert f"learning rate {PREDICTED} " in before
    page.slider(key="transposed_convolution_step_rate").set_value(3.0).run()
    assert answer() == before
    page.button(key="transposed_convolution_step_draw").click().run()
    assert answer() != before  # it is about the kernel in the figures


def test_training_from_another_random_kernel(page):
    before = written(page, "Kernel k")
    page.button(key="transposed_convolution_step_draw").click().run()
    assert written(page, "Kernel k") != before
    assert written(page, "After 200 steps") == written(page, "Bilinear")
    assert sum(text.startswith(":green[**✓") for text in texts(page)) == 1


@pytest.mark.parametrize("differences", [(0.0, 1e-3), (1e-3, 0.0)])
def test_a_difference_from_tensorflow_is_reported(differences):
    text, digits = _agreement_text(*differences)
    assert text.startswith(":red[**✗")
    assert "1.0e-03" in digits


def test_the_target_is_shown_and_the_gradient_of_the_input_is_in_a_fold():
    page = opened(transposed_convolution_step_more=True)
    assert len(written(page, "Input gradient")) == 3
    assert len(written(page, "Target t")) == 6


def test_the_errors_that_a_weight_is_used_in_are_framed(page):
    """Find the outputs that change with the weight in row 1, column 1, and have an input."""
    x = np.array([[1.0, 1, 0], [-1, -2, 2], [-1, -1, 0]])
    wide = np.zeros((8, 8))
    wide[1:7:2, 1:7:2] = x
    expected = set(map(tuple, np.argwhere(wide[1:7, 1:7]).tolist()))
    inputs = set(map(tuple, np.argwhere(x).tolist()))
    framed = (("Input x", inputs), ("Error e = y − t", expected), ("Kernel k", {(1, 1)}))
    for title, places in framed:
        boxes = figures(page)[title]["layout"]["shapes"]
        assert {(round(box["y0"]), round(box["x0"])) for box in boxes} == places


def test_the_shown_source_code_is_that_of_the_library():
    page = opened(why_a_layer_sources=True)
    shown = "\n".join(code.value for code in page.code)
    for name in ("gradients_through", "step", "gradients", "train", "gradients_tf"):
        assert f"def {name}(" in shown
