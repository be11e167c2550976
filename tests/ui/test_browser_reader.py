"""Teacher's mode, the printed handout and the menu, in headless Chromium."""

import pytest
from support.live_app import PATIENCE, open_page

pytestmark = pytest.mark.browser
PARTS = """() => {
    const all = [...document.querySelectorAll('[class*="st-key-step_"]')];
    return all.filter((part) => part.getClientRects().length).map((part) =>
        [...part.classList].find((name) => name.startsWith("st-key-step_")));
}"""


def shows(tab, name):
    """Wait until exactly the part `name` is visible."""
    tab.wait_for_function(
        f"name => JSON.stringify(({PARTS})()) === JSON.stringify([name])", arg=name
    )


def test_the_arrow_keys_show_one_part_after_another(tab, app_address):
    open_page(tab, f"{app_address}/kernels")
    names = tab.evaluate(PARTS)
    assert len(names) >= 5
    assert tab.locator("[data-testid=stSidebar]").is_visible()
    open_page(tab, f"{app_address}/kernels?present=1")
    shows(tab, names[0])
    assert not tab.locator("[data-testid=stSidebar]").is_visible()
    for name in names[1:]:
        tab.keyboard.press("ArrowRight")
        shows(tab, name)
    tab.keyboard.press("ArrowRight")
    shows(tab, names[-1])
    tab.keyboard.press("ArrowLeft")
    shows(tab, names[-2])


def test_teachers_mode_is_left_by_a_link_at_the_end(tab, app_address):
    open_page(tab, f"{app_address}/kernels?present=1")
    tab.wait_for_function(f"() => ({PARTS})().length === 1")
    while "end" not in tab.evaluate(PARTS)[0]:
        before = tab.evaluate(PARTS)
        tab.keyboard.press("ArrowRight")
        tab.wait_for_function(f"before => ({PARTS})()[0] !== before", arg=before[0])
    tab.get_by_role("link", name="Leave teacher's mode").click()
    tab.wait_for_function(f"() => ({PARTS})().length > 1", timeout=PATIENCE)
    assert tab.locator("[data-testid=stSidebar]").is_visible()


def test_teachers_mode_counts_its_steps_and_escape_ends_it(tab, app_address):
    label = "() => getComputedStyle(document.body, '::after').content"
    open_page(tab, f"{app_address}/kernels")
    count = len(tab.evaluate(PARTS))
    assert tab.evaluate(label) == "none"
    open_page(tab, f"{app_address}/kernels?present=1")
    tab.wait_for_function(f"start => ({label})().startsWith(start)", arg=f'"1 / {count} ')
    tab.keyboard.press("ArrowRight")
    tab.wait_for_function(f"start => ({label})().startsWith(start)", arg=f'"2 / {count} ')
    tab.keyboard.press("Escape")
    tab.wait_for_function(f"count => ({PARTS})().length === count", arg=count, timeout=PATIENCE)
    assert tab.evaluate(label) == "none"
    assert tab.locator("[data-testid=stSidebar]").is_visible()


def test_an_arrow_key_still_moves_a_slider(tab, app_address):
    open_page(tab, f"{app_address}/kernels?present=1")
    tab.wait_for_function(f"() => ({PARTS})().length === 1")
    slider = tab.locator(".st-key-step_kernels_readings [data-testid=stSlider] input")
    for _ in range(5):  # it is in the fifth step
        tab.keyboard.press("ArrowRight")
    shows(tab, "st-key-step_kernels_readings")
    value = slider.input_value()
    slider.focus()
    tab.keyboard.press("ArrowRight")
    tab.wait_for_function(
        "([slider, value]) => slider.value !== value",
        arg=[slider.element_handle(), value],
    )
    shows(tab, "st-key-step_kernels_readings")


def test_a_handout_has_the_questions_without_answers_and_no_controls(tab, app_address):
    question = "[class*=st-key-kernels_][class*=_question]"
    open_page(tab, f"{app_address}/kernels")
    tab.locator(question).first.get_by_text("Just show me").click()
    tab.locator("[class*=_answer]").first.wait_for(timeout=PATIENCE)
    tab.emulate_media(media="print")
    assert not tab.locator("[class*=_answer]").first.is_visible()
    assert tab.locator(question).first.is_visible()
    assert not tab.locator("[data-testid=stSidebar]").is_visible()
    assert not tab.locator(".stButton:visible, .stExpander:visible").count()
    assert len(tab.pdf()) > 20_000


@pytest.mark.parametrize(
    ("page", "key"),
    [
        ("transposed_convolution", "transposed_convolution_back"),
        ("transposed_convolution", "transposed_convolution_board_flat"),
        ("why_a_layer", "why_a_layer_stop"),
        ("kernels", "kernels_alias"),
    ],
)
def test_a_prediction_is_answered_also_where_only_a_part_of_the_page_runs(
    tab, app_address, page, key
):
    open_page(tab, f"{app_address}/{page}")
    tab.locator(f".st-key-{key} button").first.click()
    tab.locator(f".st-key-{key}_answer").wait_for(timeout=PATIENCE)
    tab.wait_for_selector("[data-testid=stStatusWidget]", state="detached", timeout=PATIENCE)
    assert tab.locator("[data-testid=stException]").count() == 0
    tab.get_by_text("of 1 results").wait_for(timeout=PATIENCE)


def test_a_link_to_the_same_page_scrolls_to_the_step_that_it_changes(tab, app_address):
    top = """() => document.querySelector(".st-key-step_kernels_samples")
        .getBoundingClientRect().top"""
    open_page(tab, f"{app_address}/kernels")
    link = tab.get_by_role("link", name="Let Catmull-Rom overshoot a step")
    for _ in range(2):  # the same link also leads there again
        # The step is kept in view for seconds, or until the visitor acts.
        tab.mouse.move(640, 450)
        tab.mouse.wheel(0, 300)
        link.scroll_into_view_if_needed()
        tab.wait_for_function(f"() => ({top})() < 0")
        link.click()
        tab.wait_for_function(f"() => ({top})() > 0 && ({top})() < 100", timeout=PATIENCE)
    tab.get_by_text("With Catmull-Rom, moving a dot").wait_for(timeout=PATIENCE)
    assert "step=" not in tab.url.replace("signal=step", "")
    # What the visitor does ends it.
    tab.mouse.move(640, 450)
    tab.mouse.wheel(0, 600)
    tab.wait_for_function(f"() => ({top})() < -300")
    tab.wait_for_timeout(500)
    assert tab.evaluate(top) < -300


def test_the_button_prints(tab, app_address):
    tab.add_init_script("window.print = () => { window.printed = true; }")
    open_page(tab, f"{app_address}/kernels")
    tab.locator(".st-key-print_page button").first.click()
    tab.wait_for_function("window.printed === true")


def test_the_menu_closes_on_a_phone_and_marks_opened_pages(browser, app_address):
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    tab = context.new_page()
    open_page(tab, f"{app_address}/kernels")
    tab.locator("[data-testid=stExpandSidebarButton]").click()
    tab.locator("[data-testid=stSidebar]").get_by_role("link", name="Words").click()
    tab.get_by_role("heading", level=1, name="What does this word mean?").wait_for(timeout=PATIENCE)
    tab.wait_for_function(
        "() => document.querySelector('[data-testid=stSidebar]').getBoundingClientRect().right <= 0"
    )
    tab.locator("[data-testid=stExpandSidebarButton]").click()
    marked = tab.locator(
        "[data-testid=stSidebar] a:has([data-testid=stIconMaterial]:text('check'))"
    )
    assert marked.count() == 1
    context.close()
