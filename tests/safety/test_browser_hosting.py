"""The limits of a public host leave what a browser does in peace."""

import pytest
from support.hosted import ROOT, hosted, small_host
from support.live_app import PATIENCE, watch

pytestmark = pytest.mark.browser


@pytest.fixture
def tab(browser):
    tab = browser.new_page()
    tab.set_default_timeout(PATIENCE)
    yield tab
    tab.close()


def test_a_visitor_may_replace_a_file_as_often_as_they_like(tab, tmp_path):
    with small_host(tmp_path) as server:
        tab.goto(f"http://{server.address}")
        for number in range(25):
            file = {"name": f"{number}.png", "mimeType": "image/png", "buffer": bytes(1 << 20)}
            tab.locator("input[type=file]").set_input_files(file)
            tab.get_by_text(f"shown 1048576 {number}.png").wait_for()


def test_the_policy_allows_all_that_the_pages_load(tab, tmp_path):
    faults = watch(tab)
    variables = {"FCNLIB_CACHE_DIR": str(tmp_path), "FCNLIB_HOSTED": "1"}
    with hosted(ROOT, "hosted.py", tmp_path / "log.txt", **variables) as server:
        for page, shown in {"": "home_nearest", "segmentation": "segmentation_2_full"}.items():
            tab.goto(f"http://{server.address}/{page}")
            tab.locator(f".st-key-{shown}").wait_for()
    assert not [fault for fault in faults if "WebSocket" not in fault]
