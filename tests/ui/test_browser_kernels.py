"""Samples dragged in headless Chromium: the curve follows at once and matches Python's."""

import re

import numpy as np
import pytest
from support.live_app import PATIENCE, watch

from fcnlib.kernels import KERNELS, normalized
from fcnlib.kernels.reconstruction import reconstruct
from fcnlib.kernels.signals import SIGNALS

pytestmark = pytest.mark.browser
# The path is rounded to 0.01 px. The plot is 216 px high and shows values from -1.6 to 1.6, or
# from 0.96 to 1.04 for a constant.
WIDE, NEAR_ONE = 3.2 / 216 * 0.006, 0.08 / 216 * 0.006
WIDE_ONLY = pytest.mark.parametrize("tab", [1280], indirect=True)


@pytest.fixture
def address(app_address):
    return f"{app_address}/kernels"


@pytest.fixture(params=[1280, 390])
def tab(browser, request):
    """Yield a tab, with touch if it is narrow. Check for faults when the test is done."""
    narrow = request.param < 700
    options = {"viewport": {"width": request.param, "height": 900}, "has_touch": narrow}
    context = browser.new_context(**options, color_scheme="dark" if narrow else "light")
    tab = context.new_page()
    faults = watch(tab)
    yield tab
    assert faults == []
    context.close()


def open_page(tab, address, **query):
    words = "&".join(f"kernels_{key}={value}" for key, value in query.items())
    tab.goto(f"{address}?{words}")
    tab.locator(".handle").first.wait_for(timeout=PATIENCE)
    settle(tab)


def settle(tab):
    tab.locator(".st-key-kernels_formula").wait_for(timeout=PATIENCE)
    tab.wait_for_selector("[data-testid=stStatusWidget]", state="detached", timeout=PATIENCE)


def browser_difference(tab):
    """Return the sentence that compares the browser's curve with Python's."""
    return tab.get_by_text("Your browser")


def samples(tab):
    handles = tab.locator(".handle").all()
    return [float(handle.get_attribute("aria-valuenow")) for handle in handles]


def curve(tab, low=-1.6, high=1.6):
    """Return the values of the drawn path: 216 px from `low` to `high`, 10 px from the top."""
    drawn = tab.locator("path.curve").get_attribute("d")
    heights = np.array([float(y) for y in re.findall(r"[ML]\S+ (\S+?)(?=L|$)", drawn)])
    return high - (heights - 10) / 216 * (high - low)


def expected(name, moved, points):
    """Return Python's curve for a step with moved samples."""
    kernel = normalized(KERNELS[name]) if name.startswith("lanczos") else KERNELS[name]
    return reconstruct(kernel, SIGNALS["step"], 2, rate=10, points=points, moved=moved).curve


def middle(handle):
    handle.scroll_into_view_if_needed()
    box = handle.locator(".dot").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.parametrize(("title", "name"), [("Bilinear", "triangle"), ("Lanczos 3", "lanczos3")])
def test_the_curve_follows_the_pointer_and_matches_python(tab, address, title, name):
    open_page(tab, address, kernel=title, signal="Step")
    before, start = curve(tab), samples(tab)
    x, y = middle(tab.locator(".handle").nth(3))
    tab.mouse.move(x, y)
    tab.mouse.down()
    tab.mouse.move(x, y - 40, steps=4)
    held = samples(tab)
    # 40 px are a change of 0.5. Samples are rounded to 0.01.
    assert held[3] == pytest.approx(start[3] + 40 / 216 * 3.2, abs=0.011)
    assert held[:3] + held[4:] == start[:3] + start[4:]
    drawn = curve(tab)
    assert np.abs(drawn - before).max() > 0.4
    np.testing.assert_allclose(drawn, expected(name, held, len(drawn)), atol=WIDE)
    assert browser_difference(tab).count() == 0  # nothing is sent while the sample is held
    tab.mouse.up()
    browser_difference(tab).wait_for(timeout=PATIENCE)
    difference = re.search(r"\d[\d.e-]*\d|\d", browser_difference(tab).inner_text())[0]
    assert float(difference) < 1e-13
    settle(tab)
    assert samples(tab) == held
    np.testing.assert_allclose(curve(tab), drawn)


@WIDE_ONLY
def test_keys_choose_and_move_samples_and_keep_the_focus(tab, address):
    open_page(tab, address, signal="Step")
    handle, next_handle = (tab.locator(".handle").nth(n) for n in (2, 3))
    assert handle.get_attribute("role") == "slider"
    assert "0.2 s" in handle.get_attribute("aria-label")
    limits = [handle.get_attribute(f"aria-value{end}") for end in ("min", "max")]
    assert limits == ["-1.2", "1.2"]
    handle.focus()
    for key, value in [
        *[("ArrowUp", 0.05), ("PageUp", 0.3), ("ArrowDown", 0.25)],
        *[("End", 1.2), ("ArrowUp", 1.2), ("Home", -1.2), ("PageDown", -1.2)],
    ]:
        tab.keyboard.press(key)
        assert samples(tab)[2] == pytest.approx(value)
    browser_difference(tab).wait_for(timeout=PATIENCE)
    settle(tab)
    assert focused(tab) == handle.get_attribute("aria-label")
    tab.keyboard.press("ArrowRight")
    assert focused(tab) == next_handle.get_attribute("aria-label")
    tab.keyboard.press("ArrowUp")
    assert samples(tab)[3] == pytest.approx(0.05)
    held = samples(tab)
    drawn = curve(tab)
    np.testing.assert_allclose(drawn, expected("triangle", held, len(drawn)), atol=WIDE)


