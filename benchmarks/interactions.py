"""What a visitor waits for in Chromium: ``python -m benchmarks.interactions [FOLDER]``.

Does each interaction several times on a warm server, and prints the time until something changes on
the page and until the last change, the compressed bytes that the server sends, and the processor
time of the server and its workers. Then it measures the same for opening each page from the menu,
and for the first page of a server that was just started. FOLDER has an earlier version of the app.
Both versions are measured in turn, and the numbers of the earlier one are before an arrow. Needs
Chromium and the packages of ``requirements-dev.txt``.
"""

import base64
import os
import random
import statistics
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple

from playwright.sync_api import (
    Browser,
    BrowserContext,
    Error,
    FilePayload,
    Locator,
    Page,
    sync_playwright,
)

from fcnlib.ui.page import PAGES
from benchmarks.access import CHROMIUM, FLAGS, PATIENCE, open_page
from benchmarks.load import photograph_file, processor_seconds
from benchmarks.measure import pair, versions
from benchmarks.visitor import server
from fcnlib.images.public_addresses import LOCAL_SWITCH

TIMES = 5
QUIET = 1.5  # seconds without a change after which an interaction is over
SIDES = "ArrowRight", "ArrowLeft"
LONGEST = 20.0  # seconds
FIRST_LONGEST = 180.0  # seconds; what is done for the first time may load TensorFlow
FETCH_EVERY = 2.0  # seconds; the app lets a visitor fetch five pictures in ten
FIRST, LAST = 0.3, 0.8  # seconds: the limits of a click on a warm server
OPENED = 2.5  # seconds until a fresh process shows the pictures of Home
SENT = 150_000  # bytes, compressed
COST = 0.1  # processor seconds of a page view
HOME_PICTURES = (
    ".linked[data-pixel], .st-key-home_full [data-testid=stPlotlyChart] svg.main-svg >> nth=0"
)

# What is new on the page, in shadow trees too, from the moment when the visitor presses something.
# Left out are what the browser changes by itself, such as the slider that is moved, and Streamlit's
# own marks of a page that runs. Attributes are not filtered by the observer, because it would then
# leave out the pictures in figures (`xlink:href`).
_WATCH = """() => {
  const seen = window.seen = { began: 0, heading: 0, first: 0, last: 0 };
  const main = document.querySelector("[data-testid=stMain]");
  const heading = () => main.querySelector("h1")?.textContent;
  const before = heading();
  const shown = ["d", "src", "href", "points", "transform", "aria-label", "data-pixel", "value"];
  const chrome = "button, [data-testid=stStatusWidget], [data-testid=stSpinner], " +
    "[data-testid=stTooltipHoverTarget], [data-testid=stSlider]";
  const isReal = ({ target, type, attributeName }) => {
    const element = target.nodeType === Node.ELEMENT_NODE ? target : target.parentElement;
    const isShown = type !== "attributes" || shown.includes(attributeName.replace("xlink:", ""));
    return isShown && element && !element.closest(chrome);
  };
  const observer = new MutationObserver((records) => {
    const real = records.filter(isReal);
    if (!real.length) return;
    seen.last = performance.now();
    seen.first ||= seen.last;
    if (heading() !== before) seen.heading ||= seen.last;
    for (const { addedNodes } of real) addedNodes.forEach(follow);
  });
  const options = { subtree: true, childList: true, characterData: true, attributes: true };
  const follow = (node) => {
    for (const one of [node, ...(node.querySelectorAll?.("*") ?? [])]) {
      if (one.shadowRoot) {
        observer.observe(one.shadowRoot, options);
        follow(one.shadowRoot);
      }
    }
  };
  observer.observe(main, options);
  follow(document);
  const begin = () => {
    if (!seen.began) Object.assign(seen, { began: performance.now(), first: 0, last: 0 });
  };
  const presses = ["pointerdown", "keydown", "change"];
  for (const press of presses) addEventListener(press, begin, true);
  window.unwatch = () => {
    observer.disconnect();
    for (const press of presses) removeEventListener(press, begin, true);
  };
}"""


