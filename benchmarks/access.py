"""Accessibility of every page: axe-core's findings by page, theme and width.

``python -m benchmarks.access [FOLDER]`` prints the tables of ``docs/accessibility.md``, and each
finding on standard error. FOLDER has an earlier version of the app; its numbers are before an
arrow. Needs Chromium and the packages of ``requirements-dev.txt``.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, sync_playwright

from fcnlib.ui.page import PAGES
from benchmarks.measure import pair, versions
from benchmarks.visitor import server

CHROMIUM = "/usr/bin/chromium"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")

THEMES = ("light", "dark")
WIDTHS = (1280, 390)
HEIGHT = 900
REFLOW = 320
"""Width in px of a window of 1280 px at a zoom of 400 %."""

FINGER = 44  # px
DRAWING = 150  # ms
REDRAWING = 1000  # ms; a new theme draws every figure again
PATIENCE = 180_000  # ms; TensorFlow is loaded before the first answer
JUDGED = ("moderate", "serious", "critical")
"""The impacts that no page may have."""

EXCEPTIONS = {
    ("scrollable-region-focusable", "[data-testid=stTable] > *"): (
        "A wide table of st.table scrolls in an element of Streamlit, which cannot be given a "
        "tab index from outside. Chromium and Firefox let the Tab key reach it."
    ),
}
"""Why a finding does not count, by its rule and a selector of the element."""

EXTRA_RULES = ("label-content-name-mismatch", "target-size")
"""Rules that axe-core does not run by default: a name that lacks the text, a target below 24 px."""

COLOR_RULES = ("color-contrast", "link-in-text-block")
"""Rules whose answer depends on the theme."""

# The text has the color of the theme later than the page.
_THEME = """(() => {
  const colors = ["color", "backgroundColor"].map(name => getComputedStyle(
    document.querySelector(name === "color" ? "h1" : ".stApp"))[name]);
  const [text, page] = colors.map(color => Number(color.match(/[0-9]+/)[0]));
  return text < 128 && page > 128 ? "light" : text > 128 && page < 128 ? "dark" : "changing";
})()"""

_MATCHES = "(element, selector) => element.matches(selector)"

# Elements that can be pressed, those of the components included. Links in sentences may be small,
# and so may what is beside a heading, which a finger cannot reach: it shows under a pointer only.
_SMALL = """([most]) => {
  const found = root => [...root.querySelectorAll("*")].flatMap(element => [
    ...(element.shadowRoot ? found(element.shadowRoot) : []),
    ...(element.matches("button, summary, select, [role=slider], [data-testid=stPageLink-NavLink]")
      ? [element] : [])]);
  const side = (element, length, ends) => {
    const after = getComputedStyle(element, "::after");
    if (after.content === "none") return length;
    return length + ends.reduce((sum, end) => sum + Math.max(0, -parseFloat(after[end]) || 0), 0);
  };
  return found(document.querySelector("[data-testid=stMain]")).filter(element => {
    const { width, height } = element.getBoundingClientRect();
    const wide = side(element, width, ["left", "right"]);
    const high = side(element, height, ["top", "bottom"]);
    return width && Math.min(wide, high) < most;
  }).map(element => `${element.tagName.toLowerCase()} ${element.ariaLabel || element.innerText}`);
}"""


class Finding(NamedTuple):
    """A rule of axe-core that an element breaks.

    Attributes
    ----------
    rule : str
        Such as ``color-contrast``.
    impact : str
        ``minor`` or one of `JUDGED`.
    selector : str
        Where the element is, as a CSS selector.
    reason : str
        What is wrong, with the measured values.

    """

    rule: str
    impact: str
    selector: str
    reason: str


def findings(tab: Page, rules: tuple[str, ...] = ()) -> list[Finding]:
    """Run axe-core on the page as it is now, with all of its rules or with some."""
    if not tab.evaluate("Boolean(window.axe)"):
        tab.evaluate(AXE_SCRIPT)
    more = {rule: {"enabled": True} for rule in EXTRA_RULES}
    # Without the elements that pass, the answer is small.
    options: dict[str, Any] = {"resultTypes": ["violations"], "iframes": False, "rules": more}
    if rules:
        options |= {"runOnly": {"type": "rule", "values": list(rules)}}
        del options["rules"]
    broken = tab.evaluate("options => axe.run(options)", options)["violations"]
    return [
        Finding(rule["id"], node["impact"], _selector(node["target"]), node["failureSummary"])
        for rule in broken
        for node in rule["nodes"]
    ]


def judge(tab: Page, rules: tuple[str, ...] = ()) -> list[Finding]:
    """Return the findings that count: at least moderate, and not one of the exceptions."""
    return [
        finding
        for finding in findings(tab, rules)
        if finding.impact in JUDGED
        and not any(
            finding.rule == rule and tab.locator(finding.selector).evaluate(_MATCHES, where)
            for rule, where in EXCEPTIONS
        )
    ]


def _selector(target: list[str | list[str]]) -> str:
    """Join the selectors of an element; those of one in a shadow tree are a list."""
    return " ".join(part if isinstance(part, str) else " >> ".join(part) for part in target)


def new_tab(browser: Browser) -> Page:
    """Open a tab without motion, so that a change of theme or width is complete at once."""
    size = {"width": WIDTHS[0], "height": HEIGHT}
    return browser.new_page(viewport=size, reduced_motion="reduce")  # type: ignore[arg-type]


def open_page(tab: Page, address: str, path: str, query: str = "") -> None:
    """Open the page at `path`, a key of `PAGES`, of any version, and wait until it is complete."""
    tab.goto(f"{address}/{'' if path == 'app.py' else Path(path).stem}{query}")
    tab.locator("[data-testid=stMain] h1").wait_for(timeout=PATIENCE)
    settle(tab)


def show(tab: Page, width: int, theme: str) -> None:
    """Show the page in a window of this width that is as high as the page, in one of `THEMES`.

    What has been scrolled out of view, axe-core does not judge.
    """
    if tab.evaluate(_THEME) != theme:
        tab.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        tab.wait_for_function(f"{_THEME} === '{theme}'", timeout=PATIENCE)
        tab.wait_for_timeout(REDRAWING)
    tab.set_viewport_size({"width": width, "height": HEIGHT})
    tab.wait_for_timeout(DRAWING)
    height = tab.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    tab.set_viewport_size({"width": width, "height": height})
    tab.wait_for_timeout(DRAWING)


def settle(tab: Page) -> None:
    """Wait until no script runs and everything is drawn."""
    idle = "document.querySelector('[data-test-script-state=notRunning]')"
    tab.wait_for_timeout(DRAWING)  # until a click has started the script
    tab.wait_for_function(idle, timeout=PATIENCE)
    tab.wait_for_timeout(DRAWING)


def open_all(tab: Page) -> None:
    """Open every fold and show the answer of every question, including those in folds."""
    unanswered = "[class*=_question]:not(:has([aria-checked=true]))"
    for wanted in (
        "details:not([open]) > summary",
        f"{unanswered} button:has-text('Just show me')",
        "details:not([open]) > summary",
    ):
        while (closed := tab.locator(wanted)).count():
            # From the last, because what is open no longer counts.
            for one in reversed(closed.all()):
                one.click()
            settle(tab)


def without_description(tab: Page) -> list[str]:
    """Return the classes of the figures whose text alternative is missing or has no number."""
    charts = tab.locator("[data-testid=stPlotlyChart]")
    return charts.evaluate_all(
        "charts => charts.filter(chart => !/[0-9]/.test(chart.ariaLabel))"
        ".map(chart => chart.closest('[class*=st-key]').className)"
    )


def broken_headings(tab: Page) -> list[str]:
    """Return the headings that are more than one level below the one before."""
    levels = tab.locator(":is(h1, h2, h3, h4, h5, h6)").evaluate_all(
        "found => found.filter(heading => heading.getClientRects().length)"
        ".map(heading => [Number(heading.tagName[1]), heading.innerText])"
    )
    before = [0, *(level for level, _ in levels)]
    return [text for (level, text), last in zip(levels, before, strict=False) if level > last + 1]


def beyond_the_edge(tab: Page) -> int:
    """Return how many px the page is wider than its window."""
    main = "document.querySelector('[data-testid=stMain]')"
    return tab.evaluate(f"{main}.scrollWidth - {main}.clientWidth")


def small_targets(tab: Page) -> list[str]:
    """Return the controls on which a finger has less than `FINGER` px in a direction."""
    return tab.evaluate(_SMALL, [FINGER])


def lines(folders: Sequence[Path]) -> Iterator[str]:
    """Measure every page of the versions in `folders`, of which this one is the last.

    Yields
    ------
    line : str
        Of two Markdown tables: of the pages as they open, and with everything open.

    """
    views = [f"{width} px, {theme}" for theme in THEMES for width in WIDTHS]
    more = ["figures without numbers", f"px beyond {REFLOW} px", f"targets below {FINGER} px"]
    with sync_playwright() as playwright, ExitStack() as opened:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        opened.callback(browser.close)
        addresses = []
        for folder in folders:
            cache = Path(opened.enter_context(tempfile.TemporaryDirectory()))
            address, _ = opened.enter_context(server(folder, cache))
            addresses.append(f"http://{address}")
        for everything in (False, True):
            yield f"{'With everything open' if everything else 'As they open'}:"
            yield ""
            yield f"| page | {' | '.join([*views, *more])} | |"
            yield f"|---{'|---' * (len(views) + len(more) + 1)}|"
            for path, page in PAGES.items():
                counts = [
                    _counts(browser, address, path, everything=everything)
                    if (folder / path).exists()
                    else [None] * (len(views) + len(more))
                    for folder, address in zip(folders, addresses, strict=True)
                ]
                cells = [pair(*figures) for figures in zip(*counts, strict=True)]
                verdict = (
                    "**fails**"
                    if any(count not in ("0", None) for count in counts[-1])
                    else "holds"
                )
                yield f"| {page.title} | {' | '.join(cells)} | {verdict} |"
            yield ""


def _counts(browser: Browser, address: str, path: str, *, everything: bool) -> list[str]:
    """Return the counts of a page in the order of the table."""
    tab = new_tab(browser)
    open_page(tab, address, path)
    if everything:
        open_all(tab)
    counts = []
    for theme in THEMES:
        for width in WIDTHS:
            show(tab, width, theme)
            counts.append(_count(tab, f"{address}, {path}, {width} px, {theme}"))
    counts.append(len(without_description(tab)))
    show(tab, REFLOW, THEMES[0])
    counts.append(beyond_the_edge(tab))
    show(tab, WIDTHS[-1], THEMES[0])
    counts.append(len(small_targets(tab)))
    tab.close()
    return [str(count) for count in counts]


def _count(tab: Page, where: str) -> int:
    """Return the number of findings, and write what they are to standard error."""
    found = judge(tab)
    for (rule, reason), count in Counter((each.rule, each.reason) for each in found).items():
        print(f"{where}: {count} × {rule}: {reason}", file=sys.stderr)
    return len(found)


def main() -> None:
    """Print both tables."""
    for line in lines(versions()):
        print(line, flush=True)


if __name__ == "__main__":
    main()
