"""The app in headless Chromium: every page, by menu and by its own address, wide and narrow."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from fcnlib.ui import PAGES

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[1]
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
]
WIDTHS = [1280, 390]
PATIENCE = 90_000  # ms


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Give the address of an app that runs in a process of its own, without weights."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    cache = str(tmp_path_factory.mktemp("cache"))
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true"),
            *(f"--server.port={port}", "--server.address=127.0.0.1"),
        ],
        cwd=ROOT,
        env=os.environ | {"FCNLIB_CACHE_DIR": cache, "FCNLIB_VGG_CHECKPOINT": ""},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    wait_for(f"{url}/_stcore/health")
    yield url
    server.terminate()
    server.wait(20)


def wait_for(url):
    for attempt in range(120):
        try:
            urllib.request.urlopen(url, timeout=2).read()
        except OSError:
            if attempt == 119:
                raise
            time.sleep(0.5)
        else:
            return


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(params=WIDTHS)
def tab(browser, request):
    """Give a tab, and check at its end that nothing went wrong and nothing left the machine."""
    context = browser.new_context(viewport={"width": request.param, "height": 900})
    tab = context.new_page()
    errors, foreign = [], []
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.on("request", lambda asked: foreign.append(asked.url) if leaves(asked.url) else None)
    yield tab
    assert errors == []
    assert foreign == []
    context.close()


def leaves(url):
    return not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:"))


def check(tab, title):
    """Wait until a page is complete, then look for tracebacks and for what is cut off."""
    tab.get_by_role("heading", name=title, exact=True).wait_for(timeout=PATIENCE)
    tab.get_by_text("What you see is what ran").last.wait_for(timeout=PATIENCE)
    tab.wait_for_selector("[data-testid=stStatusWidget]", state="detached", timeout=PATIENCE)
    assert tab.locator("[data-testid=stException]").count() == 0
    main = "document.querySelector('[data-testid=stMain]')"
    assert tab.evaluate(f"{main}.scrollWidth - {main}.clientWidth") <= 0


def route(path):
    return "" if path == "app.py" else Path(path).stem


@pytest.mark.parametrize("path", PAGES)
def test_a_page_opens_by_its_own_address(tab, address, path):
    tab.goto(f"{address}/{route(path)}")
    check(tab, PAGES[path].title)


def test_a_street_is_segmented_without_a_download_and_another_on_request(tab, address):
    tab.goto(f"{address}/segmentation")
    for _ in range(2):
        check(tab, PAGES["pages/segmentation.py"].title)
        for head in ("FCN-32s", "FCN-16s", "FCN-8s"):
            tab.get_by_text(f"{head}: mean IU 0.").first.wait_for(timeout=PATIENCE)
        tab.locator(".st-key-segmentation_another button").click()


def test_the_menu_leads_to_every_page(tab, address):
    """On a phone the menu is folded away, and is folded away again by hand."""
    narrow = tab.viewport_size["width"] < 700
    tab.goto(address)
    check(tab, PAGES["app.py"].title)
    home, *others = PAGES.items()
    for path, page in [*others, home]:
        if narrow:
            tab.get_by_test_id("stExpandSidebarButton").click()
        tab.locator("[data-testid=stSidebar] a", has_text=page.title).click()
        check(tab, page.title)
        assert tab.url.rstrip("/").endswith(route(path))
        if narrow:
            tab.get_by_test_id("stSidebarCollapseButton").locator("button").click()
