"""The truth table of the checkerboard in headless Chromium: pressed, tapped and keyed."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[1]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
]
PATIENCE = 90_000  # ms


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true"),
            *(f"--server.port={port}", "--server.address=127.0.0.1"),
        ],
        cwd=ROOT,
        env=os.environ | {"FCNLIB_CACHE_DIR": str(tmp_path_factory.mktemp("cache"))},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_for(f"http://127.0.0.1:{port}/_stcore/health")
    yield f"http://127.0.0.1:{port}/transposed_convolution"
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


@pytest.fixture(params=[1280, 390])
def tab(request, address):
    from playwright.sync_api import sync_playwright

    touch = request.param < 600
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        size = {"width": request.param, "height": 844}
        context = browser.new_context(viewport=size, has_touch=touch, is_mobile=touch)
        tab = context.new_page()
        tab.set_default_timeout(PATIENCE)
        tab.touch, tab.faults, tab.requested = touch, [], []
        tab.on("pageerror", lambda error: tab.faults.append(str(error)))
        tab.on("request", lambda request: tab.requested.append(request.url))
        tab.goto(address)
        tab.locator(".ripples button").first.wait_for()
        yield tab
        browser.close()


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


def test_nothing_is_cut_off_and_nothing_leaves_the_machine(tab):
    tab.get_by_text("Equals TensorFlow").last.wait_for()
    main = tab.locator("[data-testid=stMain]")
    assert main.evaluate("main => main.scrollWidth <= main.clientWidth")
    box = tab.locator(".ripples").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= tab.viewport_size["width"]
    assert not tab.faults
    hosts = ("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:")
    assert all(url.startswith(hosts) for url in tab.requested)
