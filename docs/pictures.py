"""Take the picture of Home that the README opens with: ``python -m docs.pictures``.

It starts the app, points at the cat and writes ``docs/home.png``. It needs Debian's Chromium.
"""

import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from benchmarks.visitor import server

ROOT = Path(__file__).parents[1]
WIDTH, HEIGHT = 1280, 900
LARGEST = 300_000  # bytes
PATIENCE = 180_000  # ms; TensorFlow is loaded before the first answer
PLACE = (0.609, 0.76)  # of the map's height and width: on the outline, where layers differ
BUSY = "[data-testid=stStatusWidget], [data-testid=stSpinner], [data-stale=true]"


def main() -> None:
    """Write the picture."""
    with (
        tempfile.TemporaryDirectory() as folder,
        server(ROOT, Path(folder)) as (address, _),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        tab = browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT},
            color_scheme="light",
            reduced_motion="reduce",
        )
        tab.goto(f"http://{address}/")
        point(tab)
        path = ROOT / "docs" / "home.png"
        tab.screenshot(path=path)
        browser.close()
    # A page has few colors, so a palette loses nothing that a person sees.
    Image.open(path).convert("RGB").quantize(256).save(path, optimize=True)
    if path.stat().st_size > LARGEST:
        msg = f"{path} has {path.stat().st_size} bytes, more than {LARGEST}"
        raise SystemExit(msg)


def point(tab: Page) -> None:
    """Wait until Home is complete, and point at the map."""
    canvas = tab.locator(".linked:not([data-waiting]) .map canvas")
    canvas.wait_for(timeout=PATIENCE)
    tab.locator(".linked[data-pixel]").wait_for(timeout=PATIENCE)
    tab.wait_for_function(f"!document.querySelector('{BUSY}')", timeout=PATIENCE)
    tab.wait_for_timeout(1000)  # fonts and icons
    box = canvas.bounding_box()
    if box is None:
        msg = "the map is not shown"
        raise SystemExit(msg)
    tab.mouse.move(box["x"] + PLACE[1] * box["width"], box["y"] + PLACE[0] * box["height"])
    tab.wait_for_timeout(200)


if __name__ == "__main__":
    main()
