"""The Segmentation page with a cluster that is away: what it says, and this machine instead."""

import socket
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from fcnlib import engine
from fcnlib.errors import BusyError
from fcnlib.ui import jobs
from fcnlib.ui.segmentation import run

PAGE = str(Path(__file__).parents[2] / "pages/segmentation.py")
INSTEAD = f"{run.HERE}_run"


@pytest.fixture
def cluster(monkeypatch):
    """Make a cluster, at an address where nothing listens, the engine of this process."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    monkeypatch.setenv("FCNLIB_ENGINE", "ray")
    monkeypatch.setenv("FCNLIB_RAY_URL", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("FCNLIB_RAY_SECRET", "a secret of the tests")
    monkeypatch.setattr(engine, "_current", engine.Ray())
    monkeypatch.setattr(run, "_RESULTS", type(run._RESULTS)())
    jobs.queue.clear()
    yield port
    engine.current().close()
    jobs.queue.clear()


def opened():
    app = AppTest.from_file(PAGE, default_timeout=120).run()
    assert not app.exception
    return app


def keys(app):
    return {button.key for button in app.button}


def maps(app):
    return [chart for chart in app.get("plotly_chart") if "segmentation_1" in chart.proto.id]


def test_a_cluster_that_is_away_is_named_and_this_machine_is_offered(cluster):
    app = opened()
    assert f"127.0.0.1:{cluster}" in " ".join(text.value for text in app.text)
    assert {INSTEAD, "segmentation_job_again"} <= keys(app)
    assert not maps(app)
    app.button(key=INSTEAD).click().run()
    assert not app.exception
    assert INSTEAD not in keys(app)
    assert maps(app)


def test_another_visitor_still_asks_the_cluster(cluster):
    opened().button(key=INSTEAD).click().run()
    run._RESULTS.clear()
    assert INSTEAD in keys(opened())


@pytest.mark.parametrize(("code", "offered"), [("busy", True), ("too_large", False)])
def test_this_machine_is_offered_only_where_it_helps(cluster, monkeypatch, code, offered):
    def refuse(*_, **__):
        raise BusyError(code, "Why.")

    monkeypatch.setattr(engine.current(), "run", refuse)
    assert (INSTEAD in keys(opened())) == offered


def test_without_a_cluster_nothing_is_offered(inline, monkeypatch):
    def refuse(*_, **__):
        raise BusyError("busy", "Why.")

    monkeypatch.setattr(run.engine, "run", refuse)
    monkeypatch.setattr(run, "_RESULTS", {})
    jobs.queue.clear()
    app = opened()
    assert "segmentation_job_again" in keys(app)
    assert INSTEAD not in keys(app)
    jobs.queue.clear()
