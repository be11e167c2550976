"""Fixtures that start the app in a process and a headless browser, and a check of the tabs.

Both run for the whole session, because starting them takes longer than most tests.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
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
    try:
        wait_for(f"{url}/_stcore/health")
        yield url
    finally:
        server.terminate()
        server.wait(20)


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
