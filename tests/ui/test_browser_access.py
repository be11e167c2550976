"""Every page under axe-core in both themes and widths, its figures' descriptions, and its reflow.

Each page is opened once and then shown in each theme and width. ``python -m benchmarks.access``
also measures what is in folds and behind questions, which takes minutes.
"""

import pytest

from fcnlib.ui.page import PAGES
from benchmarks import access

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def tab(browser):
    """Give one tab for all pages."""
    tab = access.new_tab(browser)
    yield tab
    tab.close()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_accessible_in_both_themes_and_widths(tab, app_address, path):
    tab.set_viewport_size({"width": access.WIDTHS[0], "height": access.HEIGHT})
    tab.emulate_media(color_scheme="light")
    access.open_page(tab, app_address, path)
    # Rules that are not about colors ask for what no theme changes.
    for theme, rules in (("light", ()), ("dark", access.COLOR_RULES)):
        for width in access.WIDTHS:
            access.show(tab, width, theme)
            assert access.judge(tab, rules) == [], f"{width} px, {theme}"
    assert access.without_description(tab) == []
    assert access.broken_headings(tab) == []
    access.show(tab, access.REFLOW, "dark")
    assert access.beyond_the_edge(tab) <= 0


def test_the_check_finds_faults(tab, app_address):
    access.open_page(tab, app_address, "pages/words.py")
    tab.evaluate(
        """document.querySelector('[data-testid=stMain] h1').insertAdjacentHTML('afterend',
        '<h4>Too deep</h4><p style="color: #ccc; background: #fff">Pale</p><img src="data:,">' +
        '<div class="st-key-x"><div data-testid="stPlotlyChart"></div></div>' +
        '<div style="width: 2000px">Wide</div>')"""
    )
    assert {finding.rule for finding in access.judge(tab)} >= {"image-alt", "color-contrast"}
    assert access.broken_headings(tab) == ["Too deep"]
    assert access.without_description(tab) == ["st-key-x"]
    assert access.beyond_the_edge(tab) > 0