def focused(tab):
    return tab.evaluate(
        "[...document.querySelectorAll('*')].map((e) => e.shadowRoot?.activeElement)"
        ".find(Boolean)?.getAttribute('aria-label')"
    )


@WIDE_ONLY
def test_buttons_level_and_reset_the_samples(tab, address):
    open_page(tab, address)
    start = samples(tab)
    tab.locator(".tools .level").click()
    assert samples(tab) == [0] * 11
    browser_difference(tab).wait_for(timeout=PATIENCE)
    tab.locator(".tools .reset").click()
    assert samples(tab) == start


@WIDE_ONLY
def test_raw_lanczos_ripples_on_a_constant_until_normalized(tab, address):
    open_page(tab, address, kernel="Lanczos 2", signal="Constant", normalize="false")
    tab.locator(".st-key-kernels_cut button").last.click()
    tab.get_by_text("1.0098").first.wait_for(timeout=PATIENCE)
    tab.locator(".plot").get_by_text("1.02", exact=True).wait_for(timeout=PATIENCE)
    settle(tab)
    drawn = curve(tab, low=0.96, high=1.04)
    raw = reconstruct(KERNELS["lanczos2"], SIGNALS["flat"], 2, 10, points=len(drawn)).curve
    np.testing.assert_allclose(drawn, raw, atol=NEAR_ONE)
    tab.locator(".st-key-kernels_truncation_more summary").click()
    tab.locator(".st-key-kernels_normalize label").click()
    tab.locator("strong", has_text="Raw weights").wait_for(state="detached", timeout=PATIENCE)
    settle(tab)
    np.testing.assert_allclose(curve(tab, low=0.96, high=1.04), 1, atol=NEAR_ONE)


@WIDE_ONLY
def test_another_kernel_keeps_the_moved_samples(tab, address):
    open_page(tab, address, signal="Step")
    tab.locator(".handle").nth(4).focus()
    tab.keyboard.press("End")
    browser_difference(tab).wait_for(timeout=PATIENCE)
    held = samples(tab)
    pills = tab.locator(".st-key-kernels_kernel")
    pills.get_by_role("radio", name="B-spline").or_(
        pills.get_by_role("button", name="B-spline")
    ).first.click()
    tab.locator(".plot[aria-label*=B-spline]").wait_for(timeout=PATIENCE)
    settle(tab)
    assert samples(tab) == held
    drawn = curve(tab)
    np.testing.assert_allclose(drawn, expected("b_spline", held, len(drawn)), atol=WIDE)


def test_a_finger_drags_a_sample(browser, address):
    """Touch events come from the browser's protocol, as from a phone."""
    context = browser.new_context(viewport={"width": 390, "height": 900}, has_touch=True)
    tab = context.new_page()
    open_page(tab, address, signal="Step")
    x, y = middle(tab.locator(".handle").nth(4))
    session = context.new_cdp_session(tab)

    def touch(kind, **position):
        points = [position] if position else []
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", x=x, y=y)
    for step in range(1, 6):
        touch("touchMove", x=x, y=y - 13.5 * step)
    touch("touchEnd")
    assert samples(tab)[4] == pytest.approx(1, abs=0.05)
    browser_difference(tab).wait_for(timeout=PATIENCE)
    context.close()


def test_page_fits_the_width(tab, address):
    open_page(tab, address, rate=24)
    tab.locator(".st-key-kernels_facts summary").click()
    tab.locator(".kernel-facts td").first.wait_for(timeout=PATIENCE)
    main = "document.querySelector('[data-testid=stMain]')"
    assert tab.evaluate(f"{main}.scrollWidth - {main}.clientWidth") <= 0
    width = tab.viewport_size["width"]
    for part in (".handle .dot", ".kernel-facts td", ".tools button", ".legend .key"):
        boxes = [element.bounding_box() for element in tab.locator(part).all()]
        assert boxes
        assert all(box["x"] >= 0 and box["x"] + box["width"] <= width for box in boxes), part


@WIDE_ONLY
def test_screen_readers_get_a_description(tab, address):
    open_page(tab, address, signal="Step")
    summary = tab.locator(".summary").inner_text()
    assert "Bilinear" in summary
    assert ", ".join("00000111111") in summary
    label = tab.locator(".plot").get_attribute("aria-label")
    assert "11 samples" in label
    assert "Bilinear" in label
