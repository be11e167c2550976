"""Every page under axe-core in both themes and widths, its figures' descriptions, and its reflow.

Each page is opened once, with its folds and answers open, and then shown in each theme and width.
"""

import pytest
from benchmarks import access

from fcnlib.ui.page import PAGES

pytestmark = pytest.mark.browser

EXCEPTIONS: dict[tuple[str, str], str] = {}
"""Why a finding is allowed, by its rule and the end of its selector."""


@pytest.fixture(scope="module")
def tab(browser):
    """Give one tab for all pages."""
    tab = browser.new_page(viewport={"width": access.WIDTHS[0], "height": access.HEIGHT})
    yield tab
    tab.close()


def judged(tab, rules=()):
    """Return the findings that count, as text."""
    return [
        f"{finding.rule} at {finding.selector}: {finding.reason}"
        for finding in access.findings(tab, rules)
        if finding.impact in access.JUDGED
        and not any(
            finding.rule == rule and finding.selector.endswith(end) for rule, end in EXCEPTIONS
        )
    ]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_accessible_in_both_themes_and_widths(tab, app_address, path):
    tab.set_viewport_size({"width": access.WIDTHS[0], "height": access.HEIGHT})
    access.open_page(tab, app_address, path)
    access.open_all(tab)
    for width in access.WIDTHS:
        access.show(tab, width, "light")
        assert judged(tab) == [], f"{width} px, light"
        # All other rules ask for what no theme changes.
        access.show(tab, width, "dark")
        assert judged(tab, access.COLOR_RULES) == [], f"{width} px, dark"
    assert access.without_description(tab) == []
    assert access.broken_headings(tab) == []
    access.show(tab, access.REFLOW, "light")
    assert access.beyond_the_edge(tab) <= 0


def test_the_check_finds_faults(tab, app_address):
    access.open_page(tab, app_address, "pages/words.py")
    tab.evaluate(
        """document.querySelector('[data-testid=stMain] h1').insertAdjacentHTML('afterend',
        '<h4>Too deep</h4><p style="color: #ccc">Pale</p><img src="data:,">' +
        '<div class="st-key-x"><div data-testid="stPlotlyChart"></div></div>' +
        '<div style="width: 2000px">Wide</div>')"""
    )
    assert {finding.rule for finding in access.findings(tab)} >= {"image-alt", "color-contrast"}
    assert access.broken_headings(tab) == ["Too deep"]
    assert access.without_description(tab) == ["st-key-x"]
    assert access.beyond_the_edge(tab) > 0
