"""The Numbers page: every fact at once, computed once for all, filtered, and never flattered."""

import re
import threading
import time
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from fcnlib.facts import FACTS, SECTIONS, TAKEN, Outcome
from fcnlib.facts.machine import machine, versions
from fcnlib.ui import jobs
from fcnlib.ui.numbers import checks, table

PAGE = str(Path(__file__).parents[2] / "pages/numbers.py")
SOON = 60  # seconds; a wait this long is a failure
QUICK = SECTIONS["Kernels"]


@pytest.fixture(autouse=True)
def fresh():
    """Let every test begin with nothing computed, and no job under way."""
    checks.outcomes.clear()
    jobs.queue.clear()
    yield
    job = jobs.queue("numbers").find(checks.JOB)
    assert job is None or job.wait(SOON)
    checks.outcomes.clear()
    jobs.queue.clear()


@pytest.fixture
def served(monkeypatch):
    """Have the page believe in a browser, with the kernels' facts to compute."""
    monkeypatch.setattr(checks, "served", lambda: True)
    monkeypatch.setattr(checks, "FACTS", QUICK)


def opened():
    app = AppTest.from_file(PAGE, default_timeout=30).run()
    assert not app.exception
    return app


def tables(app):
    return [unescape(block.proto.body) for block in app.get("html") if "<table" in block.proto.body]


def rows(app):
    """Return verdict, claim and figures of every row of the first table."""
    found = []
    for row in re.findall(r"<tr class=\"\w+\">.*?</tr>", tables(app)[0]):
        texts = [re.sub(r"<[^>]+>", " ", cell) for cell in re.findall(r"<td.*?</td>", row)]
        found.append([" ".join(text.split()) for text in texts])
    return found


def texts(app):
    return " ".join(element.value for element in [*app.markdown, *app.caption])


def finish(app):
    assert jobs.queue("numbers").find(checks.JOB).wait(SOON)
    return app.run()


def test_all_rows_stand_there_before_anything_is_computed():
    app = opened()
    assert len(rows(app)) == len(FACTS)
    assert {row[0] for row in rows(app)} == {"to come"}
    assert f"0 of {len(FACTS)} hold on this machine" in texts(app)
    for section, facts in SECTIONS.items():
        assert f"{section}: 0 of {len(facts)} hold" in tables(app)[0]
    whole = tables(app)[0]
    for fact in FACTS:
        assert fact.statement in whole
        assert fact.source in whole
        assert all(printed in whole for printed in fact.expected.values())


def test_under_test_nothing_is_computed_by_itself():
    opened()
    assert jobs.queue("numbers").find(checks.JOB) is None


def test_opening_the_page_computes_the_facts(served):
    app = finish(opened())
    assert f"{len(QUICK)} of {len(QUICK)} hold on this machine" in texts(app)
    verdicts = {row[1]: (row[0], row[2]) for row in rows(app)}
    said = next(value for claim, value in verdicts.items() if "H(0.25)" in claim)
    assert said[0] == "holds"
    assert "box .9003 → 0.90032 triangle .8106 → 0.81057" in said[1]
    assert not app.get("progress")


def test_progress_is_shown_while_rows_come_in(served, monkeypatch):
    hold = threading.Event()

    def slow():
        assert hold.wait(SOON)
        return QUICK[-1].compute()

    facts = (*QUICK[:-1], replace(QUICK[-1], compute=slow, seconds=9.0))
    monkeypatch.setattr(checks, "FACTS", facts)
    app = opened()
    limit = time.monotonic() + SOON
    while f"{len(facts) - 1} of {len(facts)} hold" not in texts(app):
        assert time.monotonic() < limit
        time.sleep(0.1)
        app.run()
    (bar,) = app.get("progress")
    assert bar.proto.text.startswith(f"Figure {len(facts)} of {len(facts)} · ")
    assert "to come" in {row[0] for row in rows(app)}
    hold.set()
    assert f"{len(facts)} of {len(facts)} hold" in texts(finish(app))


