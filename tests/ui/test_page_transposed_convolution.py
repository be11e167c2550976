"""The transposed convolution page: its texts, figures and controls."""

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from fcnlib.ui.page import PAGES
from fcnlib.transposed_convolution.checkerboard import ripples
from fcnlib.transposed_convolution.checkerboard_kernels import KERNELS
from fcnlib.transposed_convolution.sizes import convolution_size
from fcnlib.ui.comparison import compared_last
from fcnlib.ui.transposed_convolution import checkerboard, ripple_table

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "pages" / "transposed_convolution.py"
BOARD = "transposed_convolution_board"
CASES = [("ones", 4, 2), ("ones", 3, 2), ("bilinear", 5, 3), ("random", 4, 2)]


QUESTIONS = {
    "transposed_convolution_undo": ("values", "size", "shorter"),
    "transposed_convolution_back": ("one", "two", "three", "any"),
    f"{BOARD}_flat": ("flat", "ripples"),
    f"{BOARD}_rule": ("flat", "ripples"),
}
STEPS = ("stamp", "collect", "matrix", "size", "checkerboards", "end")


def opened(**state):
    app = AppTest.from_file(str(PAGE), default_timeout=120)
    for key, value in state.items():
        app.session_state[key] = value
    app.run()
    assert not app.exception
    return app


@pytest.fixture
def page():
    """Return the page with the answers to all questions, and with the table of kernels."""
    return opened(**dict.fromkeys(QUESTIONS, "show"), **{f"{BOARD}_all": True})


def texts(page):
    return [element.value for element in [*page.markdown, *page.caption]]


def numbers(page, keyword):
    """Return all whole numbers in the one text that holds a keyword."""
    (text,) = (text for text in texts(page) if keyword in text)
    return list(map(int, re.findall(r"[0-9]+", text)))


def figures(page):
    specs = [json.loads(chart.proto.spec) for chart in page.get("plotly_chart")]
    return {spec["layout"].get("title", {}).get("text", ""): spec for spec in specs}


def written(page, title):
    """Return the numbers that are written in the squares of a figure."""
    return figures(page)[title]["data"][0]["text"]


def choose(page, **choices):
    for key, value in choices.items():
        page.segmented_control(key=f"transposed_convolution_{key}").set_value(value)
    page.run()
    assert not page.exception


def select(page, weights=None, size=None, stride=None):
    if weights:
        page.segmented_control(key=f"{BOARD}_weights").set_value(weights).run()
    if size:
        page.slider(key=f"{BOARD}_size").set_value(size)
    if stride:
        page.slider(key=f"{BOARD}_stride").set_value(stride)
    page.run()
    assert not page.exception


def test_one_run_shows_all_comparisons_with_tensorflow(page):
    assert page.title[0].value == PAGES["pages/transposed_convolution.py"].question
    assert numbers(page, "rejected") == [7, 8, 9, 6, 10]
    (verdict,) = (text for text in page.caption if text.value.startswith(":green[**✓"))
    assert " 0 in float64" in verdict.help


def test_every_step_is_there_at_first_sight():
    page = opened()
    headings = [heading.proto.anchor for heading in page.header]
    assert headings == [*(f"transposed_convolution_{name}" for name in STEPS[:-1]), STEPS[-1]]
    shown = {element.proto.json for element in page.get("bidi_component")}
    assert len(shown) >= 4
    assert not any("rejected" in text for text in texts(page))


@pytest.mark.parametrize("key", QUESTIONS)
def test_every_prediction_is_judged_by_what_the_definition_says(key):
    right = {
        "transposed_convolution_undo": undone_by_hand(),
        "transposed_convolution_back": sizes_by_hand(),
        f"{BOARD}_flat": flat_by_hand([1, 1, 1], 2),
        f"{BOARD}_rule": flat_by_hand([1 / 3, 2 / 3, 1, 2 / 3, 1 / 3], 3),
    }[key]
    for choice in (*QUESTIONS[key], "show"):
        page = opened(**dict.fromkeys(QUESTIONS, "show") | {key: choice})
        judged = page.session_state["predictions"][key].right
        assert judged == (None if choice == "show" else choice == right)


def undone_by_hand():
    """Convolve the digits by index, then add up scaled copies of the kernel."""
    kernel, original = np.array([0.25, 0.75, 0.75, 0.25]), np.array([3.0, 1, 4, 1, 5, 9, 2, 6])
    wide = np.pad(original, 1)
    back = np.zeros(10)
    for place in range(4):
        back[2 * place : 2 * place + 4] += kernel * (kernel @ wide[2 * place : 2 * place + 4])
    assert back[1:9].size == original.size
    return "values" if np.allclose(back[1:9], original) else "size"


def sizes_by_hand():
    found = [size for size in range(1, 30) if len(range(0, size + 2 - 3 + 1, 3)) == 3]
    return {1: "one", 2: "two", 3: "three"}[len(found)]


