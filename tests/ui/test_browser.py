"""Every page in headless Chromium, by menu and by address, in a wide and a narrow window."""

import re
from pathlib import Path

import pytest
from support.live_app import PATIENCE, watch

from fcnlib.ui.page import PAGES

pytestmark = pytest.mark.browser
WIDTHS = [1280, 390]


@pytest.fixture(params=WIDTHS)
def tab(browser, request):
    """Give a tab; check at the end that it had no error and no request to another host."""
    context = browser.new_context(viewport={"width": request.param, "height": 900})
    tab = context.new_page()
    faults = watch(tab)
    yield tab
    assert faults == []
    context.close()


def check(tab, title):
    """Wait until a page is complete, then check that nothing failed and nothing is cut off."""
    tab.get_by_role("heading", name=title, exact=True).wait_for(timeout=PATIENCE)
    if title != PAGES["pages/words.py"].question:
        tab.locator(".st-key-print_page").wait_for(timeout=PATIENCE)
    tab.wait_for_selector("[data-testid=stStatusWidget]", state="detached", timeout=PATIENCE)
    assert tab.locator("[data-testid=stException]").count() == 0
    main = "document.querySelector('[data-testid=stMain]')"
    assert tab.evaluate(f"{main}.scrollWidth - {main}.clientWidth") <= 0


def route(path):
    return "" if path == "app.py" else Path(path).stem


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_by_its_address(tab, app_address, path):
    tab.goto(f"{app_address}/{route(path)}")
    check(tab, PAGES[path].question)


def test_a_photograph_is_segmented_without_a_download_and_another_one_on_request(tab, app_address):
    tab.goto(f"{app_address}/segmentation")
    check(tab, PAGES["pages/segmentation.py"].question)
    tab.get_by_text(re.compile("Egyptian cat")).first.wait_for(timeout=PATIENCE)
    tab.locator(".st-key-segmentation_sample").get_by_text("Cup of coffee").click()
    tab.get_by_text(re.compile("espresso")).first.wait_for(timeout=PATIENCE)
    tab.get_by_text(re.compile("diningtable")).first.wait_for(timeout=PATIENCE)


def test_a_street_is_segmented_by_three_heads_and_another_one_on_request(tab, app_address):
    tab.goto(f"{app_address}/segmentation?segmentation_network=Built-in+FCN")
    for _ in range(2):
        check(tab, PAGES["pages/segmentation.py"].question)
        for head in ("FCN-32s", "FCN-16s", "FCN-8s"):
            tab.get_by_text(re.compile(f"{head}.* 0\\.")).first.wait_for(timeout=PATIENCE)
        tab.locator(".st-key-segmentation_another button").click()


def test_the_menu_leads_to_every_page(tab, app_address):
    """In a narrow window the menu covers the page, so it closes when a page is chosen."""
    narrow = tab.viewport_size["width"] < 700
    tab.goto(app_address)
    check(tab, PAGES["app.py"].question)
    home, *others = PAGES.items()
    for path, page in [*others, home]:
        if narrow:
            tab.get_by_test_id("stExpandSidebarButton").click()
        tab.locator("[data-testid=stSidebar] a", has_text=page.title).click()
        check(tab, page.question)
        assert tab.url.rstrip("/").endswith(route(path))
        if narrow:
            tab.get_by_test_id("stExpandSidebarButton").wait_for(timeout=10_000)
        else:
            assert tab.get_by_test_id("stExpandSidebarButton").count() == 0
