"""Every page opens through the app, and the Kernels page in a fresh interpreter elsewhere."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from fcnlib.ui.page import PAGES
from fcnlib.ui import jobs
from fcnlib.ui.segmentation.run import JOB

ROOT = Path(__file__).parents[2]
FILES = ["app.py", *(path.relative_to(ROOT).as_posix() for path in ROOT.glob("pages/*.py"))]
ALONE = """
import sys
from streamlit.testing.v1 import AppTest

app = AppTest.from_file(sys.argv[1]).run()
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
    assert [title.value for title in app.title] == [PAGES[page].title]
    app.switch_page("app.py").run()
    assert not app.exception


def test_the_kernels_page_opens_alone_from_elsewhere(tmp_path):
    """Within AppTest's own 3 seconds. The other pages are in `test_cold_pages`."""
    subprocess.run(
        [sys.executable, "-c", ALONE, str(ROOT / "pages/kernels.py")],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": ""},
        check=True,
        timeout=180,
    )


@pytest.fixture
def own_queues():
    yield
    jobs.queue.clear()


def home():
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    assert not app.exception
    return app


def charts(app):
    return [chart.key for chart in app.get("plotly_chart")]


def test_home_lists_the_versions_and_links_every_page():
    app = home()
    text = " ".join(element.value for element in [*app.markdown, *app.caption])
    for page in list(PAGES.values())[1:]:
        assert page.question in text
    assert "VGG-16 weights" in text
    assert "tensorflow 2." in text


def test_home_shows_a_photograph_through_deeplab(own_queues):
    app = home()
    assert charts(app) == ["home_picture", "home_coarse", "home_full"]
    assert any("49 cells" in chart.proto.spec for chart in app.get("plotly_chart"))
    assert any("cat 77%" in text.value for text in app.markdown)


def test_home_is_complete_while_its_maps_are_computed(own_queues, monkeypatch):
    monkeypatch.setattr(jobs, "served", lambda: True)
    finish = threading.Event()
    jobs.queue("inference").submit("before", lambda report: finish.wait(60), "somebody else")
    app = home()
    assert charts(app) == ["home_picture"]
    assert app.get("progress")
    assert app.subheader[-1].value == "This machine"
    finish.set()
    assert app.session_state[JOB].wait(120)
    assert charts(app.run()) == ["home_picture", "home_coarse", "home_full"]


def test_the_source_shown_is_the_source_that_ran():
    assert any("def resized_argmax(" in block.value for block in home().code)
