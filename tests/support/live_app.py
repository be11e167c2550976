"""Fixtures that start the app in a process and a headless browser, and a check of the tabs.

Both run for the whole session, because starting them takes longer than most tests.
"""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
]
PATIENCE = 180_000  # ms; TensorFlow is loaded before the first answer
LOCAL = ("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")


@pytest.fixture(scope="session")
def app_address(tmp_path_factory):
    """Start the app without VGG-16 weights and give its address."""
    from benchmarks.visitor import server

    with server(ROOT, tmp_path_factory.mktemp("cache")) as (address, _):
        yield f"http://{address}"


@pytest.fixture(scope="session")
def browser():
    """Start Debian's Chromium without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def watch(tab, faults=None):
    """Collect errors and requests to other hosts in the returned list, or in the given one."""
    faults = [] if faults is None else faults

    def check_message(message):
        # Streamlit logs two harmless 404s when a page is opened by its own address.
        if message.type == "error" and "status of 404" not in message.text:
            faults.append(message.text)

    def check_request(request):
        if not request.url.startswith(LOCAL):
            faults.append(request.url)

    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.on("console", check_message)
    tab.on("request", check_request)
    return faults


@pytest.fixture
def tab(browser):
    """Give a tab of a desktop; check at the end for errors and requests to other hosts."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    tab = context.new_page()
    faults = watch(tab)
    yield tab
    assert faults == []
    context.close()


def open_page(tab, address):
    """Open a page that has an end row, and wait until it is complete."""
    tab.goto(address)
    tab.locator(".st-key-print_page").wait_for(timeout=PATIENCE, state="attached")
    # The page's own script, which handles keys and the menu, may arrive after what it shows.
    tab.locator("#fcnlib-reader").wait_for(timeout=PATIENCE, state="attached")
    tab.wait_for_selector("[data-testid=stStatusWidget]", state="detached", timeout=PATIENCE)
