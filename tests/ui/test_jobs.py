"""Jobs of a page: earlier results stay on it until new ones are there."""

import threading

from streamlit.testing.v1 import AppTest

from fcnlib.jobs import Jobs
from fcnlib.ui import jobs


def page():
    import streamlit as st

    from fcnlib.ui.jobs import on_opening

    key = st.session_state["asked"]
    st.text(on_opening("inference", "test_job", key=key, work=lambda _: f"result of {key}"))


def test_the_page_is_held_only_if_there_are_results_to_keep(monkeypatch):
    held = []
    monkeypatch.setattr(jobs, "served", lambda: True)
    monkeypatch.setattr(jobs, "_hold", lambda _, job: held.append(job.key))
    app = AppTest.from_function(page, default_timeout=60)
    for key in ("first", "first", "second"):
        app.session_state["asked"] = key
        app.run()
        app.session_state["test_job"].wait(60)
    assert held == ["second"]
    assert app.run().text[0].value == "result of second"


def test_a_held_page_waits_for_the_end_but_not_for_ever(monkeypatch):
    queue, finish = Jobs("test_hold"), threading.Event()
    job = queue.submit("key", lambda _: finish.wait(60), "visitor")
    monkeypatch.setattr(jobs, "HOLD", 0.05)
    jobs._hold(queue, job)
    assert job.active
    monkeypatch.setattr(jobs, "HOLD", 60)
    threading.Timer(0.2, finish.set).start()
    jobs._hold(queue, job)
    assert job.state == "done"
