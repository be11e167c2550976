"""Painting labels in headless Chromium, and training on them."""

import base64
import re

import numpy as np
import pytest
from support.live_app import PATIENCE, watch

from fcnlib import images
from fcnlib.images.colors import palette

pytestmark = pytest.mark.browser
RNG = np.random.default_rng(8)
HEIGHT, WIDTH = 96, 128


def field(horizon):
    """Return a picture of blue above a line and noisy green below."""
    picture = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    picture[:horizon] = 120, 170, 250
    picture[horizon:] = RNG.integers(0, 160, (HEIGHT - horizon, WIDTH, 1))
    picture[horizon:, :, 1] += 60
    return images.encode_png(picture)


HORIZONS = (40, 56, 48, 44)
FILES = [
    {"name": f"{number}.png", "mimeType": "image/png", "buffer": field(horizon)}
    for number, horizon in enumerate(HORIZONS)
]


@pytest.fixture(params=[1280, 390])
def tab(request, browser, app_address):
    context = browser.new_context(viewport={"width": request.param, "height": 1600})
    tab = context.new_page()
    tab.set_default_timeout(PATIENCE)
    faults = watch(tab)
    tab.goto(f"{app_address}/training?training_data=own&training_own_source=own")
    tab.locator("input[type=file]").set_input_files(FILES)
    tab.locator(".st-key-training_own_submit button").click()
    tab.locator(".painter .map").wait_for()
    names = tab.locator(".st-key-training_own_own_classes input")
    names.fill("sky, field")
    names.press("Enter")
    tab.locator(".painter label", has_text="field").wait_for()
    yield tab
    assert faults == []
    context.close()


def choose(tab, picture):
    pill = tab.locator(
        ".st-key-training_own_own_picture button", has_text=re.compile(f"^{picture}$")
    )
    pill.click()
    tab.locator(f".st-key-training_own_paint_own_{picture - 1} .painter .map").wait_for()
    settle(tab)


def settle(tab):
    tab.wait_for_selector("[data-testid=stStatusWidget]", state="detached")


def spot(tab, row, col):
    """Return the place on the screen of a pixel of the picture."""
    box = tab.locator(".painter .map").bounding_box()
    x, y = (col + 0.5) / WIDTH * box["width"], (row + 0.5) / HEIGHT * box["height"]
    return box["x"] + x, box["y"] + y


def stroke(tab, name, row):
    """Paint a class from left to right along a row."""
    tab.locator(".painter .map").scroll_into_view_if_needed()
    tab.locator(".painter label", has_text=name).click()
    tab.mouse.move(*spot(tab, row, 4))
    tab.mouse.down()
    tab.mouse.move(*spot(tab, row, WIDTH - 5), steps=4)
    tab.mouse.up()


def below(tab):
    """Return the name of the class at the pixel where the pointer or the cross is."""
    return tab.locator(".painter .here").inner_text().rpartition(": ")[2]


def answer(tab, place):
    """Return the pixels of a watched picture with its answer."""
    plot = tab.locator(f".st-key-training_own_answer_{place} .js-plotly-plot")
    source = plot.evaluate("plot => plot.data[0].source ?? plot.layout.images[0].source")
    return images.decode(base64.b64decode(source.partition(",")[2])).astype(int)


def test_three_painted_pictures_teach_a_network_to_label_a_fourth(tab):
    for picture in (1, 2, 3):
        choose(tab, picture)
        stroke(tab, "sky", 18)
        stroke(tab, "field", 80)
        settle(tab)
    tab.locator(".st-key-training_own_go button").click()
    tab.get_by_text(re.compile(r"Done · step 50 of 50")).wait_for()
    settle(tab)
    shown, colors = answer(tab, 0), palette(2).astype(int)
    # The fourth picture, which has no labels, is watched first. Its mask covers 60%.
    picture = images.decode(FILES[3]["buffer"]).astype(int)
    for rows, label in ((slice(5, HORIZONS[3] - 12), 0), (slice(HORIZONS[3] + 12, -5), 1)):
        masks = [abs(shown - (0.4 * picture + 0.6 * color))[rows].mean() for color in colors]
        assert masks[label] < masks[1 - label] / 3


def test_strokes_are_kept_undone_erased_and_filled(tab):
    choose(tab, 1)
    stroke(tab, "field", 48)
    assert below(tab) == "field"
    settle(tab)
    choose(tab, 2)
    tab.mouse.move(*spot(tab, 48, 64))
    assert below(tab) == "no class"
    choose(tab, 1)
    tab.mouse.move(*spot(tab, 48, 64))
    assert below(tab) == "field"

    tab.locator(".painter label", has_text="Fill").click()
    tab.locator(".painter label", has_text="sky").click()
    tab.mouse.click(*spot(tab, 10, 64))
    assert below(tab) == "sky"
    tab.mouse.move(*spot(tab, 85, 64))
    assert below(tab) == "no class", "the stroke goes from edge to edge"

    tab.locator(".painter label", has_text="Eraser").click()
    tab.mouse.click(*spot(tab, 10, 64))
    assert below(tab) == "no class"
    tab.locator(".painter .undo").click()
    tab.mouse.move(*spot(tab, 10, 64))
    assert below(tab) == "sky"
    tab.locator(".painter .map").focus()
    tab.keyboard.press("Control+z")
    assert below(tab) == "no class"


def test_keys_move_and_paint(tab):
    choose(tab, 1)
    tab.locator(".painter .map").focus()
    tab.keyboard.press("Shift+ArrowUp")
    tab.keyboard.press("ArrowLeft")
    place = tab.locator(".painter .here")
    assert place.inner_text() == f"Row {HEIGHT // 2 - 10}, column {WIDTH // 2 - 1}: no class"
    tab.keyboard.press("Enter")
    assert below(tab) == "sky"
    settle(tab)
    choose(tab, 2)
    choose(tab, 1)
    tab.mouse.move(*spot(tab, HEIGHT // 2 - 10, WIDTH // 2 - 1))
    assert below(tab) == "sky"
