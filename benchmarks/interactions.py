"""What a visitor waits for in Chromium: ``python -m benchmarks.interactions [FOLDER]``.

Does each interaction several times on a warm server, and prints the time until something changes
on the page and until the last change, the bytes that the server sends, compressed as on the wire,
and the processor time of the server and its workers. Views of pages and a fresh process follow.
FOLDER has another version of the app, by default this one. Needs Chromium and the packages of
``requirements-dev.txt``.
"""

import statistics
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import BrowserContext, Error, Locator, Page, sync_playwright

from fcnlib.ui.page import PAGES
from benchmarks.access import CHROMIUM, FLAGS, PATIENCE, ROOT, open_page
from benchmarks.load import processor_seconds
from benchmarks.visitor import server

TIMES = 5
QUIET = 1.5  # seconds without a change after which an interaction is over
SIDES = "ArrowRight", "ArrowLeft"
LONGEST = 20.0  # seconds
FIRST, LAST = 0.3, 0.8  # seconds: the limits of a click on a warm server
OPENED = 2.5  # seconds until a fresh process shows the pictures of Home
SENT = 150_000  # bytes, compressed
COST = 0.1  # processor seconds of a page view

# What is new on the page, in shadow trees too. Left out are what the browser changes by itself,
# such as the slider that is moved, and Streamlit's own marks of a page that runs.
_WATCH = """() => {
  const seen = window.seen = { first: 0, last: 0 };
  const options = { subtree: true, childList: true, characterData: true, attributes: true,
    attributeFilter: ["d", "src", "points", "transform", "aria-label", "data-pixel", "value"] };
  const chrome = "button, [data-testid=stStatusWidget], [data-testid=stSpinner], " +
    "[data-testid=stTooltipHoverTarget], [data-testid=stSlider]";
  const isReal = ({ target }) => {
    const element = target.nodeType === Node.ELEMENT_NODE ? target : target.parentElement;
    return element && !element.closest(chrome);
  };
  const observer = new MutationObserver((records) => {
    const real = records.filter(isReal);
    if (!real.length) return;
    seen.last = performance.now();
    seen.first ||= seen.last;
    for (const { addedNodes } of real) addedNodes.forEach(follow);
  });
  const follow = (node) => {
    for (const one of [node, ...(node.querySelectorAll?.("*") ?? [])]) {
      if (one.shadowRoot) {
        observer.observe(one.shadowRoot, options);
        follow(one.shadowRoot);
      }
    }
  };
  observer.observe(document.querySelector("[data-testid=stMain]"), options);
  follow(document);
  window.unwatch = () => observer.disconnect();
}"""


class Cost(NamedTuple):
    """What an interaction took.

    Attributes
    ----------
    first, last : float
        Seconds until the first and the last change of the page.
    sent : int
        Bytes from the server, compressed.
    processor : float
        Processor seconds of the server and its workers.

    """

    first: float
    last: float
    sent: int
    processor: float


class Traffic:
    """Counts what a tab receives, compressed."""

    def __init__(self, tab: Page) -> None:
        self.sent = 0
        session = tab.context.new_cdp_session(tab)
        session.send("Network.enable")
        session.on("Network.loadingFinished", self._add_file)
        session.on("Network.webSocketFrameReceived", self._add_message)

    def _add_file(self, event: dict[str, Any]) -> None:
        self.sent += int(event["encodedDataLength"])

    def _add_message(self, event: dict[str, Any]) -> None:
        # Chromium tells the size before compression, so compress as the server does.
        self.sent += len(zlib.compress(event["response"]["payloadData"].encode("latin-1"), 6))