class Cost(NamedTuple):
    """What an interaction took.

    Attributes
    ----------
    first, last : float
        Seconds until the first and the last change of the page; the first change after a choice in
        the menu is the next page's heading.
    sent : float
        Bytes from the server, compressed.
    processor : float
        Processor seconds of the server and its workers.

    """

    first: float
    last: float
    sent: float
    processor: float


class Traffic:
    """Counts what a tab receives, compressed."""

    def __init__(self, tab: Page) -> None:
        self.sent = 0
        # Chromium gives messages as they are after decompression. They are compressed here as the
        # server does, which lets a message repeat parts of the ones before it.
        self._packer = zlib.compressobj(wbits=-12, memLevel=5)
        session = tab.context.new_cdp_session(tab)
        session.send("Network.enable")
        session.on("Network.loadingFinished", self._add_file)
        session.on("Network.webSocketFrameReceived", self._add_message)

    def _add_file(self, event: dict[str, Any]) -> None:
        self.sent += int(event["encodedDataLength"])

    def _add_message(self, event: dict[str, Any]) -> None:
        message = base64.b64decode(event["response"]["payloadData"])  # all of them are binary
        packed = self._packer.compress(message) + self._packer.flush(zlib.Z_SYNC_FLUSH)
        self.sent += len(packed)


class App(NamedTuple):
    """A version of the app that runs.

    Attributes
    ----------
    folder : Path
    address : str
    web : int
        Process number of the server.
    browser : BrowserContext
        One for all tabs, so that files that browsers keep are sent once.

    """

    folder: Path
    address: str
    web: int
    browser: BrowserContext

    @contextmanager
    def tab(self) -> Iterator[tuple[Page, Traffic]]:
        """Give a new tab, and what counts its traffic."""
        tab = self.browser.new_page()
        try:
            yield tab, Traffic(tab)
        finally:
            tab.close()

    def processor(self) -> float:
        """Return the processor time of the server and its workers so far."""
        return sum(processor_seconds(self.web).values())


@contextmanager
def running(folder: Path, chromium: Browser) -> Iterator[App]:
    """Run the app in `folder` with an empty cache."""
    with (
        tempfile.TemporaryDirectory() as cache,
        server(folder, Path(cache)) as (address, web),
        chromium.new_context(viewport={"width": 1280, "height": 3200}) as browser,
    ):
        yield App(folder, f"http://{address}", web, browser)


Act = Callable[[], object]
Acts = Generator[Act, None, None]


def measure(
    app: App,
    tab: Page,
    traffic: Traffic,
    act: Act,
    *,
    until: str = "",
    longest: float = LONGEST,
) -> Cost:
    """Do something and wait until the page has not changed for a while, or shows `until`.

    Raises
    ------
    TimeoutError
        If nothing changes, or the page does not come to rest.

    """
    tab.evaluate(_WATCH)
    sent, processor = traffic.sent, app.processor()
    act()
    ends = time.monotonic() + longest
    while True:
        tab.wait_for_timeout(100)
        now, seen = tab.evaluate("[performance.now(), window.seen]")
        if until:
            over = tab.locator(until).count()
        else:
            running = tab.locator("[data-testid=stStatusWidget]").count()
            over = now - seen["last"] > 1000 * QUIET and not running
        if seen["first"] and over:
            break
        if time.monotonic() > ends:
            msg = "The page did not change." if not seen["first"] else "The page is not at rest."
            raise TimeoutError(msg)
    tab.evaluate("window.unwatch()")
    first, last = (seen["heading"] or seen["first"]), seen["last"]
    return Cost(
        (first - seen["began"]) / 1000,
        (last - seen["began"]) / 1000,
        traffic.sent - sent,
        app.processor() - processor,
    )


def choices(tab: Page, key: str, *names: str) -> Acts:
    """Yield a click on each option of a control in turn, without end."""
    while True:
        for name in names:
            yield tab.locator(f".st-key-{key}").get_by_text(name, exact=True).click


def shapes(tab: Page) -> Acts:
    """Yield clicks on 2-D and 1-D in turn, without end."""
    key = "transposed_convolution_views"
    in_fold(tab, f"{key}_more", f"{key}_shape")
    yield from choices(tab, f"{key}_shape", "2-D", "1-D")


