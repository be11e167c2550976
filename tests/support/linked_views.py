"""Helpers that open the four linked views in headless Chromium and compute the linked cells.

The links follow from the definition alone: input i and weight t contribute to the output
o = s i + t - p along every axis.
"""

import itertools
import re
from typing import NamedTuple

from playwright.sync_api import TimeoutError as TimedOut

from support.live_app import PATIENCE, watch

KEY = "transposed_convolution_views"
LINKED = ".four-views[data-linked]"  # other figures of the page show one of the views
ROLES = ("input", "kernel", "output")


class Sizes(NamedTuple):
    """Sizes of a setting; a 2-D setting has the same sizes along both axes."""

    dimensions: int
    size: int
    kernel: int
    stride: int
    padding: int

    @property
    def output(self):
        return self.stride * (self.size - 1) + self.kernel - 2 * self.padding

    @property
    def spread(self):
        return self.output + self.kernel - 1

    def address(self, **more):
        name = "cells" if self.dimensions == 1 else "side"
        query = {
            "shape": f"{self.dimensions}-D",
            name: self.size,
            "kernel": self.kernel,
            "stride": self.stride,
            "padding": self.padding,
            **more,
        }
        return "&".join(f"{KEY}_{key}={value}" for key, value in query.items())

    def meetings(self):
        """Yield the (input, weight, output) of every term; a cut-off output is None."""
        for cell in itertools.product(range(self.size), repeat=self.dimensions):
            for tap in itertools.product(range(self.kernel), repeat=self.dimensions):
                out = [self.stride * i + t - self.padding for i, t in zip(cell, tap, strict=True)]
                kept = all(0 <= o < self.output for o in out)
                yield (
                    flat(cell, self.size),
                    flat(tap, self.kernel),
                    flat(out, self.output) if kept else None,
                )


ROW = Sizes(1, 4, 4, 2, 1)
SQUARE = Sizes(2, 3, 3, 2, 1)


def flat(indices, side):
    """Return the row-by-row index of a cell in an array with `side` cells along every axis."""
    position = 0
    for index in indices:
        position = position * side + index
    return position


def partners(sizes, role, place):
    """Return the inputs, weights and outputs that share a term with a cell."""
    column = ROLES.index(role)
    met = [meeting for meeting in sizes.meetings() if meeting[column] == place]
    inputs, taps, outputs = (set(column) - {None} for column in zip(*met, strict=True))
    return {"input": inputs, "kernel": taps, "output": outputs}


class Tabs:
    """Opens settings in tabs. Tabs that many tests use are kept, because a page takes seconds.

    `faults` collects the errors in the consoles of all tabs and their requests to other hosts.
    """

    def __init__(self, browser, address):
        self.browser, self.address = browser, address
        self.kept, self.faults, self.contexts = {}, [], []

    def open(self, sizes, width=1280, more="", **options):
        context = self.browser.new_context(viewport={"width": width, "height": 900}, **options)
        tab = context.new_page()
        self.contexts.append(context)
        watch(tab, self.faults)
        tab.goto(f"{self.address}?{sizes.address()}{more}")
        fold = tab.locator(f".st-key-{KEY}_linked summary")
        fold.click(timeout=PATIENCE)
        tab.wait_for_selector(f"{LINKED} .cell", timeout=PATIENCE)
        return tab

    def keep(self, sizes, width=1280):
        """Return the tab of a setting in the state of a newly opened tab."""
        if sizes not in self.kept:
            self.kept[sizes] = self.open(sizes, width)
        tab = self.kept[sizes]
        tab.set_viewport_size({"width": width, "height": 900})
        tab.keyboard.press("Escape")
        tab.mouse.move(2, 2)
        if tab.locator(f"{LINKED} .unpin").is_visible():
            tab.locator(f"{LINKED} .unpin").click()
        for order in ("output", "input"):
            step_over(tab, order)
        choose_matrix(tab, "CT")
        return tab

    def close(self):
        for context in self.contexts:
            context.close()


def step_over(tab, order):
    tab.locator(f"{LINKED} .order label:has([value={order}])").click()


def cell(tab, view, name):
    return tab.locator(f'{LINKED} [data-view={view}] [data-cell="{name}"]').first


def point(tab, view, name):
    """Scroll to a cell, point at it and wait until it is highlighted.

    A browser sends no event when a page moves under a resting pointer, so a cell that moves just
    after it was pointed at is pointed at again.
    """
    for attempts_left in reversed(range(5)):
        target = cell(tab, view, name)
        target.scroll_into_view_if_needed()
        tab.mouse.move(2, 2)
        target.hover()
        try:
            tab.wait_for_selector(f'{LINKED}[data-focus="{name}"]', timeout=2_000)
            return
        except TimedOut:
            if not attempts_left:
                raise


def highlighted(tab, view):
    """Return the highlighted cells of a view by role; they are selected for screen readers too."""
    names = tab.eval_on_selector_all(
        f"{LINKED} [data-view={view}] [role=gridcell][aria-selected=true]",
        "cells => cells.map(cell => [cell.dataset.cell, cell.dataset.highlight])",
    )
    cells = {}
    for name, kind in names:
        assert kind in ("self", "partner")
        role, place = name.split(":")
        cells.setdefault(role, set()).add(int(place))
    return cells


def expect_everywhere(tab, sizes, role, place):
    """Check that all views highlight the partners of one cell and no other cell."""
    expected = partners(sizes, role, place)
    for view in ("scatter", "gather", "matrix"):
        cells = highlighted(tab, view)
        for other in ("input", "output") if view == "matrix" else ROLES:
            assert cells.get(other, set()) == expected[other], (view, other, role, place)
    met = [meeting for meeting in sizes.meetings() if meeting[ROLES.index(role)] == place]
    kept = [(i, o) for i, _, o in met if o is not None]
    assert entries(tab, sizes) == set(kept)
    chips = tab.locator(f"{LINKED} [data-view=formula] .product[data-highlight]")
    assert chips.count() == len(met)
    return expected


def entries(tab, sizes):
    """Return the highlighted matrix entries as pairs of input and output, from their labels."""
    labels = tab.eval_on_selector_all(
        f"{LINKED} [data-view=matrix] [aria-label^=matrix][aria-selected=true]",
        "cells => cells.map(cell => cell.getAttribute('aria-label'))",
    )
    pairs = set()
    for label in labels:
        places = re.fullmatch(r"matrix y\[([\d,]+)\], x\[([\d,]+)\]: .*", label).groups()
        output, row = ([int(index) for index in place.split(",")] for place in places)
        pairs.add((flat(row, sizes.size), flat(output, sizes.output)))
    return pairs


def choose_matrix(tab, which):
    tab.locator(f"{LINKED} .which label", has_text=re.compile(f"^{which}$")).click()


def outputs(tab, view="scatter"):
    return tab.locator(f"{LINKED} [data-view={view}] .cell[data-cell^='output:']").all_inner_texts()


def focus_of(tab):
    return tab.locator(LINKED).get_attribute("data-focus")
