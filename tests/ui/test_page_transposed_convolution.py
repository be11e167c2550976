"""The page of the transposed convolution, as a visitor reads and moves it."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fcnlib.transposed_convolution.checkerboard import ripples
from fcnlib.transposed_convolution.checkerboard_kernels import KERNELS
from fcnlib.transposed_convolution.sizes import convolution_size
from fcnlib.ui.transposed_convolution import checkerboard, ripple_table

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "pages" / "transposed_convolution.py"
BOARD = "transposed_convolution_board"


@pytest.fixture
def page():
    app = AppTest.from_file(str(PAGE), default_timeout=120).run()
    assert not app.exception
    return app


def words(page):
    return "\n".join(element.value for element in [*page.markdown, *page.caption])


def figures(page):
    specs = [json.loads(chart.proto.spec) for chart in page.get("plotly_chart")]
    return {spec["layout"].get("title", {}).get("text", ""): spec for spec in specs}


def written(page, title):
    """Return the numbers in the squares of a figure, as a visitor reads them."""
    return figures(page)[title]["data"][0]["text"]


def choose(page, **choices):
    for key, value in choices.items():
        page.segmented_control(key=f"transposed_convolution_{key}").set_value(value)
    page.run()
    assert not page.exception


def look(page, weights=None, size=None, stride=None):
    if weights:
        page.segmented_control(key=f"{BOARD}_weights").set_value(weights).run()
    if size:
        page.slider(key=f"{BOARD}_size").set_value(size)
    if stride:
        page.slider(key=f"{BOARD}_stride").set_value(stride)
    page.run()
    assert not page.exception


def test_one_run_holds_tensorflows_word(page):
    assert page.title[0].value == "Transposed convolution"
    assert "TensorFlow is being asked" not in words(page)
    assert "TensorFlow takes an `output_shape` of 7, 8, 9 and refuses 6, 10." in words(page)
    assert ":green[**✓ Equals TensorFlow**] forward to" in words(page)


def test_every_size_is_one_that_tensorflow_takes(page):
    choose(page, cells=4, kernel=5, stride=4)
    choose(page, padding=2)
    assert "The convolution makes **4 cells** of 13, 14, 15 **and** of 16." in words(page)
    assert "takes an `output_shape` of 13, 14, 15, 16 and refuses 12, 17." in words(page)
    assert {convolution_size(size, 5, 4, 2) for size in (13, 14, 15, 16)} == {4}
    assert figures(page)[""]["layout"]["yaxis"]["ticktext"] == [f"{n} cells" for n in range(13, 17)]
    choose(page, cells=1, kernel=3, stride=1)
    assert "makes **1 cell** of 1 and of no other" in words(page)


def test_no_choice_of_sizes_is_invalid(page):
    choose(page, kernel=5, cells=4)
    choose(page, padding=4)
    for cells, kernel, stride in ((1, 1, 1), (1, 5, 4), (1, 2, 1), (4, 1, 4), (2, 5, 1)):
        choose(page, cells=cells, kernel=kernel, stride=stride)
        padding = page.segmented_control(key="transposed_convolution_padding")
        options = list(map(int, padding.options))
        assert padding.value in options
        choose(page, padding=options[-1])
        assert " refuses " in words(page)


def test_the_cases_disprove_the_rule_both_ways(page):
    labels = [button.label for button in page.button if button.key.startswith(BOARD)]
    assert labels[:3] == [
        "All ones 4/2: divisible, flat",
        "All ones 3/2: not divisible, ripples × 4.00",
        "Bilinear 5/3: not divisible, flat",
    ]
    assert labels[3].startswith("Random 4/2: divisible, ripples × 1.")
    for button in labels:
        next(each for each in page.button if each.label == button).click().run()
        assert not page.exception
        assert f"**{button}**" in words(page)


def test_counts_and_sums_stand_side_by_side(page):
    assert written(page, "Overlap counts") == [["4", "4", "2"], ["4", "4", "2"], ["2", "2", "1"]]
    assert written(page, "Sums of the weights") == [["1"] * 3] * 3
    look(page, "ones", 3, 2)
    assert written(page, "Overlap counts") == written(page, "Sums of the weights")
    assert written(page, "Overlap counts") == [["4", "2"], ["2", "1"]]


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ("ones", "0 of 18 framed cells ripple; flat without a frame: 0."),
        ("bilinear", "7 of 18 framed cells ripple; flat without a frame: 9."),
        ("random", "18 of 18 framed cells ripple; flat without a frame: 0."),
    ],
)
def test_the_table_counts_where_the_rule_fails(page, weights, said):
    look(page, weights)
    assert said in words(page)


def test_the_table_holds_every_size_and_stride():
    data = ripple_table.table_data(ripples(KERNELS["bilinear"], range(2, 14), range(2, 8)), (5, 3))
    cells = {tuple(cell["place"]): cell for line in data["cells"] for cell in line}
    assert list(cells) == [(size, stride) for size in range(2, 14) for stride in range(2, 8)]
    assert all(cell["divisible"] == (k % s == 0) for (k, s), cell in cells.items())
    assert [place for place, cell in cells.items() if cell["chosen"]] == [(5, 3)]
    assert cells[5, 3] | {"chosen": False} == {
        "text": "1",
        "kind": "flat",
        "strength": 0.0,
        "divisible": False,
        "label": "5/3: not divisible, flat",
        "place": [5, 3],
        "chosen": False,
    }
    assert (cells[9, 3]["text"], cells[9, 3]["kind"]) == ("1.27", "ripple")
    assert (cells[2, 7]["text"], cells[2, 7]["kind"]) == ("gaps", "gaps")
    assert (cells[6, 6]["text"], cells[6, 6]["strength"]) == ("25", 1.0)
    json.dumps(data)


def test_a_pressed_cell_is_taken_only_if_the_table_has_it():
    def script():
        import numpy as np
        import streamlit as st

        from fcnlib.transposed_convolution.checkerboard import ripples
        from fcnlib.ui.transposed_convolution import ripple_table

        kept, called = ripple_table._component, []
        try:
            ripple_table._component = lambda on_cell_change, **_: called.append(on_cell_change)
            table = ripples(lambda size: np.ones((size, size)), [2, 3], [2, 3])
            ripple_table.show_ripple_table(table, (2, 2), lambda *cell: st.text(str(cell)))
        finally:
            ripple_table._component = kept
        for cell in ([3, 2], [9, 9], "3", None, [3], [True, 2]):
            st.session_state["transposed_convolution_board_table"] = {"cell": cell}
            called[0]()

    app = AppTest.from_function(script, default_timeout=60).run()
    assert not app.exception
    assert [text.value for text in app.text] == ["(3, 2)"]


def test_the_size_outlasts_typed_weights(page):
    look(page, "bilinear", 9, 3)
    look(page, "own")
    look(page, "bilinear")
    assert page.slider(key=f"{BOARD}_size").value == 9
    assert "**Bilinear 9/3: divisible, ripples × 1.27**" in words(page)


def test_other_random_weights_can_be_drawn(page):
    look(page, "random", 4, 2)
    before = written(page, "Kernel, 4 × 4")
    page.button(key=f"{BOARD}_draw").click().run()
    assert written(page, "Kernel, 4 × 4") != before


def test_typed_weights(page):
    look(page, "own", stride=2)
    assert "**Your own 5/2: not divisible, ripples × 1.56**" in words(page)
    page.text_area(key=f"{BOARD}_typed").set_value("1 2\n3 4").run()
    assert written(page, "Kernel, 2 × 2") == [["1", "2"], ["3", "4"]]
    assert "**Your own 2/2: divisible, ripples × 4.00**" in words(page)
    look(page, stride=3)
    assert "**Your own 2/3: not divisible, has gaps**" in words(page)


def test_typed_nonsense_is_a_sentence_and_the_example_stays(page):
    look(page, "own")
    page.text_area(key=f"{BOARD}_typed").set_value("1 two").run()
    assert not page.exception
    assert "“two” is no number" in page.main.text[0].value
    assert "Until then: 1 2 3 2 1" in words(page)
    assert "Kernel, 5 × 5" in figures(page)


def test_every_picture_comes_out(page):
    for name in checkerboard.PICTURES:
        page.segmented_control(key=f"{BOARD}_picture").set_value(name).run()
        assert not page.exception
    shown = figures(page)
    assert "Input, 16 × 24 px" in shown
    assert "Output, 48 × 72 px" in shown


def test_the_step_is_the_one_computed_here(page):
    """A step from its definition: each weight's errors, by index, without the library."""
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
    for title, values in (
        ("Gradient on the kernel", gradient),
        ("Kernel − 0.5 × gradient", after),
        ("Error e = y − t", error),
    ):
        shown = [[float(each.replace("−", "-")) for each in row] for row in written(page, title)]
        np.testing.assert_allclose(shown, values, atol=0.0051, rtol=0)
    assert f"= **{np.mean(error**2):.4f}**" in words(page)
    assert f"= **{gradient[1, 1]:.4f}**".replace("-", "−") in words(page)
    left = np.mean((forward(after) - forward(np.outer(tent, tent))) ** 2)
    assert f"to **{left:.4f}**" in words(page)


