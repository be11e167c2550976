"""The Numbers page: all facts, computed once for all visitors, filtered, each with its verdict."""

import re
import threading
import time
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import fcnlib.facts
from fcnlib.facts import FACTS, QUOTED, SECTIONS, Outcome
from fcnlib.facts.fact import MEASURED_WITH
from fcnlib.facts.machine import machine, versions
from fcnlib.jobs import Job
from fcnlib.ui import jobs
from fcnlib.ui.numbers import checks, table

PAGE = str(Path(__file__).parents[2] / "pages/numbers.py")
SOON = 300  # seconds; a longer wait is a failure
QUICK = SECTIONS["Kernels"]


@pytest.fixture(autouse=True)
def fresh():
    """Start every test without outcomes and without a job."""
    checks.outcomes.clear()
    jobs.queue.clear()
    yield
    job = jobs.queue("numbers").find(checks.JOB)
    assert job is None or job.wait(SOON)
    checks.outcomes.clear()
    jobs.queue.clear()


@pytest.fixture
def only(inline, monkeypatch):
    """Give a function that replaces the facts, and leave only those about kernels."""

    def replace_facts(facts):
        monkeypatch.setattr(fcnlib.facts, "FACTS", facts)
        monkeypatch.setattr(checks, "FACTS", facts)

    replace_facts(QUICK)
    return replace_facts


@pytest.fixture
def nothing(monkeypatch):
    """Keep the page from computing anything."""
    job = Job(checks.JOB, None)
    job.end("done")
    monkeypatch.setattr(checks, "compute", lambda: job)


def opened():
    app = AppTest.from_file(PAGE, default_timeout=30).run()
    assert not app.exception
    return app


def tables(app):
    return [unescape(block.proto.body) for block in app.get("html") if "<table" in block.proto.body]


def rows(app):
    """Return verdict, claim and figures of every row of the first table."""
    cells = []
    for row in re.findall(r"<tr class=\"\w+\">.*?</tr>", tables(app)[0]):
        texts = [re.sub(r"<[^>]+>", " ", cell) for cell in re.findall(r"<td.*?</td>", row)]
        cells.append([" ".join(text.split()) for text in texts])
    return cells


def counts(app):
    """Return the numbers of the page's summary.

    Those that hold, and of how many. While some are not checked yet, the second number is that of
    the checked ones, and a third one is that of the others.
    """
    (summary,) = [text.value for text in app.markdown if text.value.startswith("### ")]
    return tuple(map(int, re.findall(r"\d+", summary)))


def headings(app):
    """Return the numbers in the heading of each section of the first table."""
    found = re.findall(r'scope="rowgroup">([^<]+): ([^<]+)<', tables(app)[0])
    return {title: list(map(int, re.findall(r"\d+", text))) for title, text in found}


def texts(app):
    return " ".join(element.value for element in [*app.markdown, *app.caption])


def finish(app):
    assert jobs.queue("numbers").find(checks.JOB).wait(SOON)
    return app.run()


def test_all_rows_are_shown_before_anything_is_computed(nothing):
    app = opened()
    assert len(rows(app)) == len(FACTS)
    assert {row[0] for row in rows(app)} == {"pending"}
    assert counts(app) == (len(FACTS),)
    for section, facts in SECTIONS.items():
        assert headings(app)[section] == [len(facts)]
    whole = tables(app)[0]
    for fact in FACTS:
        assert fact.statement in whole
        assert fact.source in whole
        assert all(printed in whole for printed in fact.expected.values())


def test_a_worker_computes_all_facts():
    app = finish(opened())
    assert counts(app) == (len(FACTS), len(FACTS))


def test_opening_the_page_computes_the_facts(only):
    app = finish(opened())
    assert counts(app) == (len(QUICK), len(QUICK))
    verdict, _, figures = next(row for row in rows(app) if "H(0.25)" in row[1])
    assert verdict == "holds"
    assert "Bilinear .8106 → 0.81057 Nearest .9003 → 0.90032" in figures
    assert not app.get("progress")


def test_progress_is_shown_while_rows_come_in(only):
    hold = threading.Event()

    def slow():
        assert hold.wait(SOON)
        return QUICK[-1].compute()

    facts = (*QUICK[:-1], replace(QUICK[-1], compute=slow, seconds=9.0))
    only(facts)
    app = opened()
    limit = time.monotonic() + SOON
    while counts(app) != (len(facts) - 1, len(facts) - 1, 1):
        assert time.monotonic() < limit
        time.sleep(0.1)
        app.run()
    assert headings(app)["Kernels"] == [len(facts) - 1, len(facts) - 1, 1]
    (bar,) = app.get("progress")
    assert f"{len(facts)} of {len(facts)} · " in bar.proto.text
    assert "pending" in {row[0] for row in rows(app)}
    hold.set()
    assert counts(finish(app)) == (len(facts), len(facts))


