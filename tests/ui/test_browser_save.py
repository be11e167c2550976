"""Copying a page's address, and saving its figures, in headless Chromium."""

import csv
import io
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from support.live_app import PATIENCE, watch

from fcnlib.kernels import KERNELS

pytestmark = pytest.mark.browser


@pytest.fixture
def tab(browser):
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, permissions=["clipboard-read", "clipboard-write"]
    )
    tab = context.new_page()
    faults = watch(tab)
    yield tab
    assert faults == []
    context.close()


def open_list(tab, address, figure):
    """Open a page and the list of its figures, and wait for the button of one."""
    tab.goto(address)
    tab.get_by_role("button", name="Save figures").click(timeout=PATIENCE)
    tab.get_by_role("button", name=figure).first.wait_for(timeout=PATIENCE)


def save(tab, button):
    """Press a button of the list; return the file's name and content."""
    with tab.expect_download() as download:
        tab.get_by_role("button", name=button).first.click()
    return download.value.suggested_filename, download.value.path().read_bytes()


def test_a_copied_link_is_the_address_with_the_settings(tab, app_address):
    tab.goto(f"{app_address}/upsampling?upsampling_factor=7")
    tab.get_by_role("button", name="Copy link").click(timeout=PATIENCE)
    tab.locator(".save p:not(:empty)").wait_for()
    copied = tab.evaluate("navigator.clipboard.readText()")
    assert copied == tab.url
    assert "upsampling_factor=7" in copied


def test_an_address_that_may_not_be_copied_is_shown(tab, app_address):
    tab.add_init_script("navigator.clipboard.writeText = () => Promise.reject(new Error('denied'))")
    tab.goto(f"{app_address}/numbers")
    tab.get_by_role("button", name="Copy link").click(timeout=PATIENCE)
    assert tab.url in tab.locator(".save p:not(:empty)").inner_text()


def test_a_curve_is_saved_as_table_drawing_and_picture(tab, app_address):
    title = "Kernel: weight by distance in samples"
    open_list(tab, f"{app_address}/kernels", f"CSV: {title}")
    name, content = save(tab, f"CSV: {title}")
    assert name == "kernel-weight-by-distance-in-samples.csv"
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    for label, name in (("Sinc", "sinc"), ("Bilinear", "triangle")):
        x, y = np.array([(row["x"], row["y"]) for row in rows if row["name"] == label], float).T
        assert len(x) > 100
        np.testing.assert_allclose(y, KERNELS[name](x), atol=1e-6)
    name, content = save(tab, f"SVG: {title}")
    svg = ElementTree.fromstring(content)
    assert name.endswith(".svg")
    assert title in "".join(svg.itertext())
    width, height = (float(svg.attrib[side]) for side in ("width", "height"))
    name, content = save(tab, f"PNG: {title}")
    picture = Image.open(io.BytesIO(content))
    assert name.endswith(".png")
    assert picture.size == (2 * width, 2 * height)
    assert len(picture.getcolors(maxcolors=1 << 20)) > 50  # curves, text and their soft edges


def test_a_class_map_and_a_canvas_are_saved(tab, app_address):
    open_list(tab, f"{app_address}/segmentation", "CSV: DeepLab v3: 33 × 49 cells")
    name, content = save(tab, "CSV: DeepLab v3: 33 × 49 cells")
    assert name == "cat-deeplab-v3-33-x-49-cells.csv"
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    assert len(rows) == 33 * 49
    assert {row["text"] for row in rows} == {"background", "cat"}
    open_list(tab, app_address, "PNG: The class of every pixel")
    _, content = save(tab, "PNG: The class of every pixel")
    assert Image.open(io.BytesIO(content)).width > 100


def test_weights_are_made_and_saved_when_they_are_asked_for(tab, app_address):
    tab.set_default_timeout(PATIENCE)
    fetched = []
    tab.on("request", lambda request: fetched.append(request.url))
    tab.goto(f"{app_address}/training?training_steps=50")
    tab.locator(".st-key-training_go button").click()
    tab.get_by_text("Done · step 50 of 50").wait_for()
    # The fragment that shows the end runs once more with the page.
    tab.wait_for_selector("[data-testid=stStatusWidget]", state="detached")
    assert not [url for url in fetched if ".npz" in url]
    name, content = save(tab, "Weights")
    assert name == "fcn_8s_step_50.npz"
    with np.load(io.BytesIO(content)) as weights:
        assert len(weights.files) > 10
        assert all(key.startswith("fcn_8s/") for key in weights.files)