def flat_by_hand(row, stride):
    """Add ten copies of a row of weights and look at the cells in the middle."""
    line = np.zeros(10 * stride + len(row))
    for place in range(10):
        line[place * stride : place * stride + len(row)] += row
    return "flat" if np.ptp(line[len(row) : 10 * stride - len(row)]) < 1e-9 else "ripples"


def test_old_addresses_of_the_views_keep_their_meaning():
    app = AppTest.from_file(str(PAGE), default_timeout=120)
    for name, value in {"shape": "2-D", "side": "4", "stride": "1", "padding": "2"}.items():
        app.query_params[f"transposed_convolution_views_{name}"] = value
    app.run()
    assert not app.exception
    chosen = {
        name: app.session_state[f"transposed_convolution_views_{name}"]
        for name in ("shape", "side", "stride", "padding")
    }
    assert chosen == {"shape": "2-D", "side": 4, "stride": 1, "padding": 2}


def test_the_address_opens_a_kernel_by_short_names():
    app = AppTest.from_file(str(PAGE), default_timeout=120)
    state = {"flat": "show", "weights": "bilinear", "size": "5", "stride": "3", "picture": "cat"}
    for name, value in state.items():
        app.query_params[f"{BOARD}_{name}"] = value
    app.run()
    assert not app.exception
    assert outcome(app)[0] == "5/3"
    assert outcome(app)[1].endswith("flat")
    assert app.session_state[f"{BOARD}_picture"] == "cat"


def test_a_fragment_that_runs_alone_compares_at_once(monkeypatch):
    fragments, compared, runs = [], [], iter(("page", "fragment"))
    monkeypatch.setattr(st, "fragment", lambda function: fragments.append(function) or function)

    @compared_last
    def section():
        run = next(runs)
        return lambda: compared.append(run)

    compare = section()
    assert compared == []
    compare()
    fragments[0]()
    assert compared == ["page", "fragment"]


def test_all_shown_sizes_are_accepted_by_tensorflow(page):
    choose(page, cells=4, kernel=5, stride=4)
    choose(page, padding=2)
    assert numbers(page, "**4 cells**")[:5] == [4, 13, 14, 15, 16]
    assert numbers(page, "rejected") == [13, 14, 15, 16, 12, 17]
    assert {convolution_size(size, 5, 4, 2) for size in (13, 14, 15, 16)} == {4}
    assert figures(page)[""]["layout"]["yaxis"]["ticktext"] == [f"{n} cells" for n in range(13, 17)]
    choose(page, cells=1, kernel=3, stride=1)
    assert numbers(page, "**1 cell**") == [1, 1, 1]


def test_every_offered_choice_of_sizes_is_valid(page):
    choose(page, kernel=5, cells=4)
    choose(page, padding=4)
    for cells, kernel, stride in ((1, 1, 1), (1, 5, 4), (1, 2, 1), (4, 1, 4), (2, 5, 1)):
        choose(page, cells=cells, kernel=kernel, stride=stride)
        padding = page.segmented_control(key="transposed_convolution_padding")
        options = list(map(int, padding.options))
        assert padding.value in options
        choose(page, padding=options[-1])
        assert numbers(page, "rejected")


@pytest.mark.parametrize(("cells", "smaller"), [(1, False), (2, True)])
def test_a_smaller_size_is_said_to_be_asked_for_only_where_there_is_one(page, cells, smaller):
    choose(page, cells=cells, kernel=1, stride=1)
    choose(page, padding=0)
    (text,) = (text for text in texts(page) if "rejected" in text)
    assert ("smaller" in text) == smaller


def test_the_cases_confirm_and_disprove_the_rule(page):
    keys = [button.key for button in page.button if button.key.startswith(BOARD)]
    assert keys == [f"{BOARD}_{case}" for case in ("ones_4", "ones_3", "bilinear_5", "random_4")]
    cases = [ripples(KERNELS[name], [size], [stride]) for name, size, stride in CASES]
    assert [case.flat.item() for case in cases] == [True, False, True, False]
    assert [case.divisible.item() for case in cases] == [True, False, False, True]
    for key, case in zip(keys, cases, strict=True):
        button = page.button(key=key)
        assert ripple_table.outcome(case, 0, 0) in button.label
        button.click().run()
        assert not page.exception
        assert f"**{button.label}**" in texts(page)


def test_overlap_counts_and_sums_of_the_weights(page):
    select(page, "bilinear", 5, 3)
    assert written(page, "Overlap counts") == [["4", "4", "2"], ["4", "4", "2"], ["2", "2", "1"]]
    assert written(page, "Sums of the weights") == [["1"] * 3] * 3
    select(page, "ones", 3, 2)
    assert written(page, "Overlap counts") == written(page, "Sums of the weights")
    assert written(page, "Overlap counts") == [["4", "2"], ["2", "1"]]


@pytest.mark.parametrize(
    ("weights", "counts"), [("ones", [0, 18, 0]), ("bilinear", [7, 18, 9]), ("random", [18, 18, 0])]
)
def test_the_caption_counts_where_the_rule_fails(page, weights, counts):
    select(page, weights)
    assert numbers(page, "fields with a frame") == counts


