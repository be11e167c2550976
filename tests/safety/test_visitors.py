"""What pages of a public host limit, hide and log."""

import io
import json
import logging
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest
from support.crafted_pictures import corners, file_of
from support.failures import picture_error
from support.hosted import small_host
from support.servers import Server, answer

from fcnlib import checkpoints, jobs
from fcnlib.errors import PictureError
from fcnlib.images.urls import parse
from fcnlib.ui import hosting, pictures
from fcnlib.ui import jobs as page_jobs

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.usefixtures("inline")


@pytest.fixture
def hosted(monkeypatch):
    monkeypatch.setitem(hosting._state, "in_force", True)


@pytest.fixture
def site(monkeypatch):
    """Serve a picture on this machine, where pages may fetch it."""
    monkeypatch.setenv("FCNLIB_ALLOW_LOCAL_PICTURES", "1")
    with Server({"/a.png?token=s3cret": answer(file_of(corners(64, 48)))}) as server:
        pictures._decoded.clear()
        yield server
    page_jobs.queue.clear()


@pytest.fixture
def log():
    """Collect the lines that a public host logs."""
    stream = io.StringIO()
    handler, logger = logging.StreamHandler(stream), logging.getLogger("fcnlib")
    handler.setFormatter(hosting.Lines())
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield stream
    logger.setLevel(level)
    logger.removeHandler(handler)


def address_script():
    import streamlit as st

    from fcnlib.ui import pictures

    picture = pictures.from_address("own")
    if picture is not None:
        st.code(str(picture.image.shape))


def weights_script():
    from fcnlib.errors import EngineError, WeightsError
    from fcnlib.ui.layout import show_error
    from fcnlib.ui.segmentation import weights

    weights.ready("own", "Meanwhile.")
    show_error(WeightsError("disk_full", "No space in /srv/private/cache."))
    show_error(EngineError("cluster_away", "The cluster at 10.1.2.3:8000 does not answer."))


def fetch(app):
    app.button(key="own_fetch_address").click().run()
    return [text.value for text in app.text]


@pytest.mark.parametrize("override", ["\u202d", "\u202e"])
@pytest.mark.parametrize(
    "url", ["{}http://img.test/a.png", "http://img.test/a.png{}", "http:/{}/b"]
)
def test_f1_overrides_of_the_direction_are_refused(url, override):
    with picture_error("bad_address", f"U+{ord(override):04X}"):
        parse(url.format(override))


def test_f19_the_sixth_fetch_within_ten_seconds_is_not_sent(site, monkeypatch):
    clock = [1000.0]
    monkeypatch.setattr(page_jobs.time, "monotonic", lambda: clock[0])
    app = AppTest.from_function(address_script, default_timeout=30).run()
    app.text_input(key="own_address").set_value(site.url("/a.png?token=s3cret")).run()
    for number in range(pictures.FETCHES):
        fetch(app)
        app.session_state["own_fetched"].wait(20)
        clock[0] += 1
        assert len(site.heads) == number + 1
    assert any("Slow down" in text and "5 s" in text for text in fetch(app))
    assert len(site.heads) == pictures.FETCHES
    clock[0] += 5.1  # the first of the five is more than ten seconds ago
    fetch(app)
    app.session_state["own_fetched"].wait(20)
    assert len(site.heads) == pictures.FETCHES + 1


def test_f19_other_visitors_may_fetch_meanwhile(site):
    for _ in range(2):
        app = AppTest.from_function(address_script, default_timeout=30).run()
        app.text_input(key="own_address").set_value(site.url("/a.png?token=s3cret")).run()
        for _ in range(3):
            fetch(app)
            app.session_state["own_fetched"].wait(20)
    assert len(site.heads) == 6


def test_a_clock_that_jumps_changes_nothing(site, monkeypatch, log):
    jumps = iter([4e9, 1.0, 2e9, 3.0])
    clock = SimpleNamespace(time=lambda: next(jumps), monotonic=time.monotonic)
    monkeypatch.setattr(pictures, "time", clock)  # AppTest itself does not bear it
    app = AppTest.from_function(address_script, default_timeout=30).run()
    app.text_input(key="own_address").set_value(site.url("/a.png?token=s3cret")).run()
    for number in range(4):
        fetch(app)
        assert app.session_state["own_fetched"].wait(20)
        assert len(site.heads) == number + 1
        assert 0 <= app.session_state["own_fetched"].seconds < 20
    assert app.run().code[0].value == "(48, 64, 3)"
    assert all(0 <= json.loads(x).get("seconds", 0) < 20 for x in log.getvalue().splitlines())