def test_the_next_visitor_sees_the_same_outcomes(only, monkeypatch):
    finish(opened())

    def fails(*_):
        raise AssertionError

    monkeypatch.setattr(fcnlib.facts, "check_all", fails)
    app = opened()
    assert counts(app) == (len(QUICK), len(QUICK))
    assert not app.get("progress")


def test_a_wrong_figure_is_marked_and_can_be_filtered(only, monkeypatch):
    wrong = replace(QUICK[0], expected=dict(QUICK[0].expected) | {"Mitchell": "3"})
    facts = (wrong, *QUICK[1:])
    only(facts)
    monkeypatch.setattr(checks, "SECTIONS", {"Kernels": facts})
    app = finish(opened())
    assert counts(app) == (len(QUICK) - 1, len(QUICK))
    (row,) = [row for row in rows(app) if row[0] == "differs"]
    assert "Mitchell 3 ≠ 2" in row[2]
    assert "Nearest 0.5 → 0.5" in row[2]
    app.toggle(key="numbers_red").set_value(True).run()
    assert [row[0] for row in rows(app)] == ["differs"]
    assert headings(app)["Kernels"] == [len(QUICK) - 1, len(QUICK)]


def test_a_failed_computation_shows_its_error(nothing):
    checks.outcomes()["support"] = Outcome(
        holds=False, error="Could not be computed: <b>no</b> luck."
    )
    app = opened()
    (row,) = [row for row in rows(app) if row[0] == "failed"]
    assert SECTIONS["Kernels"][0].statement in row[1]
    raw = next(block.proto.body for block in app.get("html") if "<table" in block.proto.body)
    assert "&lt;b&gt;no&lt;/b&gt; luck." in raw


def test_the_filter_may_leave_no_facts(nothing):
    app = opened()
    before = len(app.caption)
    app.toggle(key="numbers_red").set_value(True).run()
    assert len(tables(app)) == 1  # the quoted figures have no verdict to filter by
    assert QUOTED["Memory"][0].statement in tables(app)[0]
    assert len(app.caption) == before + 1


def test_an_empty_filter_tells_facts_that_hold_from_facts_that_were_not_checked(nothing):
    app = opened()
    app.toggle(key="numbers_red").set_value(True).run()
    unchecked = [caption.value for caption in app.caption]
    checks.outcomes().update({fact.name: Outcome(holds=True) for fact in FACTS})
    app.run()
    assert counts(app) == (len(FACTS), len(FACTS))
    checked = [caption.value for caption in app.caption]
    assert sum(before != after for before, after in zip(unchecked, checked, strict=True)) == 1


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_can_be_chosen(nothing, section):
    app = opened()
    app.pills(key="numbers_section").set_value(section).run()
    assert not app.exception
    assert len(rows(app)) == len(SECTIONS[section])
    assert counts(app) == (len(FACTS),)
    assert app.selectbox[0].options == [fact.statement for fact in SECTIONS[section]]


@pytest.mark.parametrize("index", [0, 4])  # with and without cases
def test_the_code_of_a_row_can_be_read(nothing, index):
    app = opened()
    app.selectbox[0].select_index(index).run()
    code = app.code[0].value
    assert code.startswith("@fact(")
    assert f"def {FACTS[index].name}(" in code


def test_quoted_figures_have_no_verdict(nothing):
    app = opened()
    quoted = tables(app)[1]
    assert quoted.count('<span class="pill">quoted</span>') == sum(map(len, QUOTED.values()))
    assert not re.search(r"class=\"(holds|differs)\"", quoted)
    for figure in ("63.6", "513,324,920", "71.5 %", "killed for memory"):
        assert figure in quoted


def test_machine_and_versions_are_shown(nothing, tmp_path):
    shown = texts(opened())
    assert machine() in shown
    assert all(f"{name} {version}" in shown for name, version in versions().items())
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor\t: 0\nmodel name\t: Abacus 3\nmodel name\t: Abacus 3\n")
    assert re.fullmatch(r"Abacus 3, \d+ cores?", machine(cpuinfo))
    assert re.fullmatch(r".+, \d+ cores?", machine(tmp_path / "missing"))


def test_every_tolerance_is_explained(nothing):
    shown = texts(opened())
    for fact in FACTS:
        assert f"**{fact.tolerance.name}**" in shown
    assert MEASURED_WITH in shown


def test_words_of_the_figure_are_not_repeated():
    assert table._say("most fail: 8 of 10", "most fail") == "8 of 10"
    assert table._say("(9, 9, 9)", "(9, 9, 9)") == "the same"
    assert table._say("(9, 9, 3)", "(9, 9, 9)") == "(9, 9, 3)"


def test_only_the_page_itself_sends_the_style_sheet(nothing, monkeypatch):
    """Streamlit may drop one that a fragment sends, and then the browser shows an empty page."""
    monkeypatch.setattr(table, "style", lambda: None)
    assert not [block for block in opened().get("html") if "<style" in block.proto.body]
