"""Links to a page that is already open, in headless Chromium: each control follows the address.

`AppTest` cannot show this, because it sends the values of all controls with every run.
"""

import pytest
from support.live_app import PATIENCE, open_page

pytestmark = pytest.mark.browser

STEP, BOARD = "transposed_convolution_step", "transposed_convolution_board"


def follow(tab, label):
    tab.get_by_role("link", name=label).click()


def shows(tab, **values):
    """Wait until each control, given by its key, shows its value."""
    for key, value in values.items():
        tab.wait_for_function(
            "([key, value]) => document.querySelector(`.st-key-${key} input`)?.value === value",
            arg=[key, value],
            timeout=PATIENCE,
        )


def test_sliders_return_to_what_they_were_at_first_and_back_and_forward_walk(tab, app_address):
    open_page(
        tab, f"{app_address}/why_a_layer?{STEP}_rate=1.2&{STEP}_at=50&why_a_layer_learned=show"
    )
    shows(tab, **{f"{STEP}_rate": "1.2", f"{STEP}_at": "50"})
    too_high, early = "Let the kernel learn with a rate", "Look at the kernel after 10"
    states = [("3", "200"), ("0.5", "10")]
    for label, (rate, at) in zip((too_high, early), states, strict=True):
        follow(tab, label)
        shows(tab, **{f"{STEP}_rate": rate, f"{STEP}_at": at})
    for walk, (rate, at) in ((tab.go_back, states[0]), (tab.go_forward, states[1])):
        walk()
        shows(tab, **{f"{STEP}_rate": rate, f"{STEP}_at": at})


@pytest.mark.parametrize(
    ("query", "label", "controls"),
    [
        (
            "training?training_kernels=random, learned&training_steps=100",
            "Train FCN-32s with a learning rate",
            {
                "training_steps": ("100", "200"),
                "training_kernels": ("random, learned", "bilinear, learned"),
            },
        ),
        (
            "kernels?kernels_rate=15&kernels_signal=step",
            "Let Catmull-Rom overshoot a step",
            {"kernels_rate": ("15", "10")},
        ),
        (
            f"transposed_convolution?{BOARD}_flat=show&{BOARD}_stride=5&{BOARD}_size=8",
            "Find a checkerboard on a photograph",
            {f"{BOARD}_stride": ("5", "2"), f"{BOARD}_size": ("8", "3")},
        ),
    ],
)
def test_a_link_resets_what_it_does_not_change(tab, app_address, query, label, controls):
    open_page(tab, f"{app_address}/{query}")
    shows(tab, **{key: before for key, (before, _) in controls.items()})
    follow(tab, label)
    shows(tab, **{key: after for key, (_, after) in controls.items()})


@pytest.mark.parametrize(
    ("query", "setting", "said"),
    [
        ("kernels?kernels_alias=show", "kernels_wave=7.5", "alias of 2.5 Hz"),
        ("network", "network_layer=conv5_3", "conv5_3: 48 × 64 cells"),
    ],
)
def test_a_part_that_runs_alone_is_found_again_as_it_was_left(
    tab, app_address, query, setting, said
):
    open_page(tab, f"{app_address}/{query}")
    key = setting.partition("=")[0]
    tab.locator(f".st-key-{key} :is(input, [role=slider])").first.press("ArrowLeft")
    tab.get_by_text(said).wait_for(timeout=PATIENCE)
    menu = tab.locator("[data-testid=stSidebar]")
    menu.get_by_role("link", name="Words").click()
    tab.get_by_role("heading", name="What does this word mean?").wait_for(timeout=PATIENCE)
    menu.get_by_role("link", name=query.partition("?")[0]).click()
    tab.get_by_text(said).wait_for(timeout=PATIENCE)
    assert setting in tab.url
