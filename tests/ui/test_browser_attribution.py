"""The map to point at in headless Chromium: pixels are named, pinned and explained."""

import re

import pytest
from support import products
from support.live_app import PATIENCE, watch

from fcnlib import scenes
from fcnlib.networks import built_in
from fcnlib.segmentation import segment
from fcnlib.segmentation.attribution import attribute_pixel
from fcnlib.segmentation.network_geometry import built_in_geometry
from fcnlib.ui.segmentation.street import FIRST_SEED

pytestmark = pytest.mark.browser
PICKER = ".st-key-segmentation_pixel"
PIXELS = [(5, 5), (30, 100), (75, 60), (100, 120), (90, 188), (140, 200), (159, 223)]


@pytest.fixture(scope="module")
def result():
    """Segment the page's first street, to compare with."""
    network = built_in.network("fcn_8s")
    yield segment(scenes.scene(FIRST_SEED).picture, network)
    network.close()


@pytest.fixture(params=[1280, 390], scope="module")
def tab(browser, request, app_address):
    """Give the page with its map; check at the end for errors and requests to other hosts."""
    narrow = request.param < 700
    size = {"width": request.param, "height": 900}
    context = browser.new_context(viewport=size, has_touch=narrow)
    tab = context.new_page()
    tab.frames_received, faults = [], watch(tab)
    tab.on(
        "websocket", lambda ws: ws.on("framereceived", lambda d: tab.frames_received.append(len(d)))
    )
    tab.goto(f"{app_address}/segmentation?segmentation_network=Built-in+FCN")
    tab.locator(f"{PICKER} .here .swatch").wait_for(timeout=PATIENCE)
    tab.wait_for_selector("[data-testid=stStatusWidget]", state="detached", timeout=PATIENCE)
    tab.locator(f"{PICKER} summary").click()
    tab.get_by_text("More about this pixel").click()
    tab.locator(f"{PICKER} .map").scroll_into_view_if_needed()
    yield tab
    main = "document.querySelector('[data-testid=stMain]')"
    assert tab.evaluate(f"{main}.scrollWidth - {main}.clientWidth") <= 0
    assert tab.locator("[data-testid=stException]").count() == 0
    assert faults == []
    context.close()


def place(tab, pixel):
    """Return a point near a pixel's center, relative to the corner of the map.

    It is a whole pixel of the screen, because a browser cuts off fractions of a click's place.
    """
    box = tab.locator(f"{PICKER} .map").bounding_box()
    rows, cols = scenes.SIZE
    return {
        "x": round(box["x"] + (pixel[1] + 0.5) * box["width"] / cols) - box["x"],
        "y": round(box["y"] + (pixel[0] + 0.5) * box["height"] / rows) - box["y"],
    }


def here(tab):
    """Return what the text below the map says: class, whether it is chosen, and all numbers."""
    text = tab.locator(f"{PICKER} .here").inner_text().strip()
    return text.partition(" at ")[0], "chosen" in text, numbers(text)


def numbers(text):
    return [int(number) for number in re.findall(r"-?\d+", text.replace("−", "-"))]


def at(tab):
    _, pinned, (row, column, *_) = here(tab)
    return row, column, pinned


def expected(attribution):
    """Return the lines of the table of products as the browser shows them, without Markdown."""
    lines = products.expected(attribution)
    return {
        name.strip("*"): [text.replace("**", "") for text in line] for name, line in lines.items()
    }


def wait_for_table(tab, result, pixel, head="fcn_8s"):
    """Wait until the table is about a pixel, and compare all its lines with the library's."""
    lines = expected(attribute_pixel(result, *pixel, built_in_geometry(head)))
    total = tab.get_by_text(lines["Sum: the pixel's score"][0], exact=True)
    body = tab.get_by_test_id("stTable").filter(has=total)
    body.wait_for(timeout=PATIENCE)
    assert lines_of(body) == lines


def lines_of(table):
    rows = [line.locator("th, td").all_inner_texts() for line in table.locator("tbody tr").all()]
    return {name.strip(): values for name, *values in rows}


def check(tab, result, pixel):
    """Compare the texts of the component and the table below it with the library's values."""
    attribution = attribute_pixel(result, *pixel, built_in_geometry("fcn_8s"))
    name = result.class_names[result.label_map[pixel]]
    rows, cols = (sorted({cell[axis] for cell in attribution.cells}) for axis in (0, 1))
    assert here(tab) == (name, True, [*pixel, *rows, *cols])
    texts = tab.locator(f"{PICKER} .seen li").all_inner_texts()
    for text, (layer, (top, left, size)) in zip(texts, attribution.fields.items(), strict=True):
        assert text.startswith(f"{layer} ")
        extent = [size, top, top + size - 1, left, left + size - 1]
        assert numbers(text.removeprefix(layer)) == extent
    layers = tab.get_by_test_id("stTable").filter(has_text="Layer")
    assert lines_of(layers) == {
        layer: [f"{value:+.2f}".replace("-", "−") for value in values[:2]]
        for layer, values in attribution.parts.items()
    }
    for index, share in zip(attribution.classes, attribution.confidences, strict=True):
        assert tab.get_by_text(f"{result.class_names[index]} {share:.1%}").count() == 1


def test_the_class_under_the_pointer_is_named(tab, result):
    for pixel in PIXELS:
        tab.locator(f"{PICKER} .map").hover(position=place(tab, pixel))
        name = result.class_names[result.label_map[pixel]]
        class_name, pinned, values = here(tab)
        assert (class_name, pinned, values[:2]) == (name, False, list(pixel))


def test_a_click_or_a_tap_pins_a_pixel_and_shows_its_attribution(tab, result):
    chosen = tab.locator(f"{PICKER} .map")
    pin = chosen.tap if tab.viewport_size["width"] < 700 else chosen.click
    for pixel in PIXELS[2:5]:
        tab.frames_received.clear()
        pin(position=place(tab, pixel))
        wait_for_table(tab, result, pixel)
        check(tab, result, pixel)
        assert sum(tab.frames_received) < 30_000, "the pictures must not be sent again"


def test_the_keyboard_moves_and_pins(tab, result):
    tab.locator(f"{PICKER} .map").click(position=place(tab, (80, 112)))
    wait_for_table(tab, result, (80, 112))
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "Shift+ArrowLeft", "Shift+ArrowDown"):
        tab.keyboard.press(key)
    assert at(tab) == (89, 104, False)
    tab.keyboard.press("Escape")
    assert at(tab) == (80, 112, True)
    for key in ("Shift+ArrowUp", "ArrowDown", "ArrowLeft", "Enter"):
        tab.keyboard.press(key)
    wait_for_table(tab, result, (71, 111))
    check(tab, result, (71, 111))
    for _ in range(30):
        tab.keyboard.press("Shift+ArrowRight")
    assert at(tab) == (71, 223, False)


def test_the_pin_is_kept_when_another_network_is_chosen(tab, result):
    tab.locator(f"{PICKER} .map").click(position=place(tab, (40, 50)))
    wait_for_table(tab, result, (40, 50))
    tab.get_by_role("radio", name="FCN-32s").click()
    tab.locator(f"{PICKER} .seen li").nth(1).wait_for(state="detached", timeout=PATIENCE)
    assert here(tab)[1:] == (True, [40, 50, 0, 1, 1, 2])
    network = built_in.network("fcn_32s")
    wait_for_table(tab, segment(result.picture, network), (40, 50), "fcn_32s")
    network.close()
