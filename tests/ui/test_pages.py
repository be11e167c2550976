"""Every page opens: through the app, and alone in a fresh interpreter elsewhere."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from fcnlib.ui.page import PAGES

ROOT = Path(__file__).parents[2]
FILES = ["app.py", *(path.relative_to(ROOT).as_posix() for path in ROOT.glob("pages/*.py"))]
ALONE = """
import sys
from streamlit.testing.v1 import AppTest

options = {} if sys.argv[2] == "default" else {"default_timeout": 120}
app = AppTest.from_file(sys.argv[1], **options).run()
assert not app.exception, app.exception
assert len(app.title) == 1
assert "tensorflow" not in sys.modules or sys.argv[2] != "default"
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


@pytest.mark.parametrize("page", FILES)
def test_a_page_opens_alone_from_elsewhere(page, tmp_path):
    """Home and Kernels within AppTest's own 3 seconds, and without TensorFlow."""
    limit = "default" if page in ("app.py", "pages/kernels.py") else "generous"
    subprocess.run(
        [sys.executable, "-c", ALONE, str(ROOT / page), limit],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": ""},
        check=True,
        timeout=180,
    )


def test_home_tells_what_is_ready_and_links_every_stop():
    app = AppTest.from_file(str(ROOT / "app.py")).run()
    text = " ".join(element.value for element in [*app.markdown, *app.caption])
    for page in list(PAGES.values())[1:]:
        assert page.question in text
    assert "VGG-16 weights" in text
    assert "tensorflow 2." in text


def test_the_source_shown_is_the_source_that_ran():
    app = AppTest.from_file(str(ROOT / "app.py")).run()
    assert any("def upsampled_argmax(factor: int" in block.value for block in app.code)