def test_the_table_has_a_cell_for_every_size_and_stride():
    data = ripple_table.table_data(ripples(KERNELS["bilinear"], range(2, 14), range(2, 8)), (5, 3))
    cells = {tuple(cell["place"]): cell for row in data["cells"] for cell in row}
    assert list(cells) == [(size, stride) for size in range(2, 14) for stride in range(2, 8)]
    assert all(cell["divisible"] == (k % s == 0) for (k, s), cell in cells.items())
    assert [place for place, cell in cells.items() if cell["chosen"]] == [(5, 3)]
    assert cells[5, 3].pop("label").startswith("1: size 5, stride 3")
    flat = {"text": "1", "kind": "flat", "strength": 0.0, "divisible": False, "place": [5, 3]}
    assert cells[5, 3] == flat | {"chosen": True}
    assert (cells[9, 3]["text"], cells[9, 3]["kind"]) == ("1.27", "ripple")
    assert (cells[2, 7]["text"], cells[2, 7]["kind"]) == ("gaps", "gaps")
    assert (cells[6, 6]["text"], cells[6, 6]["strength"]) == ("25", 1.0)
    json.dumps(data)


def test_a_pressed_cell_is_ignored_unless_the_table_has_it():
    def script():
        import numpy as np
        import streamlit as st

        from fcnlib.transposed_convolution.checkerboard import ripples
        from fcnlib.ui.transposed_convolution import ripple_table

        original, callbacks = ripple_table._component, []
        try:
            ripple_table._component = lambda on_cell_change, **_: callbacks.append(on_cell_change)
            table = ripples(lambda size: np.ones((size, size)), [2, 3], [2, 3])
            ripple_table.show_ripple_table(table, (2, 2), lambda *cell: st.text(str(cell)))
        finally:
            ripple_table._component = original
        for cell in ([3, 2], [9, 9], "3", None, [3], [True, 2]):
            st.session_state["transposed_convolution_board_table"] = {"cell": cell}
            callbacks[0]()

    app = AppTest.from_function(script, default_timeout=60).run()
    assert not app.exception
    assert [text.value for text in app.text] == ["(3, 2)"]


def outcome(page):
    """Return size/stride, and whatever follows the last comma, of the line about the kernel."""
    (found,) = filter(None, (re.search(r"size (\d+), stride (\d+):.*", t) for t in texts(page)))
    return f"{found[1]}/{found[2]}", found[0].rstrip("*").split(", ")[-1]


def test_the_size_is_kept_while_typed_weights_are_shown(page):
    select(page, "bilinear", 9, 3)
    select(page, "own")
    select(page, "bilinear")
    assert page.slider(key=f"{BOARD}_size").value == 9
    size, result = outcome(page)
    assert size == "9/3"
    assert "1.27" in result


def test_other_random_weights_can_be_drawn(page):
    select(page, "random", 4, 2)
    before = written(page, "Kernel, 4 × 4")
    page.button(key=f"{BOARD}_draw").click().run()
    assert written(page, "Kernel, 4 × 4") != before


def test_typed_weights(page):
    select(page, "own", stride=2)
    assert outcome(page)[0] == "5/2"
    assert "1.56" in outcome(page)[1]
    page.text_area(key=f"{BOARD}_typed").set_value("1 2\n3 4").run()
    assert written(page, "Kernel, 2 × 2") == [["1", "2"], ["3", "4"]]
    assert outcome(page)[0] == "2/2"
    assert "brightest is 4 times" in outcome(page)[1]
    select(page, stride=3)
    assert outcome(page)[0] == "2/3"
    assert "gaps" in outcome(page)[1]


def test_invalid_typed_weights_give_an_error_and_the_example_kernel(page):
    select(page, "own")
    page.text_area(key=f"{BOARD}_typed").set_value("1 two").run()
    assert not page.exception
    assert "“two”" in page.main.text[0].value
    assert any(checkerboard.TYPED in text for text in texts(page))
    assert "Kernel, 5 × 5" in figures(page)


def test_every_image_can_be_shown(page):
    select(page, "bilinear", 5, 3)
    for name in checkerboard.PICTURES:
        page.segmented_control(key=f"{BOARD}_picture").set_value(name).run()
        assert not page.exception
    shown = figures(page)
    assert "Input, 16 × 24 px" in shown
    assert "Output, 48 × 72 px" in shown


def test_the_shown_source_code_is_that_of_the_library():
    page = opened(transposed_convolution_sources=True)
    shown = "\n".join(code.value for code in page.code)
    for name in ("transposed_convolution", "gather", "output_size", "accepts", "ripple"):
        assert f"def {name}(" in shown


def test_importing_the_sections_does_not_load_tensorflow():
    modules = "checkerboard, sizes, views"
    code = (
        f"import sys; from fcnlib.ui.transposed_convolution import {modules}; "
        "assert 'tensorflow' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60)
