"""Fixtures: the app in a process of its own, and the browser that looks at it.

Both serve a whole run: starting them takes longer than most tests. What a tab does wrong is
collected by `watch`.
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
PATIENCE = 180_000  # ms; the first answer waits for TensorFlow
LOCAL = ("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")


@pytest.fixture(scope="session")
def app_address(tmp_path_factory):
    """Give the address of the app, which has no weights of VGG-16."""
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
        _wait_for(f"{url}/_stcore/health")
        yield url
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture(scope="session")
def browser():
    """Give headless Chromium, Debian's own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def watch(tab, faults=None):
    """Return a list, or the given one, that fills with errors and requests to other hosts."""
    faults = [] if faults is None else faults
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.on("console", lambda said: faults.append(said.text) if _is_error(said) else None)
    tab.on(
        "request", lambda asked: None if asked.url.startswith(LOCAL) else faults.append(asked.url)
    )
    return faults


def _leaves(url):
    return not url.startswith(LOCAL)


def _is_error(said):
    """Tell errors from the two harmless 404s that Streamlit logs for a deep link."""
    return said.type == "error" and "status of 404" not in said.text


def _wait_for(url):
    for attempt in range(120):
        try:
            urllib.request.urlopen(url, timeout=2).read()
        except OSError:
            if attempt == 119:
                raise
            time.sleep(0.5)
        else:
            return