def test_200_steps_reach_the_bilinear_kernel(page):
    assert written(page, "After 200 steps") == written(page, "Bilinear")
    assert "After 200 steps at rate 0.5: loss" in words(page)
    page.slider(key="transposed_convolution_step_at").set_value(0).run()
    assert written(page, "After 0 steps") == written(page, "Kernel at the start")


def test_a_rate_too_large_overshoots(page):
    page.slider(key="transposed_convolution_step_rate").set_value(3.0).run()
    assert not page.exception
    assert "Above a rate of 2.71" in words(page)
    losses = figures(page)["Loss"]["data"][1]["y"]
    assert losses[0] > 1e6


def test_another_start(page):
    before = written(page, "Kernel k")
    page.button(key="transposed_convolution_step_draw").click().run()
    assert written(page, "Kernel k") != before
    assert written(page, "After 200 steps") == written(page, "Bilinear")
    assert ":green[**✓ Equals TensorFlow**]" in words(page)


def test_a_difference_from_tensorflow_is_said():
    from fcnlib.ui.transposed_convolution.gradient_descent import _say_agreement

    assert ":red[**✗ Differs from TensorFlow**] forward to 0, both" in _say_agreement(0.0, 1e-3)


def test_the_source_is_the_librarys(page):
    shown = "\n".join(code.value for code in page.code)
    for name in ("transposed_convolution", "output_size", "ripple", "step", "gradients"):
        assert f"def {name}(" in shown


def test_importing_the_parts_leaves_tensorflow_alone():
    modules = "transposed_convolution, checkerboard, one_step"
    code = f"import sys; from fcnlib.ui import {modules}; assert 'tensorflow' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60)
