"""Every page in a fresh process in another folder: complete after one run, without TensorFlow."""

import pytest

from fcnlib.ui.page import PAGES
from benchmarks.cold import SHOWN, opening

pytestmark = pytest.mark.slow
LIMIT = 180  # seconds, so that a busy machine passes too; `python -m benchmarks.cold` has 3


def test_every_page_is_listed():
    assert set(SHOWN) == set(PAGES)


@pytest.mark.parametrize("page", SHOWN)
def test_a_page_is_complete_after_its_first_run(page):
    opened = opening(page, LIMIT)
    assert opened.errors == ()
    assert opened.missing == ()
    assert not opened.has_tensorflow