def measure(tab: Page, traffic: Traffic, web: int, act: Callable[[], object]) -> Cost:
    """Do something and wait until the page has not changed for a while.

    Raises
    ------
    TimeoutError
        If nothing changes, or the page does not come to rest.

    """
    tab.evaluate(_WATCH)
    sent, processor = traffic.sent, sum(processor_seconds(web).values())
    started = tab.evaluate("performance.now()")
    act()
    ends = time.monotonic() + LONGEST
    while True:
        tab.wait_for_timeout(100)
        now, seen = tab.evaluate("[performance.now(), window.seen]")
        running = tab.locator("[data-testid=stStatusWidget]").count()
        if seen["first"] and now - seen["last"] > 1000 * QUIET and not running:
            break
        if time.monotonic() > ends:
            msg = "The page did not change." if not seen["first"] else "The page is not at rest."
            raise TimeoutError(msg)
    tab.evaluate("window.unwatch()")
    first, last = ((seen[name] - started) / 1000 for name in ("first", "last"))
    return Cost(
        first,
        last,
        traffic.sent - sent,
        sum(processor_seconds(web).values()) - processor,
    )


def choices(tab: Page, key: str, *names: str) -> Iterator[Callable[[], object]]:
    """Yield clicks on the options of a control in turn, for ever."""
    while True:
        for name in names:
            control = tab.locator(f".st-key-{key}")
            yield control.get_by_text(name, exact=True).click


def shapes(tab: Page, key: str) -> Iterator[Callable[[], object]]:
    """Yield choices of 2-D and 1-D, which are in a fold, in turn, for ever."""
    in_fold(tab, f"{key}_more", f"{key}_shape")
    yield from choices(tab, f"{key}_shape", "2-D", "1-D")


def in_fold(tab: Page, fold: str, key: str) -> Locator:
    """Open a fold; return the slider with this key in it, if it is one."""
    tab.locator(f".st-key-{fold} summary").click()
    tab.locator(f".st-key-{key}").wait_for()
    tab.wait_for_timeout(1000 * QUIET)
    return slider(tab, key)


def keys(place: Locator, *names: str) -> Iterator[Callable[[], object]]:
    """Yield presses of keys in turn, for ever."""
    while True:
        for name in names:
            yield lambda name=name: place.press(name)  # type: ignore[misc]


def drags(tab: Page) -> Iterator[Callable[[], object]]:
    """Yield drags of a sample, up and down in turn, for ever."""
    while True:
        for way in (-30, 30):
            yield lambda way=way: _drag(tab, way)  # type: ignore[misc]


def _drag(tab: Page, way: int) -> None:
    box = tab.locator(".handle .dot").nth(3).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    tab.mouse.move(x, y)
    tab.mouse.down()
    tab.mouse.move(x, y + way)
    tab.mouse.up()


def slider(tab: Page, key: str) -> Locator:
    """Return what has the keyboard's focus of a slider."""
    return tab.locator(f".st-key-{key} :is(input, [role=slider])").first


Make = Callable[[Page], Iterator[Callable[[], object]]]
INTERACTIONS: dict[str, tuple[str, Make]] = {
    "Kernels: drag a sample": ("pages/kernels.py", drags),
    "Kernels: another kernel": (
        "pages/kernels.py",
        lambda tab: choices(tab, "kernels_kernel", "Catmull-Rom", "Bilinear"),
    ),
    "Kernels: another frequency": (
        "pages/kernels.py",
        lambda tab: keys(in_fold(tab, "kernels_samples_more", "kernels_frequency"), *SIDES),
    ),
    "Upsampling: factor 3 to 4": (
        "pages/upsampling.py",
        lambda tab: keys(slider(tab, "upsampling_factor"), *SIDES),
    ),
    "Upsampling: factor to 32 and back": (
        "pages/upsampling.py",
        lambda tab: keys(slider(tab, "upsampling_factor"), "End", "Home"),
    ),
    "Upsampling: a break": (
        "pages/upsampling.py",
        lambda tab: choices(tab, "upsampling_break", "repeat the edge", "align the corners"),
    ),
    "Transposed convolution: 1-D to 2-D": (
        "pages/transposed_convolution.py",
        lambda tab: shapes(tab, "transposed_convolution_views"),
    ),
    "Segmentation: another sample": (
        "pages/segmentation.py",
        lambda tab: choices(tab, "segmentation_sample", "Cup of coffee", "Cat"),
    ),
    "Training: another street": (
        "pages/training.py",
        lambda tab: keys(slider(tab, "training_street"), *SIDES),
    ),
}


