"""What has the keyboard's focus, in headless Chromium: its ring, its place, and where it goes."""

import pytest
from support.live_app import PATIENCE, open_page

from fcnlib.ui.page import PAGES

pytestmark = pytest.mark.browser
SMALL = {"width": 320, "height": 256}  # a window of 1280 × 1024 at 400 %
KEY = """() => document.activeElement.closest('[class*="st-key-"]')?.className
    .match(/st-key-(\\S+)/)[1]"""


def has_focus(tab, key):
    """Wait until an element with this key has the focus."""
    tab.wait_for_function(f"key => ({KEY})() === key", arg=key, timeout=PATIENCE)


def test_the_track_of_a_switch_has_the_ring(tab, app_address):
    open_page(tab, f"{app_address}/kernels")
    tab.locator(".st-key-kernels_samples_more summary").focus()
    tab.keyboard.press("Enter")
    tab.locator("[role=switch]").first.wait_for(state="attached")
    for _ in range(30):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.role === 'switch'"):
            break
    width = """getComputedStyle(document.querySelector(
        "[role=switch]:focus-visible").parentElement.nextElementSibling).outlineWidth"""
    assert tab.evaluate(width) == "3px"


def test_the_header_covers_nothing_that_gets_the_focus(tab, app_address):
    tab.set_viewport_size(SMALL)
    open_page(tab, f"{app_address}/kernels")
    header = tab.evaluate(
        "document.querySelector('[data-testid=stHeader]').getBoundingClientRect().bottom"
    )
    tab.locator(".st-key-print_page button").last.focus()
    tops = []
    for _ in range(20):
        tab.keyboard.press("Shift+Tab")
        tops.append(tab.evaluate("document.activeElement.getBoundingClientRect().top"))
    assert min(tops) >= header


def test_the_closed_menu_is_not_in_the_tab_order(tab, app_address):
    tab.set_viewport_size(SMALL)
    open_page(tab, f"{app_address}/kernels")
    links = tab.locator("[data-testid=stSidebar] a")
    tab.locator("[data-testid=stExpandSidebarButton]").press("Enter")
    links.first.wait_for()
    assert links.count() == len(PAGES)
    tab.locator("[data-testid=stSidebarCollapseButton] button").press("Enter")
    links.first.wait_for(state="hidden")


def test_keys_stay_in_a_menu_that_covers_the_page_until_escape_closes_it(tab, app_address):
    tab.set_viewport_size(SMALL)
    open_page(tab, f"{app_address}/kernels")
    focused = "name => document.activeElement.matches(name)"
    tab.locator("[data-testid=stExpandSidebarButton]").press("Enter")
    close = "[data-testid=stSidebarCollapseButton] button"
    tab.wait_for_function(focused, arg=close, timeout=PATIENCE)
    tab.keyboard.press("Shift+Tab")
    assert tab.evaluate(focused, "[data-testid=stSidebar] a")
    tab.keyboard.press("Tab")
    assert tab.evaluate(focused, close)
    tab.keyboard.press("Tab")
    tab.keyboard.press("Escape")
    opening = "[data-testid=stExpandSidebarButton]"
    tab.wait_for_function(focused, arg=opening, timeout=PATIENCE)


@pytest.mark.parametrize("key", ["save_py", "save_ipynb"])
def test_a_file_that_is_made_when_it_is_asked_for_keeps_the_focus(key, tab, app_address):
    tab.set_viewport_size(SMALL)
    open_page(tab, f"{app_address}/kernels")
    with tab.expect_download(timeout=PATIENCE):
        tab.locator(f".st-key-{key} button").last.press("Enter")
    has_focus(tab, key)


def test_a_training_passes_the_focus_from_button_to_button(tab, app_address):
    open_page(tab, f"{app_address}/training?training_steps=400")
    tab.locator(".st-key-training_go button").press("Enter")
    for key in ("training_pause", "training_resume", "training_pause"):
        has_focus(tab, key)
        tab.keyboard.press("Enter")
    has_focus(tab, "training_resume")
    tab.keyboard.press("Tab")
    has_focus(tab, "training_stop")
    tab.keyboard.press("Enter")
    has_focus(tab, "training_go")


def test_a_page_that_was_chosen_in_the_menu_begins_at_its_heading(tab, app_address):
    open_page(tab, f"{app_address}/kernels")
    for path in ("pages/memory.py", "pages/network.py"):
        page = PAGES[path]
        tab.locator("[data-testid=stSidebar] a", has_text=page.title).press("Enter")
        tab.wait_for_function(
            "text => document.activeElement.matches('h1')"
            " && document.activeElement.textContent.includes(text)",
            arg=page.question,
            timeout=PATIENCE,
        )


def test_the_tab_key_leads_from_the_gather_view_into_its_formula(tab, app_address):
    open_page(tab, f"{app_address}/transposed_convolution")
    step = tab.locator(".st-key-step_transposed_convolution_collect")
    cell = step.locator("[data-view=gather] [data-cell='input:0']").first
    cell.focus()
    cell.press("Enter")
    tab.keyboard.press("Tab")
    assert step.locator("[data-view=formula] :focus").count() == 1


def in_popover(tab):
    return tab.evaluate("!!document.activeElement.closest('[data-testid=stPopoverBody]')")


def open_popover(tab, key):
    """Open a popover by the keyboard and go into it."""
    tab.locator(f".st-key-{key} button").press("Enter")
    # It is placed before it is shown.
    tab.locator("[data-testid=stPopoverBody]").wait_for()
    tab.locator(f".st-key-{key} [aria-expanded=true]").wait_for()
    tab.keyboard.press("Tab")
    assert in_popover(tab)


def test_the_tab_key_leads_into_a_popover_of_controls_and_back(tab, app_address):
    open_page(tab, f"{app_address}/segmentation")
    open_popover(tab, "segmentation_more")
    tab.keyboard.press("Shift+Tab")
    has_focus(tab, "segmentation_more")
    for _ in range(10):
        tab.keyboard.press("Tab")
        if not in_popover(tab):
            break
    assert not in_popover(tab)
    tab.locator(".st-key-segmentation_more button").focus()
    tab.keyboard.press("Tab")
    tab.keyboard.press("Escape")
    tab.locator("[data-testid=stPopoverBody]").wait_for(state="detached")
    has_focus(tab, "segmentation_more")


def test_keys_scroll_a_popover_of_text(tab, app_address):
    open_page(tab, f"{app_address}/network")
    open_popover(tab, "words")
    tab.keyboard.press("PageDown")
    tab.wait_for_function("document.querySelector('[data-testid=stPopoverBody]').scrollTop > 100")
    tab.keyboard.press("Tab")
    assert not in_popover(tab)


def test_a_tablet_has_a_narrow_menu_beside_the_page(tab, app_address):
    tab.set_viewport_size({"width": 820, "height": 1000})
    open_page(tab, f"{app_address}/kernels")
    width = "document.querySelector('[data-testid=stSidebar]').getBoundingClientRect().width"
    tab.wait_for_function(f"{width} === 13 * 16", timeout=PATIENCE)
