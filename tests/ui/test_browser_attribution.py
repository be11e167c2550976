"""A pixel in headless Chromium: named under the pointer, pinned, and told of as Python tells it."""

import re

import pytest
from support.live_app import PATIENCE, watch

from fcnlib import scenes
from fcnlib.networks import built_in
from fcnlib.segmentation import segment
from fcnlib.segmentation.attribution import attribute_pixel
from fcnlib.segmentation.network_geometry import built_in_geometry
from fcnlib.ui.segmentation.run import FIRST_SEED

pytestmark = pytest.mark.browser
PICKER = ".st-key-segmentation_pixel"
PIXELS = [(5, 5), (30, 100), (75, 60), (100, 120), (90, 188), (140, 200), (159, 223)]


@pytest.fixture(scope="module")
def result():
    """Segment the page's first street here, to compare with."""
    network = built_in.network("fcn_8s")
    yield segment(scenes.scene(FIRST_SEED).picture, network)
    network.close()


@pytest.fixture(params=[1280, 390], scope="module")
def tab(browser, request, app_address):
    """Give the page with its map drawn; check at the end that nothing went wrong or left."""
    narrow = request.param < 700
    size = {"width": request.param, "height": 900}
    context = browser.new_context(viewport=size, has_touch=narrow)
    tab = context.new_page()
    tab.frames_received, faults = [], watch(tab)
    tab.on(
        "websocket", lambda ws: ws.on("framereceived", lambda d: tab.frames_received.append(len(d)))
    )
    tab.goto(f"{app_address}/segmentation")
    tab.get_by_text("What you see is what ran").last.wait_for(timeout=PATIENCE)
    tab.locator(f"{PICKER} .here .swatch").wait_for(timeout=PATIENCE)
    tab.wait_for_selector("[data-testid=stStatusWidget]", state="detached", timeout=PATIENCE)
    tab.locator(f"{PICKER} .map").scroll_into_view_if_needed()
    yield tab
    main = "document.querySelector('[data-testid=stMain]')"
    assert tab.evaluate(f"{main}.scrollWidth - {main}.clientWidth") <= 0
    assert tab.locator("[data-testid=stException]").count() == 0
    assert faults == []
    context.close()


def place(tab, pixel):
    """Return where a pixel's center lies on the screen, from the corner of the map."""
    box = tab.locator(f"{PICKER} .map").bounding_box()
    rows, cols = scenes.SIZE
    return {
        "x": (pixel[1] + 0.5) * box["width"] / cols,
        "y": (pixel[0] + 0.5) * box["height"] / rows,
    }


def here(tab):
    return tab.locator(f"{PICKER} .here").inner_text()


def table(tab, pixel):
    """Wait until the biography is that of a pixel; return its table, line by line."""
    heading = f"Row {pixel[0]}, column {pixel[1]}"
    found = tab.locator("[data-testid=stTable]", has_text=heading)
    found.wait_for(timeout=PATIENCE)
    lines = [line.locator("th, td").all_inner_texts() for line in found.locator("tbody tr").all()]
    return {name.strip(): numbers for name, *numbers in lines}


def check(tab, result, pixel):
    """Compare the words in the component, and the table below it, with the library's."""
    attribution = attribute_pixel(result, *pixel, built_in_geometry("fcn_8s"))
    name = result.class_names[result.label_map[pixel]]
    rows, cols = (
        " and ".join(map(str, sorted({cell[axis] for cell in attribution.cells})))
        for axis in (0, 1)
    )
    said = f"{name} at row {pixel[0]}, column {pixel[1]}, pinned; cell rows {rows}, columns {cols}"
    assert here(tab).strip() == said
    seen = [
        f"{layer} sees {size} px: rows {top} to {top + size - 1}, "
        f"columns {left} to {left + size - 1}".replace("-", "−")
        for layer, (top, left, size) in attribution.fields.items()
    ]
    assert tab.locator(f"{PICKER} .seen").inner_text().split("\n") == seen
    lines = table(tab, pixel)
    for layer, values in attribution.parts.items():
        assert lines[layer] == [f"{value:+.2f}".replace("-", "−") for value in values]
    assert lines["Score"] == [f"{value:.2f}".replace("-", "−") for value in attribution.scores]
    assert lines["Confidence"] == [f"{value:.1%}" for value in attribution.confidences]


def test_the_class_under_the_pointer_is_that_of_the_pixel(tab, result):
    for pixel in PIXELS:
        tab.locator(f"{PICKER} .map").hover(position=place(tab, pixel))
        name = result.class_names[result.label_map[pixel]]
        assert here(tab).strip().startswith(f"{name} at row {pixel[0]}, column {pixel[1]};")


def test_a_pixel_is_pinned_by_a_click_or_a_tap_and_its_biography_is_the_librarys(tab, result):
    chosen = tab.locator(f"{PICKER} .map")
    pin = chosen.tap if tab.viewport_size["width"] < 700 else chosen.click
    for pixel in PIXELS[2:5]:
        tab.frames_received.clear()
        pin(position=place(tab, pixel))
        table(tab, pixel)
        check(tab, result, pixel)
        assert sum(tab.frames_received) < 30_000, "the pictures should not travel again"


def test_the_keyboard_walks_and_pins(tab, result):
    tab.locator(f"{PICKER} .map").click(position=place(tab, (80, 112)))
    table(tab, (80, 112))
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "Shift+ArrowLeft", "Shift+ArrowDown"):
        tab.keyboard.press(key)
    assert re.search(r"at row 89, column 104;", here(tab))
    tab.keyboard.press("Escape")
    assert re.search(r"at row 80, column 112, pinned", here(tab))
    for key in ("Shift+ArrowUp", "ArrowDown", "ArrowLeft", "Enter"):
        tab.keyboard.press(key)
    table(tab, (71, 111))
    check(tab, result, (71, 111))
    for _ in range(30):
        tab.keyboard.press("Shift+ArrowRight")
    assert re.search(r"at row 71, column 223;", here(tab))


def test_another_head_is_asked_about_the_same_pixel(tab):
    tab.locator(f"{PICKER} .map").click(position=place(tab, (40, 50)))
    table(tab, (40, 50))
    tab.get_by_role("radio", name="FCN-32s").click()
    tab.locator(f"{PICKER} .seen li").nth(1).wait_for(state="detached", timeout=PATIENCE)
    assert "at row 40, column 50, pinned; cell rows 0 and 1, columns 1 and 2" in here(tab)
    tab.get_by_text("What you see is what ran").last.wait_for(timeout=PATIENCE)
    assert "Score" in table(tab, (40, 50))
