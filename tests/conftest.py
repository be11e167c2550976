"""Fixtures that several test modules share, and the mark of tests that need full-size weights."""

import pytest
from support.full_size import full_size_archive, full_size_checkpoint
from support.live_app import app_address, browser, tab

from fcnlib import engine

__all__ = ["app_address", "browser", "full_size_archive", "full_size_checkpoint", "tab"]


@pytest.fixture
def inline(monkeypatch):
    """Let the app compute in this process, where a test can replace functions and variables."""
    import fcnlib.ui.page  # noqa: F401 - its import chooses the app's engine

    monkeypatch.setattr(engine, "_current", engine.Inline())


def pytest_collection_modifyitems(items):
    """Mark what needs a checkpoint of full size, which takes half a minute and a gigabyte."""
    for item in items:
        if {"full_size_archive", "full_size_checkpoint"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)