def in_fold(tab: Page, fold: str, key: str) -> Locator:
    """Open a fold, unless this version has none; return what is in it."""
    if (title := tab.locator(f".st-key-{fold} summary")).count():
        title.click()
    inside = tab.locator(f".st-key-{key}").first
    inside.wait_for()
    tab.wait_for_timeout(1000 * QUIET)
    return inside


def keys(place: Locator, *names: str) -> Acts:
    """Yield a press of each key in turn, without end."""
    while True:
        for name in names:
            yield partial(place.press, name)


def handle(place: Page | Locator, key: str) -> Locator:
    """Return what has the keyboard's focus of the slider with this key."""
    return place.locator(f".st-key-{key} :is(input, [role=slider])").first


def frequencies(tab: Page) -> Acts:
    """Raise and lower the frequency by a step in turn, without end."""
    in_fold(tab, "kernels_samples_more", "kernels_frequency")
    yield from keys(handle(tab, "kernels_frequency"), *SIDES)


def drags(tab: Page) -> Acts:
    """Drag a sample up and down in turn, without end."""
    while True:
        for way in (-30, 30):
            yield partial(_drag, tab, way)


def _drag(tab: Page, way: int) -> None:
    box = tab.locator(".handle .dot").nth(3).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    tab.mouse.move(x, y)
    tab.mouse.down()
    tab.mouse.move(x, y + way)
    tab.mouse.up()


def streets(tab: Page) -> Acts:
    """Press “Another street” without end."""
    while True:
        yield tab.locator(".st-key-segmentation_another button").click


def pixels(tab: Page) -> Acts:
    """Click on pixels of the classifier's map without end."""
    key = "segmentation_imagenet_pixel"
    place = in_fold(tab, f"{key}_fold", key).locator(".map")
    while True:
        for across, down in ((0.3, 0.3), (0.6, 0.4), (0.45, 0.7), (0.7, 0.6)):
            box = place.bounding_box()
            assert box is not None
            x, y = across * box["width"], down * box["height"]
            yield partial(place.click, position={"x": x, "y": y})


def uploads(tab: Page) -> Acts:
    """Upload photographs without end. The server has seen none of them before."""
    tab.locator(".st-key-segmentation_source").get_by_text("Your file", exact=True).click()
    chooser = tab.locator(".st-key-segmentation_upload input[type=file]")
    chooser.wait_for(state="attached")
    while True:
        file = FilePayload(name="picture.jpg", mimeType="image/jpeg", buffer=new_photograph())
        yield partial(chooser.set_input_files, file)


def fetches(tab: Page) -> Acts:
    """Press “Fetch” without end. The address has another photograph each time."""
    tab.locator(".st-key-segmentation_source").get_by_text("Address", exact=True).click()
    address = tab.locator(".st-key-segmentation_address input")
    with photographs() as url:
        address.fill(url)
        address.press("Enter")
        while True:
            tab.wait_for_timeout(1000 * FETCH_EVERY)
            yield tab.locator(".st-key-segmentation_fetch_address button").click


def new_photograph() -> bytes:
    """Return a JPEG that has not been there before."""
    return photograph_file(random.Random())


