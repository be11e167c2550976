"""The table of checkerboard ripples in headless Chromium: mouse, touch and keyboard."""

import re

import pytest
from support.live_app import PATIENCE, watch

pytestmark = pytest.mark.browser
BOARD = "transposed_convolution_board"


@pytest.fixture(params=[1280, 390])
def tab(request, browser, app_address):
    touch = request.param < 600
    size = {"width": request.param, "height": 844}
    context = browser.new_context(viewport=size, has_touch=touch, is_mobile=touch)
    tab = context.new_page()
    tab.set_default_timeout(PATIENCE)
    tab.touch, faults = touch, watch(tab)
    state = f"flat=show&{BOARD}_rule=show&{BOARD}_weights=bilinear&{BOARD}_size=5&{BOARD}_stride=3"
    tab.goto(f"{app_address}/transposed_convolution?{BOARD}_{state}")
    tab.locator(f".st-key-{BOARD}_all summary").click()
    tab.locator(".ripples button").first.wait_for()
    # A click on a table that the page is still moving is lost.
    tab.wait_for_selector("[data-testid=stStatusWidget]", state="detached")
    yield tab
    assert faults == []
    context.close()


def cell(tab, place):
    return tab.locator(f".ripples button[title*=': {place}:']")


def wait_until_chosen(tab, place, result):
    """Wait until the table marks a cell and the heading next to the table shows its result."""
    tab.locator(f".ripples [aria-pressed=true][title*=': {place}:'][title*='{result}']").wait_for()
    tab.locator("strong", has_text=re.compile(f"{place}.*{re.escape(result)}")).wait_for()


def test_a_cell_is_chosen_by_mouse_by_touch_and_by_keyboard(tab):
    wait_until_chosen(tab, "size 5, stride 3", "flat")
    cell(tab, "size 9, stride 3").tap() if tab.touch else cell(tab, "size 9, stride 3").click()
    wait_until_chosen(tab, "size 9, stride 3", "1.27")
    tab.locator(".ripples [aria-pressed=true]").focus()
    for key in ("ArrowUp", "ArrowLeft", "ArrowLeft", "Enter"):
        tab.keyboard.press(key)
    wait_until_chosen(tab, "size 8, stride 2", "flat")


def test_the_table_has_one_tab_stop_which_follows_the_focus(tab):
    assert tab.locator(".ripples button").count() == 12 * 6
    stop = tab.locator(".ripples button[tabindex='0']")
    assert stop.get_attribute("aria-pressed") == "true"
    stop.focus()
    tab.keyboard.press("ArrowDown")
    assert stop.count() == 1
    assert stop.get_attribute("title").startswith("1: size 6, stride 3:")
    assert stop.evaluate("button => button.matches(':focus')")


def test_nothing_is_cut_off(tab):
    tab.wait_for_selector("[data-testid=stStatusWidget]", state="detached")
    main = tab.locator("[data-testid=stMain]")
    assert main.evaluate("main => main.scrollWidth <= main.clientWidth")
    box = tab.locator(".ripples").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= tab.viewport_size["width"]
