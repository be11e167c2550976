"""Home's three pictures in headless Chromium: one pointer, its cells, and the choice of layer."""

import re

import numpy as np
import pytest
from support.live_app import PATIENCE, watch

from fcnlib import images
from fcnlib.class_map.resizing import interpolation_weights
from fcnlib.networks import deeplab
from fcnlib.segmentation import segment

pytestmark = pytest.mark.browser
PIXELS = [(0, 0), (128, 200), (131, 77), (60, 252), (255, 380), (100, 301)]


@pytest.fixture(scope="module")
def result():
    """Segment the cat, to compare with."""
    return segment(images.sample("cat"), "voc")


@pytest.fixture(params=[1280, 390], scope="module")
def tab(browser, request, app_address):
    """Give Home with its three pictures; check at the end for errors and other hosts."""
    size = {"width": request.param, "height": 900}
    context = browser.new_context(viewport=size, has_touch=request.param < 700)
    tab = context.new_page()
    tab.frames_received, faults = [], watch(tab)
    tab.on(
        "websocket", lambda ws: ws.on("framereceived", lambda d: tab.frames_received.append(len(d)))
    )
    tab.goto(app_address)
    tab.locator(".linked[data-pixel]").wait_for(timeout=PATIENCE)
    tab.locator("[class*=home_source]").last.wait_for(timeout=PATIENCE)
    tab.wait_for_selector("[data-testid=stStatusWidget]", state="detached", timeout=PATIENCE)
    yield tab
    main = "document.querySelector('[data-testid=stMain]')"
    assert tab.evaluate(f"{main}.scrollWidth - {main}.clientWidth") <= 0
    assert tab.locator("[data-testid=stException]").count() == 0
    assert faults == []
    context.close()


def point(tab, pixel, picture="map", act="hover"):
    """Point at a pixel of a picture, at a whole pixel of the screen; return the pixel there."""
    canvas = tab.locator(f".linked .{picture} canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    sides = (box["height"], box["width"])
    corner = (box["y"], box["x"])
    places = [
        np.floor(first + (position + 0.5) * side / size)
        for first, position, side, size in zip(corner, pixel, sides, (257, 385), strict=True)
    ]
    places = [max(place, np.ceil(first)) for place, first in zip(places, corner, strict=True)]
    inside = {"x": float(places[1] - corner[1]), "y": float(places[0] - corner[0])}
    getattr(canvas, act)(position=inside)
    # As the component computes it: the pictures are smaller on the screen than the map.
    return tuple(
        int((place - first) / side * size)
        for place, first, side, size in zip(places, corner, sides, (257, 385), strict=True)
    )


def shown(tab):
    """Return the pixel and the cells that the pictures mark."""
    pixel = tab.locator(".linked").get_attribute("data-pixel")
    cells = tab.locator(".linked").get_attribute("data-cells").split(",")
    return numbers(pixel), [numbers(cell) for cell in cells]


def numbers(text):
    return tuple(int(number) for number in re.findall(r"\d+", text))


def check(tab, result, pixel):
    """Compare the marked cells, the sentence and the table with Python's numbers."""
    weights = [
        interpolation_weights(8, cells, side, aligned_corners=True)[place].astype(float)
        for cells, side, place in zip((33, 49), (257, 385), pixel, strict=True)
    ]
    table = np.outer(*weights)
    cells = [tuple(cell) for cell in np.argwhere(table > 0).tolist()]
    assert shown(tab) == (pixel, cells)
    scores = np.einsum("ij,ijc->c", table, result.coarse_logits.astype(float))
    best = np.argsort(-scores)[:2]
    names = [deeplab.CLASSES[index] for index in best]
    said = tab.locator(".linked .says").inner_text()
    assert said.startswith(f"{names[0]}: score ")
    assert names[1] in said
    rows = [line.locator("th, td").all_inner_texts() for line in tab.locator(".linked tr").all()]
    head, *lines, total = rows
    assert head[2:] == names
    assert len(lines) == len(cells)
    for (_, weight, *values), cell in zip(lines, cells, strict=True):
        assert weight == f"{int(1000 * table[cell] + 0.5) / 10:.1f}%"
        assert written(values) == pytest.approx(result.coarse_logits[cell][best], abs=0.006)
    assert written(total[2:]) == pytest.approx(scores[best], abs=0.006)


def written(values):
    return [float(value.replace("−", "-")) for value in values]


def test_pointing_at_the_map_marks_its_cells_and_names_both_classes(tab, result):
    choose(tab, "bilinear")
    for pixel in PIXELS:
        check(tab, result, point(tab, pixel))


@pytest.mark.parametrize("picture", ["photo", "cells", "map"])
def test_the_pointer_moves_in_every_picture(tab, result, picture):
    choose(tab, "bilinear")
    act = "tap" if tab.viewport_size["width"] < 700 else "click"
    check(tab, result, point(tab, (90, 150), picture, act))


def test_arrow_keys_move_by_a_pixel_or_a_cell(tab, result):
    choose(tab, "bilinear")
    row, col = point(tab, (120, 200), act="click")
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "Shift+ArrowDown", "Shift+ArrowLeft"):
        tab.keyboard.press(key)
    check(tab, result, (row + 7, col - 6))
    for _ in range(60):
        tab.keyboard.press("Shift+ArrowRight")
    check(tab, result, (row + 7, 384))


def test_the_layer_changes_the_map_without_sending_it_again(tab, result):
    point(tab, (128, 200))
    pixel, _ = shown(tab)
    tab.frames_received.clear()
    choose(tab, "nearest")
    tab.wait_for_url("**home_layer=nearest**", timeout=PATIENCE)
    cell = tuple(int(position + 4) // 8 for position in pixel)
    assert shown(tab) == (pixel, [cell])
    name = deeplab.CLASSES[result.coarse_map[cell]]
    assert tab.locator(".linked .says").inner_text().startswith(f"{name}: score ")
    choose(tab, "bilinear")
    tab.wait_for_url("**home_layer=bilinear**", timeout=PATIENCE)
    assert shown(tab)[0] == pixel
    assert sum(tab.frames_received) < 30_000, "the pictures must not be sent again"


def choose(tab, layer):
    tab.locator(".linked fieldset label", has_text=layer).click()