@contextmanager
def photographs() -> Iterator[str]:
    """Serve a new photograph for each request; give the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = new_photograph()
            self.send_response(200)
            self.send_header("Content-Type", "image/jpeg")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Write no line for each request."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as web:
        Thread(target=web.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{web.server_port}/photograph.jpg"
        finally:
            web.shutdown()


STEPPING = "text=/Running · step [1-9]/"


def trainings(tab: Page, button: str) -> Acts:
    """Press one button of a training without end.

    Each time, a training is first brought to where the button can be pressed. The last one is
    stopped.
    """

    def press(name: str) -> None:
        tab.locator(f".st-key-training_{name} button").click()

    def stop() -> None:
        if tab.locator(".st-key-training_stop button:enabled").count():
            press("stop")
            tab.locator(".st-key-training_stop button:disabled").wait_for(timeout=PATIENCE)

    try:
        while True:
            stop()
            if button != "go":
                press("go")
                tab.locator(STEPPING).wait_for(timeout=PATIENCE)
            yield partial(press, button)
    finally:
        stop()


class Interaction(NamedTuple):
    """Something that a visitor does on a page.

    Attributes
    ----------
    path : str
        The page, a key of `PAGES`.
    acts : callable
        Yields it again and again, for a tab that shows the page.
    query : str
        Of the page's address.
    until : str
        What the page shows when it is over, if the page does not come to rest.

    """

    path: str
    acts: Callable[[Page], Acts]
    query: str = ""
    until: str = ""


KERNELS, UPSAMPLING = "pages/kernels.py", "pages/upsampling.py"
SEGMENTATION, TRAINING = "pages/segmentation.py", "pages/training.py"
STREET = "?segmentation_network=Built-in+FCN"  # an older name that all versions understand

INTERACTIONS = {
    "Kernels: drag a sample": Interaction(KERNELS, drags),
    "Kernels: another kernel": Interaction(
        KERNELS, lambda tab: choices(tab, "kernels_kernel", "Catmull-Rom", "Bilinear")
    ),
    "Kernels: another frequency": Interaction(KERNELS, frequencies),
    "Upsampling: factor 3 to 4 and back": Interaction(
        UPSAMPLING, lambda tab: keys(handle(tab, "upsampling_factor"), *SIDES)
    ),
    "Upsampling: factor to 32 and back": Interaction(
        UPSAMPLING, lambda tab: keys(handle(tab, "upsampling_factor"), "End", "Home")
    ),
    "Upsampling: a break": Interaction(
        UPSAMPLING,
        lambda tab: choices(tab, "upsampling_break", "repeat the edge", "flip the kernel"),
    ),
    "Transposed convolution: 1-D to 2-D and back": Interaction(
        "pages/transposed_convolution.py", shapes
    ),
    "Segmentation: another photograph": Interaction(
        SEGMENTATION, lambda tab: choices(tab, "segmentation_sample", "Cup of coffee", "Cat")
    ),
    "Segmentation: upload": Interaction(SEGMENTATION, uploads),
    "Segmentation: address": Interaction(SEGMENTATION, fetches),
    "Segmentation: pixel": Interaction(SEGMENTATION, pixels),
    "Segmentation: another street": Interaction(SEGMENTATION, streets, STREET),
    "Segmentation: head": Interaction(
        SEGMENTATION, lambda tab: choices(tab, "segmentation_head", "FCN-32s", "FCN-8s"), STREET
    ),
    "Training: another street": Interaction(
        TRAINING, lambda tab: keys(handle(tab, "training_street"), *SIDES)
    ),
    "Training: start, until the first step": Interaction(
        TRAINING, partial(trainings, button="go"), until=STEPPING
    ),
    "Training: pause": Interaction(TRAINING, partial(trainings, button="pause")),
    "Training: stop": Interaction(TRAINING, partial(trainings, button="stop")),
}


def interact(app: App, asked: Interaction) -> Cost:
    """Return the median cost of an interaction."""
    with app.tab() as (tab, traffic):
        open_page(tab, app.address, asked.path, asked.query)
        tab.wait_for_timeout(1000 * QUIET)
        costs: list[Cost] = []
        with closing(asked.acts(tab)) as acts:
            for act in islice(acts, TIMES + 1):
                longest = LONGEST if costs else FIRST_LONGEST
                cost = measure(app, tab, traffic, act, until=asked.until, longest=longest)
                costs.append(cost)
    return _median(costs[1:])


def view(app: App, path: str) -> Cost:
    """Return the median cost of a page for a visitor whom the server knows nothing of yet."""
    start = KERNELS if path == "app.py" else "app.py"
    costs: list[Cost] = []
    menu = "[data-testid=stSidebar] a"
    for _ in range(TIMES + 1):
        with app.tab() as (tab, traffic):
            open_page(tab, app.address, start)
            tab.wait_for_timeout(1000 * QUIET)
            wanted = "" if path == "app.py" else f'[href*="{Path(path).stem}"]'
            link = tab.locator(f"{menu}{wanted}").first
            longest = LONGEST if costs else FIRST_LONGEST
            costs.append(measure(app, tab, traffic, link.click, longest=longest))
    return _median(costs[1:])


def start(folder: Path, chromium: Browser) -> Cost:
    """Return what it costs a fresh process to show Home, in a browser that has no files of it.

    The last change is the pictures'. The time does not include Python's start.
    """
    with running(folder, chromium) as app, app.tab() as (tab, traffic):
        processor, started = app.processor(), time.monotonic()
        tab.goto(app.address)
        tab.locator("[data-testid=stMain] h1").wait_for(timeout=PATIENCE)
        first = time.monotonic() - started
        tab.locator(HOME_PICTURES).wait_for(timeout=PATIENCE)
        last = time.monotonic() - started
        return Cost(first, last, traffic.sent, app.processor() - processor)


def _median(costs: Iterable[Cost]) -> Cost:
    return Cost(*(statistics.median(values) for values in zip(*costs, strict=True)))


def line(name: str, costs: Sequence[Cost | None], limits: Cost) -> str:
    """Return a line of a table: costs of an earlier version, if it was measured, and of this one.

    Limits that are infinite are not stated.
    """
    *earlier, now = costs
    if now is None:
        cells, verdict = ["not measured"] + [""] * 3, "**fails**"
    else:
        before = earlier[0] if earlier and earlier[0] else None
        olds = _figures(before) if before else [None] * 4
        cells = [pair(*both) for both in zip(olds, _figures(now), strict=True)]
        pairs = zip(("first", "last", "sent", "processor"), now, limits, strict=True)
        broken = [which for which, value, most in pairs if value > most]
        verdict = f"**fails**: {', '.join(broken)}" if broken else "holds"
    return f"| {name} | {' | '.join(cells)} | {verdict} |"


def _figures(cost: Cost) -> list[str]:
    kilobytes = f"{cost.sent / 1000:,.0f} kB"
    return [f"{cost.first:.2f} s", f"{cost.last:.2f} s", kilobytes, f"{cost.processor:.2f} s"]


NONE = float("inf")


def lines(folders: Sequence[Path]) -> Iterator[str]:
    """Measure the versions of the app in `folders`, of which this one is the last, in turn.

    Yields
    ------
    line : str
        Of three Markdown tables.

    """
    # For the server of photographs on this machine.
    os.environ[LOCAL_SWITCH] = "1"
    with sync_playwright() as playwright, ExitStack() as opened:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        opened.callback(chromium.close)
        with ExitStack() as servers:
            apps = [servers.enter_context(running(folder, chromium)) for folder in folders]
            yield from _head("interaction", "first change")
            limits = Cost(FIRST, LAST, SENT, NONE)
            for name, asked in INTERACTIONS.items():
                yield line(name, [_try(name, app, interact, asked) for app in apps], limits)
            yield ""
            yield from _head("choice in the menu", "heading")
            limits = Cost(FIRST, LAST, SENT, COST)
            for path, page in PAGES.items():
                yield line(page.title, [_try(page.title, app, view, path) for app in apps], limits)
        yield ""
        yield from _head("fresh process", "heading")
        rounds = [[start(folder, chromium) for folder in folders] for _ in range(TIMES)]
        costs = [_median(of_one) for of_one in zip(*rounds, strict=True)]
        yield line("Home", costs, Cost(NONE, OPENED, NONE, NONE))


def _head(what: str, first: str) -> tuple[str, str]:
    return f"| {what} | {first} | last change | sent | processor | |", "|---|---|---|---|---|---|"


def _try(name: str, app: App, costs: Callable[..., Cost], asked: object) -> Cost | None:
    """Measure; return None if this version of the app has no such control or page."""
    try:
        return costs(app, asked)
    except (Error, TimeoutError) as error:
        reason = str(error).partition("\n")[0]
        print(f"{name}, {app.folder}: {reason}", file=sys.stderr)
        return None


def main() -> None:
    """Print all tables."""
    for each in lines(versions()):
        print(each, flush=True)


if __name__ == "__main__":
    main()
