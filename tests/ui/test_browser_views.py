"""The four linked views in headless Chromium, on the Transposed convolution page."""

import re

import pytest
from support.linked_views import (
    KEY,
    LINKED,
    ROW,
    SQUARE,
    Sizes,
    Tabs,
    cell,
    choose_matrix,
    entries,
    expect_everywhere,
    focus_of,
    highlighted,
    outputs,
    point,
    step_over,
)
from support.live_app import PATIENCE

pytestmark = pytest.mark.browser
VIEWS = ("scatter", "gather", "matrix")
LARGEST = [
    Sizes(1, 6, 4, 2, 0),
    Sizes(1, 3, 5, 4, 0),
    Sizes(2, 4, 4, 2, 0),
    Sizes(2, 2, 5, 4, 0),
    Sizes(2, 4, 5, 1, 0),
]


@pytest.fixture(scope="module")
def opened(browser, app_address):
    tabs = Tabs(browser, f"{app_address}/transposed_convolution")
    yield tabs
    tabs.close()


@pytest.fixture
def tabs(opened):
    """Give the tabs; check at the end that none had an error or a request to another host."""
    opened.faults.clear()
    yield opened
    assert opened.faults == []


def linked(tab):
    return tab.locator(LINKED)


def progress(tab):
    return " ".join(tab.locator(f"{LINKED} .progress").inner_text().split()[:3])


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("sizes", [ROW, SQUARE], ids=["row", "square"])
def test_pointing_at_a_cell_in_any_view_highlights_its_partners_in_all(tabs, sizes, width):
    tab = tabs.keep(sizes, width)
    inputs, taps, outputs = (n**sizes.dimensions for n in (sizes.size, sizes.kernel, sizes.output))
    for view in VIEWS:
        for role, place in (("input", 0), ("input", inputs // 2), ("output", outputs // 2)):
            point(tab, view, f"{role}:{place}")
            expect_everywhere(tab, sizes, role, place)
    for view in ("scatter", "gather"):
        for place in (0, taps - 1):
            point(tab, view, f"kernel:{place}")
            expect_everywhere(tab, sizes, "kernel", place)


@pytest.mark.parametrize("sizes", [ROW, SQUARE], ids=["row", "square"])
def test_pointing_at_a_product_highlights_its_factors_and_its_output(tabs, sizes):
    tab = tabs.keep(sizes)
    middle = sizes.output**sizes.dimensions // 2
    point(tab, "scatter", f"output:{middle}")
    met = [meeting for meeting in sizes.meetings() if meeting[2] == middle]
    cell(tab, "scatter", f"output:{middle}").click()
    for view in ("matrix", "formula"):
        i, t, o = met[-1]
        point(tab, view, f"term:{i * sizes.kernel**sizes.dimensions + t}")
        for shown in ("scatter", "gather"):
            cells = highlighted(tab, shown)
            assert (cells["input"], cells["kernel"], cells["output"]) == ({i}, {t}, {o})
        assert entries(tab, sizes) == {(i, o)}
        # The sum stays visible, with only this term highlighted.
        assert tab.locator(f"{LINKED} [data-view=formula] .product").count() == len(met)
        assert tab.locator(f"{LINKED} [data-view=formula] .product[data-highlight]").count() == 1


def idle(tab, view, role):
    names = tab.eval_on_selector_all(
        f"{LINKED} [data-view={view}] [data-cell^='{role}:'][data-highlight=idle]",
        "cells => cells.map(cell => Number(cell.dataset.cell.split(':')[1]))",
    )
    return set(names)


def test_a_zero_highlights_the_windows_over_it_and_names_their_outputs(tabs):
    # In the square the windows of output rows 0 and 1 and columns 0 to 2 cover the zero at row 1,
    # column 2: row r with row 1 + r of the kernel, column c with column c.
    tab = tabs.keep(SQUARE)
    point(tab, "gather", "zero:9")
    for view in VIEWS:
        assert idle(tab, view, "output") == {0, 1, 2, 5, 6, 7}
    for view in ("scatter", "gather"):
        assert idle(tab, view, "kernel") == {3, 4, 5, 6, 7, 8}
    tab = tabs.keep(ROW)
    # Border 0, 1; inputs at 2, 4, 6, 8; window o covers o to o + 3.
    point(tab, "gather", "zero:3")
    for view in VIEWS:
        assert idle(tab, view, "output") == {0, 1, 2, 3}
    note = tab.locator(f"{LINKED} [data-view=formula] .note").inner_text()
    assert re.findall(r"y\[\d\]", note) == ["y[0]", "y[1]", "y[2]", "y[3]"]
    point(tab, "gather", "zero:0")
    assert "border" in tab.locator(f"{LINKED} [data-view=formula] .note").inner_text()


def test_a_zero_of_the_matrix_names_its_input_and_output(tabs):
    tab = tabs.keep(ROW)
    point(tab, "matrix", "entry:3")
    note = tab.locator(f"{LINKED} [data-view=formula] .note").inner_text()
    assert re.findall(r"[xy]\[\d\]", note) == ["x[3]", "y[0]"]
    for view in VIEWS:
        assert cell(tab, view, "input:3").get_attribute("data-highlight") == "idle"
        assert cell(tab, view, "output:0").get_attribute("data-highlight") == "idle"


def test_the_formula_shows_the_sum_in_numbers(tabs):
    tab = tabs.keep(ROW)
    point(tab, "matrix", "output:3")
    # y[3] = x[1] k[2] + x[2] k[0], as 3 = 2 i + t - 1, with x = 1, 2, 3, 4 and k = 1/4, 3/4 ...
    text = " ".join(tab.locator(f"{LINKED} [data-view=formula] .terms").inner_text().split())
    assert text == "y[3] = x[1]·k[2] 2 × 0.75 x[2]·k[0] 3 × 0.25 =2.25"
    point(tab, "matrix", "input:3")
    chips = tab.locator(f"{LINKED} [data-view=formula] .product").all_inner_texts()
    assert [" ".join(chip.split()) for chip in chips] == [
        "k[0] → y[5] 4 × 0.25 = 1",
        "k[1] → y[6] 4 × 0.75 = 3",
        "k[2] → y[7] 4 × 0.75 = 3",
        "k[3] → cut off 4 × 0.25 = 1",
    ]


def test_steps_add_input_by_input_in_all_views(tabs):
    tab = tabs.keep(ROW)
    back = linked(tab).get_by_role("button", name="Step back")
    forward = linked(tab).get_by_role("button", name="Step forward")
    assert forward.is_disabled()
    for _ in range(4):
        back.click()
    assert back.is_disabled()
    assert outputs(tab) == ["0"] * 8
    forward.click()
    # x[0] = 1 adds 1/4, 3/4, 3/4, 1/4; the padding cuts off the first.
    for view in VIEWS:
        assert outputs(tab, view) == [".75", ".75", ".25", "0", "0", "0", "0", "0"]
    expect_everywhere(tab, ROW, "input", 0)
    assert progress(tab) == "1 of 4"
    assert (
        tab.locator(f"{LINKED} [data-view=scatter] [data-cell^='term:']:not([data-empty])").count()
        == 4
    )
    forward.click()
    assert outputs(tab) == [".75", "1.25", "1.75", "1.5", ".5", "0", "0", "0"]
    expect_everywhere(tab, ROW, "input", 1)


def test_the_slider_computes_output_by_output(tabs):
    tab = tabs.keep(ROW)
    step_over(tab, "output")
    scrub = linked(tab).get_by_role("slider", name="Step", exact=True)
    scrub.fill("3")
    for view in VIEWS:
        assert outputs(tab, view) == [".75", "1.25", "1.75", "", "", "", "", ""]
    expect_everywhere(tab, ROW, "output", 2)
    assert scrub.get_attribute("aria-valuetext").startswith("3 of 8 outputs")
    scrub.press("ArrowRight")
    expect_everywhere(tab, ROW, "output", 3)
    scrub.fill("8")
    assert outputs(tab)[-1] == "3"


def test_play_runs_to_the_end_and_can_be_paused(tabs):
    tab = tabs.keep(ROW)
    # At the lowest speed a step takes 2.2 s, so that a slow machine can pause before the end.
    linked(tab).get_by_role("combobox", name="Speed").select_option("0.5")
    linked(tab).get_by_role("button", name="Play").click()
    assert progress(tab) == "1 of 4"
    tab.locator(f"{LINKED} .progress", has_text="2 of 4").wait_for(timeout=10_000)
    linked(tab).get_by_role("button", name="Pause").click()
    paused = progress(tab)
    assert paused != "4 of 4"
    tab.wait_for_timeout(2500)
    assert progress(tab) == paused
    linked(tab).get_by_role("combobox", name="Speed").select_option("4")
    linked(tab).get_by_role("button", name="Play").click()
    tab.locator(f"{LINKED} .progress", has_text="4 of 4").wait_for(timeout=10_000)
    linked(tab).get_by_role("button", name="Play").wait_for(timeout=10_000)


def test_a_click_pins_until_it_is_repeated_or_escape_is_pressed(tabs):
    tab = tabs.keep(ROW)
    cell(tab, "gather", "input:1").click()
    point(tab, "scatter", "output:7")
    tab.mouse.move(2, 2)
    assert focus_of(tab) == "input:1"
    pinned = tab.locator(f"{LINKED} [data-view=matrix] [data-pin]")
    assert pinned.get_attribute("data-cell") == "input:1"
    cell(tab, "gather", "input:1").click()
    assert tab.locator(f"{LINKED} [data-pin]").count() == 0
    cell(tab, "matrix", "output:5").click()
    tab.keyboard.press("Escape")
    assert tab.locator(f"{LINKED} [data-pin]").count() == 0
    cell(tab, "matrix", "output:5").click()
    linked(tab).get_by_role("button", name="Unpin").click()
    assert tab.locator(f"{LINKED} [data-pin]").count() == 0


def test_a_pin_stays_highlighted_while_steps_are_marked(tabs):
    tab = tabs.keep(ROW)
    cell(tab, "matrix", "output:1").click()
    linked(tab).get_by_role("slider", name="Step", exact=True).fill("3")
    expect_everywhere(tab, ROW, "output", 1)
    for view in VIEWS:
        assert cell(tab, view, "input:2").get_attribute("data-step") is not None
        assert tab.locator(f"{LINKED} [data-view={view}] [data-step]").count() == 1


def test_screen_readers_get_the_numbers_as_text(tabs):
    tab = tabs.keep(ROW)
    numbers = re.findall(r"\d+(?:\.\d+)?", tab.locator(f"{LINKED} .description").text_content())
    assert list(map(float, numbers)) == [
        *(1, 2, 3, 4),
        *(0.25, 0.75, 0.75, 0.25),
        *(2, 1, 0),  # stride, padding, output padding
        *(0.75, 1.25, 1.75, 2.25, 2.75, 3.25, 3.75, 3),
    ]
    cell(tab, "scatter", "output:3").click()
    spoken = tab.locator(f"{LINKED} .spoken[aria-live=polite]").text_content()
    assert "y[3] = x[1]·k[2] + x[2]·k[0] = 2 × 0.75 + 3 × 0.25 = 2.25" in spoken


def test_pin_and_step_are_kept_when_a_control_changes(tabs):
    tab = tabs.open(ROW)
    cell(tab, "scatter", "input:2").click()
    linked(tab).get_by_role("slider", name="Step", exact=True).fill("2")
    tab.locator(f".st-key-{KEY}_stride button", has_text="3").click()
    linked(tab).get_by_text("= 3 × 3 + 4 − 2 × 1 = 11").wait_for(timeout=PATIENCE)
    assert progress(tab) == "2 of 4"
    tab.mouse.move(2, 2)
    assert focus_of(tab) == "input:2"
    expect_everywhere(tab, ROW._replace(stride=3), "input", 2)
    tab.context.close()


def test_arrow_keys_move_between_cells_and_enter_pins(tabs):
    tab = tabs.keep(SQUARE)
    start = cell(tab, "scatter", "input:0")
    start.focus()
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("ArrowDown")
    assert focus_of(tab) == "input:4"
    expect_everywhere(tab, SQUARE, "input", 4)
    focused = tab.locator(f"{LINKED} [data-view=scatter] [data-cell='input:4']")
    assert focused.evaluate("cell => cell.matches(':focus-visible')")
    assert focused.get_attribute("tabindex") == "0"
    assert start.get_attribute("tabindex") == "-1"
    assert "5" in tab.locator(f"{LINKED} .spoken").inner_text()
    tab.keyboard.press("Enter")
    assert focused.get_attribute("data-pin") is not None
    tab.keyboard.press("ArrowLeft")
    assert focus_of(tab) == "input:3"
    tab.keyboard.press("Escape")
    assert tab.locator(f"{LINKED} [data-pin]").count() == 0
    tab.keyboard.press(" ")
    assert (
        tab.locator(f"{LINKED} [data-view=scatter] [data-pin]").get_attribute("data-cell")
        == "input:3"
    )


def test_every_grid_has_one_tab_stop_and_every_cell_a_label(tabs):
    for sizes in (ROW, SQUARE):
        tab = tabs.keep(sizes)
        for grid in tab.locator(f"{LINKED} [role=grid]").all():
            assert grid.get_attribute("aria-label")
            assert grid.locator("[role=gridcell][tabindex='0']").count() == 1
        unnamed = f"{LINKED} [role=gridcell][data-cell]:not([aria-label])"
        assert tab.locator(unnamed).count() == 0


def test_both_matrices_highlight_the_same_cells(tabs):
    for sizes in (ROW, SQUARE):
        tab = tabs.keep(sizes)
        middle = sizes.output**sizes.dimensions // 2
        for which in ("C", "CT"):
            choose_matrix(tab, which)
            point(tab, "matrix", f"output:{middle}")
            expect_everywhere(tab, sizes, "output", middle)


def test_a_tap_pins_on_a_phone(tabs):
    tab = tabs.open(ROW, 390, has_touch=True, is_mobile=True)
    target = cell(tab, "scatter", "output:4")
    target.scroll_into_view_if_needed()
    target.tap()
    expect_everywhere(tab, ROW, "output", 4)
    assert target.get_attribute("data-pin") is not None
    target.tap()
    assert target.get_attribute("data-pin") is None


@pytest.mark.parametrize("sizes", [ROW, SQUARE, *LARGEST], ids=str)
def test_nothing_is_cut_off_wide_or_narrow(tabs, sizes):
    tab = tabs.open(sizes, 1280, f"&{KEY}_weights=random&{KEY}_input=random")
    for width in (1280, 390):
        tab.set_viewport_size({"width": width, "height": 900})
        for which in ("C", "CT"):
            choose_matrix(tab, which)
            for name in ("input:1", "kernel:0", "output:1"):
                point(tab, "scatter", name)
                assert cut_off(tab) == []
    tab.context.close()


def cut_off(tab):
    """Return the elements that overflow themselves, their view or the window."""
    return tab.evaluate(
        """() => {
            const main = document.querySelector("[data-testid=stMain]");
            const root = [...main.querySelectorAll("*")].map((element) => element.shadowRoot)
                .find((shadow) => shadow?.querySelector(".four-views[data-linked]"));
            const all = (chosen) => [...root.querySelectorAll(chosen)];
            const boxes = all(".four-views, [data-view], .stage");
            const wide = [document.documentElement, main, ...boxes];
            const cut = wide.filter((box) => box.scrollWidth > box.clientWidth + 1);
            for (const view of all("[data-view]")) {
                const { left, right } = view.getBoundingClientRect();
                if (left < 0 || right > innerWidth) cut.push(view);
                for (const box of view.querySelectorAll(".cell, .product, .total, label, h3")) {
                    const area = box.getBoundingClientRect();
                    if (area.width && (area.left < left || area.right > right)) cut.push(box);
                }
            }
            return cut.map((box) => box.outerHTML.slice(0, 200));
        }"""
    )


def test_tensorflow_agrees_on_the_page(tabs):
    tab = tabs.keep(SQUARE)
    tab.get_by_text("Equals TensorFlow").first.wait_for(timeout=PATIENCE)


def test_nothing_slides_if_reduced_motion_is_set(tabs):
    tab = tabs.open(ROW, reduced_motion="reduce")
    moved = cell(tab, "scatter", "kernel:0")
    assert moved.evaluate("cell => getComputedStyle(cell).transitionDuration") == "0s"