def test_the_next_visitor_finds_it_computed(served, monkeypatch):
    finish(opened())

    def fails(*_):
        raise AssertionError

    monkeypatch.setattr(checks, "check_all", fails)
    app = opened()
    assert f"{len(QUICK)} of {len(QUICK)} hold" in texts(app)
    assert not app.get("progress")


def test_a_wrong_figure_is_red_in_words_and_can_be_filtered(served, monkeypatch):
    wrong = replace(QUICK[0], expected=dict(QUICK[0].expected) | {"Mitchell": "3"})
    facts = (wrong, *QUICK[1:])
    monkeypatch.setattr(checks, "FACTS", facts)
    monkeypatch.setattr(checks, "SECTIONS", {"Kernels": facts})
    app = finish(opened())
    assert f"{len(QUICK) - 1} of {len(QUICK)} hold on this machine" in texts(app)
    (row,) = [row for row in rows(app) if row[0] == "differs"]
    assert "Mitchell 3 ≠ 2" in row[2]
    assert "box 0.5 → 0.5" in row[2]
    app.toggle(key="numbers_red").set_value(True).run()
    assert [row[0] for row in rows(app)] == ["differs"]


def test_what_failed_says_so():
    checks.outcomes()["support"] = Outcome(
        holds=False, error="Could not be computed: <b>no</b> luck."
    )
    app = opened()
    (row,) = [row for row in rows(app) if row[0] == "failed"]
    assert row[1].startswith("Support:")
    raw = next(block.proto.body for block in app.get("html") if "<table" in block.proto.body)
    assert "&lt;b&gt;no&lt;/b&gt; luck." in raw


def test_nothing_red_is_told():
    app = opened()
    app.toggle(key="numbers_red").set_value(True).run()
    assert "Nothing differs here." in texts(app)
    assert len(tables(app)) == 1  # what is taken from others has no verdict to filter by


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_can_be_chosen(section):
    app = opened()
    app.pills(key="numbers_section").set_value(section).run()
    assert not app.exception
    assert len(rows(app)) == len(SECTIONS[section])
    assert f"0 of {len(FACTS)} hold on this machine" in texts(app)
    assert app.selectbox[0].options == [fact.statement for fact in SECTIONS[section]]


def test_the_code_of_a_row_can_be_read():
    app = opened()
    app.selectbox[0].select_index(4).run()
    code = app.code[0].value
    assert code.startswith("@fact(")
    assert f"def {FACTS[4].name}() -> Measured:" in code


def test_what_is_taken_from_others_has_no_verdict():
    app = opened()
    taken = tables(app)[1]
    assert taken.count('<span class="pill">taken</span>') == sum(map(len, TAKEN.values()))
    assert "holds" not in taken
    assert "differs" not in taken
    for figure in ("63.6", "513,324,920", "71.5 %", "killed for memory"):
        assert figure in taken


def test_machine_and_versions_are_named(tmp_path):
    shown = texts(opened())
    assert machine() in shown
    assert all(f"{name} {version}" in shown for name, version in versions().items())
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor\t: 0\nmodel name\t: Abacus 3\nmodel name\t: Abacus 3\n")
    assert re.fullmatch(r"Abacus 3, \d+ cores?", machine(cpuinfo))
    assert re.fullmatch(r".+, \d+ cores?", machine(tmp_path / "missing"))


def test_every_tolerance_is_explained():
    shown = texts(opened())
    for fact in FACTS:
        assert f"**{fact.tolerance.name}**" in shown
    assert "by this project, with TensorFlow 2.21" in shown


def test_words_say_only_what_is_new():
    assert table._say("most fail: 8 of 10", "most fail") == "8 of 10"
    assert table._say("(9, 9, 9)", "(9, 9, 9)") == "the same"
    assert table._say("(9, 9, 3)", "(9, 9, 9)") == "(9, 9, 3)"