def interact(browser: BrowserContext, address: str, web: int) -> None:
    """Print a line for each interaction."""
    print("| interaction | first change | last change | sent | server's processor | |")
    print("|---|---|---|---|---|---|")
    for name, (path, make) in INTERACTIONS.items():
        with _tab(browser) as (tab, traffic):
            open_page(tab, address, path)
            tab.wait_for_timeout(1000 * QUIET)
            try:
                acts = make(tab)
                next_ones = [next(acts) for _ in range(TIMES + 1)]
                costs = [measure(tab, traffic, web, act) for act in next_ones][1:]
            except (Error, TimeoutError) as error:
                print(f"| {name} | {str(error).splitlines()[0]} | | | | **failed** |", flush=True)
                continue
        cost = _median(costs)
        kept = cost.first <= FIRST and cost.last <= LAST and cost.sent <= SENT
        print(f"| {name} | {_cells(cost)} | {_verdict(kept)} |", flush=True)


def view(browser: BrowserContext, address: str, web: int) -> None:
    """Print a line for each page that a visitor opens whom the server knows nothing of yet."""
    print("\n| page view | first change | last change | sent | server's processor | |")
    print("|---|---|---|---|---|---|")
    for page in PAGES.values():
        costs = []
        try:
            for _ in range(TIMES + 1):
                with _tab(browser) as (tab, traffic):
                    open_page(tab, address, "app.py" if page.title == "Words" else "pages/words.py")
                    link = tab.locator("[data-testid=stSidebar] a", has_text=page.title).first
                    costs.append(measure(tab, traffic, web, link.click))
        except (Error, TimeoutError) as error:
            print(f"| {page.title} | {str(error).splitlines()[0]} | | | | **failed** |", flush=True)
            continue
        cost = _median(costs[1:])
        print(f"| {page.title} | {_cells(cost)} | {_verdict(cost.processor <= COST)} |", flush=True)


def start(browser: BrowserContext, folder: Path) -> None:
    """Print how long a fresh process takes to show the pictures of Home."""
    seconds = []
    for _ in range(TIMES):
        with (
            tempfile.TemporaryDirectory() as cache,
            server(folder, Path(cache)) as (address, _),
            _tab(browser) as (tab, _),
        ):
            started = time.monotonic()
            tab.goto(f"http://{address}")
            tab.locator(".linked[data-pixel]").wait_for(timeout=PATIENCE)
            seconds.append(time.monotonic() - started)
    median = statistics.median(seconds)
    print(f"\nA fresh process shows the pictures of Home after {median:.2f} s", end=" ")
    print(f"(limit {OPENED} s: {_verdict(median <= OPENED)}).")


@contextmanager
def _tab(browser: BrowserContext) -> Iterator[tuple[Page, Traffic]]:
    tab = browser.new_page()
    try:
        yield tab, Traffic(tab)
    finally:
        tab.close()


def _median(costs: list[Cost]) -> Cost:
    return Cost(*(statistics.median(values) for values in zip(*costs, strict=True)))


def _cells(cost: Cost) -> str:
    kilobytes, processor = cost.sent / 1000, cost.processor
    return f"{cost.first:.2f} s | {cost.last:.2f} s | {kilobytes:.0f} kB | {processor:.2f} s"


def _verdict(kept: bool) -> str:
    return "holds" if kept else "**fails**"


def main() -> None:
    """Print all tables."""
    folder = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        # One context, so that files that browsers keep are sent once.
        browser = chromium.new_context(viewport={"width": 1280, "height": 3200})
        with (
            tempfile.TemporaryDirectory() as cache,
            server(folder, Path(cache)) as (address, web),
        ):
            interact(browser, f"http://{address}", web)
            view(browser, f"http://{address}", web)
        start(browser, folder)
        chromium.close()


if __name__ == "__main__":
    main()