def test_o11_the_log_has_what_an_operator_needs_and_no_address(site, log):
    app = AppTest.from_function(address_script, default_timeout=30).run()
    for path in ("/a.png?token=s3cret", "/missing?token=s3cret"):
        app.text_input(key="own_address").set_value(site.url(path)).run()
        fetch(app)
        app.session_state["own_fetched"].wait(20)
        app.run()
    text = log.getvalue()
    assert "s3cret" not in text
    assert "127.0.0.1" not in text
    lines = [json.loads(line) for line in text.splitlines()]
    for event, codes in (("fetch", ["ok", "bad_status"]), ("decode", ["ok"])):
        found = [line for line in lines if line["event"] == event]
        assert [line["code"] for line in found] == codes
        assert all(set(line) >= {"sha256", "format", "bytes", "seconds"} for line in found)
        assert found[0]["format"] == "PNG"
        assert found[0]["sha256"] == pictures.images.digest(file_of(corners(64, 48)))
    ended = [line for line in lines if line["event"] == "job"]
    assert [(line["queue"], line["code"], line["waiting"]) for line in ended] == [
        ("fetch", "done", 0),
        ("fetch", "bad_status", 0),
    ]


def test_o11_a_text_from_outside_stays_in_its_line(log):
    try:
        raise PictureError("bad_image", "one\r\ntwo\u2028three")
    except PictureError:
        logging.getLogger("fcnlib.x").exception("a\nb", extra={"fields": {"name": "c\r\nd\x1b"}})
    (line,) = log.getvalue().splitlines()
    assert line.isascii()
    assert json.loads(line)["name"] == "c\r\nd\x1b"


def test_o12_messages_name_no_folder_of_the_server(hosted, log, monkeypatch, tmp_path):
    monkeypatch.setenv("FCNLIB_CACHE_DIR", str(tmp_path))
    monkeypatch.delenv("FCNLIB_VGG_CHECKPOINT", raising=False)
    assert str(tmp_path) in str(checkpoints.missing())
    app = AppTest.from_function(weights_script, default_timeout=30).run()
    assert not app.exception
    seen = "\n".join(
        str(element.value) for kind in (app.text, app.markdown, app.code) for element in kind
    )
    assert "not on this machine" in seen
    assert "(disk_full)" in seen
    assert "(cluster_away)" in seen
    for hidden in (str(tmp_path), "FCNLIB_", "/srv/private", "10.1.2.3"):
        assert hidden not in seen
    assert "/srv/private/cache" in log.getvalue()


def test_o12_the_owner_of_a_machine_sees_the_complete_message(monkeypatch, tmp_path):
    monkeypatch.setenv("FCNLIB_CACHE_DIR", str(tmp_path))
    monkeypatch.delenv("FCNLIB_VGG_CHECKPOINT", raising=False)
    app = AppTest.from_function(weights_script, default_timeout=30).run()
    assert any(str(tmp_path) in text.value for text in app.text)


def test_a_page_refuses_to_run_without_the_limits_that_were_asked_for(monkeypatch):
    monkeypatch.setenv("FCNLIB_HOSTED", "1")
    app = AppTest.from_file(str(ROOT / "pages/words.py"), default_timeout=30).run()
    assert "hosted.py" in app.error[0].value
    assert not app.title
    monkeypatch.setitem(hosting._state, "in_force", True)
    assert not app.run().error


def test_l4_the_health_check_names_a_queue_whose_job_is_silent(monkeypatch):
    release, running = threading.Event(), threading.Event()

    def hang(report):
        running.set()
        release.wait(20)

    queue = jobs.Jobs("inference")
    job = queue.submit("hang", hang, "visitor")
    assert running.wait(10)
    assert hosting.stuck() == []
    monkeypatch.setitem(hosting.SILENCE, "inference", 0.0)
    assert hosting.stuck() == ["inference"]
    release.set()
    assert job.wait(10)
    assert hosting.stuck() == []


def test_an_operator_can_ask_for_figures_and_for_frames_of_another_site(tmp_path):
    embedder = "https://school.test"
    with small_host(tmp_path, FCNLIB_METRICS="1", FCNLIB_EMBEDDERS=embedder) as server:
        server.get("/", Host="evil.test")
        with server.connect():
            status, headers, text = server.get("/_stcore/metrics")
        cookie = server.get("/_stcore/health")[1]["Set-Cookie"]
    assert headers["Content-Security-Policy"].endswith(f"frame-ancestors 'self' {embedder}")
    assert cookie.endswith("SameSite=None; Secure")
    assert status == 200
    figures = dict(line.rsplit(b" ", 1) for line in text.splitlines())
    assert figures[b"fcnlib_websockets"] == b"1"
    assert figures[b'fcnlib_refused_total{reason="host"}'] == b"1"
    assert int(figures[b"fcnlib_resident_bytes"]) > 10e6
