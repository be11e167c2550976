"""Every page opens through the app, and the Kernels page in a fresh interpreter elsewhere."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from plotly.basedatatypes import BaseFigure
from streamlit.testing.v1 import AppTest

from fcnlib.ui.page import PAGES, STORY
from fcnlib.ui.story import GOAL

ROOT = Path(__file__).parents[2]
FILES = ["app.py", *(path.relative_to(ROOT).as_posix() for path in ROOT.glob("pages/*.py"))]
ALONE = """
import sys
from streamlit.testing.v1 import AppTest

app = AppTest.from_file(sys.argv[1], default_timeout=120).run()
assert not app.exception, app.exception
assert len(app.title) == 1
assert "tensorflow" not in sys.modules
"""


def test_the_menu_lists_every_page():
    assert set(PAGES) == set(FILES)


@pytest.mark.parametrize("page", FILES)
def test_a_page_opens_through_the_app(page):
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    if page != "app.py":
        app.switch_page(page).run()
    assert not app.exception
    assert [title.value for title in app.title] == [PAGES[page].question]
    app.switch_page("app.py").run()
    assert not app.exception


@pytest.mark.parametrize("page", FILES)
def test_a_page_that_is_shown_again_converts_no_figure_again(page, monkeypatch):
    converted = []
    original = BaseFigure.to_dict

    def to_dict(figure):
        converted.append(figure.layout.title.text)
        return original(figure)

    monkeypatch.setattr(BaseFigure, "to_dict", to_dict)
    for _ in range(2):
        converted.clear()
        AppTest.from_file(str(ROOT / page), default_timeout=120).run()
    assert not converted


def blocks(block):
    """Return the containers in a container, at any depth."""
    inside = [child for child in block.children.values() if hasattr(child, "children")]
    return inside + [deeper for child in inside for deeper in blocks(child)]


@pytest.mark.parametrize("page", STORY)
def test_what_to_try_on_the_same_page_leads_to_one_of_its_steps(page):
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    if page != "app.py":
        app.switch_page(page).run()
    own = "" if page == "app.py" else Path(page).stem
    asked = [
        parse_qs(link.proto.query_string)
        for link in app.get("page_link")
        if link.proto.page == own and link.proto.query_string
    ]
    tries = [state for state in asked if "present" not in state]
    assert tries
    keys = [getattr(block.proto, "id", "") for block in blocks(app._tree)]
    for state in tries:
        assert any(f"-step_{state[GOAL][0]}" in key for key in keys), state


def test_links_lead_back_to_the_settings_that_a_page_was_left_with():
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    app.switch_page("pages/upsampling.py")
    app.query_params["present"] = "0"
    app.query_params["upsampling_factor"] = "7"
    app.run()
    own = {link.proto.label: link for link in app.get("page_link")}
    for name, present in (("Upsampling", None), ("Teacher's mode", ["1"])):
        asked = parse_qs(own[name].proto.query_string)
        assert asked.pop("present", None) == present
        assert asked == ({} if name == "Upsampling" else {"upsampling_factor": ["7"]})
    app.switch_page("pages/kernels.py").run()
    back = [link.proto for link in app.get("page_link") if link.proto.page == "upsampling"]
    assert len(back) == 2  # in the menu, and as the next page
    for link in back:
        assert parse_qs(link.query_string) == {"upsampling_factor": ["7"]}


def test_the_kernels_page_opens_alone_from_elsewhere(tmp_path):
    """The other pages are in `test_cold_pages`, and `benchmarks.cold` has AppTest's own limit."""
    subprocess.run(
        [sys.executable, "-c", ALONE, str(ROOT / "pages/kernels.py")],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": ""},
        check=True,
        timeout=180,
    )
