"""Opens the four linked views in headless Chromium, and works out which cells must light up.

That follows from the definition alone: the input cell i and the weight t meet in the output
o = s i + t - p, along every axis.
"""

import itertools
import re
from typing import NamedTuple

from support.live_app import PATIENCE, watch

KEY = "transposed_convolution_views"
ROLES = ("input", "kernel", "output")


class Sizes(NamedTuple):
    """Of the setting that is asked for, the same along both axes of a square."""

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
        asked = {
            "shape": f"{self.dimensions}-D",
            name: self.size,
            "kernel": self.kernel,
            "stride": self.stride,
            "padding": self.padding,
            **more,
        }
        return "&".join(f"{KEY}_{key}={value}" for key, value in asked.items())

    def meetings(self):
        """Yield every input, weight and output that meet, counted row by row; cut ones as None."""
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


def flat(place, side):
    found = 0
    for index in place:
        found = found * side + index
    return found


def partners(sizes, role, place):
    """Return which inputs, weights and outputs have a part in a term with that cell."""
    column = ROLES.index(role)
    met = [meeting for meeting in sizes.meetings() if meeting[column] == place]
    inputs, taps, outputs = (set(column) - {None} for column in zip(*met, strict=True))
    return {"input": inputs, "kernel": taps, "output": outputs}


class Tabs:
    """Opens settings in tabs and keeps those that many tests look at; a page takes seconds.

    `faults` collects errors in the console and requests to other hosts, of all tabs.
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
        tab.wait_for_selector(".four-views .cell", timeout=PATIENCE)
        return tab

    def keep(self, sizes, width=1280):
        """Return the tab of a setting as it is when it has just been opened."""
        if sizes not in self.kept:
            self.kept[sizes] = self.open(sizes, width)
        tab = self.kept[sizes]
        tab.set_viewport_size({"width": width, "height": 900})
        tab.keyboard.press("Escape")
        tab.mouse.move(2, 2)
        if tab.locator(".unpin").is_visible():
            tab.locator(".unpin").click()
        for order in ("Fill outputs", "Paint inputs"):
            tab.locator(".order label", has_text=order).click()
        turn(tab, "CT")
        return tab

    def close(self):
        for context in self.contexts:
            context.close()


def cell(tab, view, name):
    return tab.locator(f'[data-view={view}] [data-cell="{name}"]').first


def point(tab, view, name):
    """Point at a cell, wherever the page has scrolled to, and wait until it is lit."""
    target = cell(tab, view, name)
    target.scroll_into_view_if_needed()
    tab.mouse.move(2, 2)
    target.hover()
    tab.wait_for_selector(f'.four-views[data-focus="{name}"]', timeout=10_000)


def lit(tab, view):
    """Return the cells that are lit in a view, by role, as an assistive device sees them too."""
    names = tab.eval_on_selector_all(
        f"[data-view={view}] [role=gridcell][aria-selected=true]",
        "cells => cells.map(cell => [cell.dataset.cell, cell.dataset.lit])",
    )
    found = {}
    for name, how in names:
        assert how in ("self", "partner")
        role, place = name.split(":")
        found.setdefault(role, set()).add(int(place))
    return found


def expect_everywhere(tab, sizes, role, place):
    """Check that all views show the partners of one cell, and no cell besides."""
    expected = partners(sizes, role, place)
    for view in ("scatter", "gather", "matrix"):
        found = lit(tab, view)
        for its in ("input", "output") if view == "matrix" else ROLES:
            assert found.get(its, set()) == expected[its], (view, its, role, place)
    met = [meeting for meeting in sizes.meetings() if meeting[ROLES.index(role)] == place]
    kept = [(i, o) for i, _, o in met if o is not None]
    assert entries(tab, sizes) == set(kept)
    chips = tab.locator("[data-view=formula] .product[data-lit]")
    assert chips.count() == len(met)
    return expected


def entries(tab, sizes):
    """Return the lit entries of the matrix as pairs of input and output, from their labels."""
    labels = tab.eval_on_selector_all(
        "[data-view=matrix] [aria-label^=matrix][aria-selected=true]",
        "cells => cells.map(cell => cell.getAttribute('aria-label'))",
    )
    found = set()
    for label in labels:
        output, row = re.fullmatch(r"matrix y\[([\d,]+)\], x\[([\d,]+)\]: .*", label).groups()
        found.add(
            (
                flat(map(int, row.split(",")), sizes.size),
                flat(map(int, output.split(",")), sizes.output),
            )
        )
    return found


def turn(tab, which):
    tab.locator(".which label", has_text=re.compile(f"^{which}$")).click()


def outputs(tab, view="scatter"):
    return tab.locator(f"[data-view={view}] .cell[data-cell^='output:']").all_inner_texts()


def focus_of(tab):
    return tab.locator(".four-views").get_attribute("data-focus")
