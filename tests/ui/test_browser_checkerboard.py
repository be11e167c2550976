"""The truth table of the checkerboard in headless Chromium: pressed, tapped and keyed."""

import re

import pytest
from support.live_app import PATIENCE, watch

pytestmark = pytest.mark.browser


@pytest.fixture(params=[1280, 390])
def tab(request, browser, app_address):
    touch = request.param < 600
    size = {"width": request.param, "height": 844}
    context = browser.new_context(viewport=size, has_touch=touch, is_mobile=touch)
    tab = context.new_page()
    tab.set_default_timeout(PATIENCE)
    tab.touch, faults = touch, watch(tab)
    tab.goto(f"{app_address}/transposed_convolution")
    tab.locator(".ripples button").first.wait_for()
    yield tab
    assert faults == []
    context.close()


def cell(tab, place):
    return tab.locator(f".ripples button[title^='{place}:']")


def told(tab, text):
    tab.locator("strong", has_text=re.compile(f"^{re.escape(text)}")).wait_for()


def test_a_cell_is_looked_at_by_finger_by_pointer_and_by_key(tab):
    told(tab, "Bilinear 5/3: not divisible, flat")
    cell(tab, "9/3").tap() if tab.touch else cell(tab, "9/3").click()
    told(tab, "Bilinear 9/3: divisible, ripples × 1.27")
    tab.locator(".ripples [aria-pressed=true][title^='9/3']").wait_for()
    tab.locator(".ripples [aria-pressed=true]").focus()
    for key in ("ArrowUp", "ArrowLeft", "ArrowLeft", "Enter"):
        tab.keyboard.press(key)
    told(tab, "Bilinear 8/2: divisible, flat")


def test_one_cell_alone_is_in_the_order_of_the_tab_key(tab):
    assert tab.locator(".ripples button").count() == 12 * 6
    assert tab.locator(".ripples button[tabindex='0']").count() == 1


def test_nothing_is_cut_off(tab):
    tab.get_by_text("Equals TensorFlow").last.wait_for()
    main = tab.locator("[data-testid=stMain]")
    assert main.evaluate("main => main.scrollWidth <= main.clientWidth")
    box = tab.locator(".ripples").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= tab.viewport_size["width"]
