"""The Numbers page: all facts, computed once for all visitors, filtered, each with its verdict."""

import re
import threading
import time
from collections import Counter
from dataclasses import replace
from functools import partial
from html import unescape
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import fcnlib.facts
from fcnlib.facts import FACTS, QUOTED, SECTIONS, Outcome
from fcnlib.facts.fact import MEASURED_WITH
from fcnlib.facts.machine import machine, versions
from fcnlib.jobs import Job
from fcnlib.ui import jobs, story
from fcnlib.ui.numbers import checks, onward, table, wrong_figure

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


def opened(*folds):
    """Open the page with all topics open, or with the given folds."""
    app = AppTest.from_file(PAGE, default_timeout=30)
    for key in folds or map(checks.fold_key, SECTIONS):
        app.session_state[key] = True
    app.run()
    assert not app.exception
    return app


def html(app, part):
    return [block.proto.body for block in app.get("html") if part in block.proto.body]


def tables(app):
    return [unescape(body) for body in html(app, "<table")]


def rows(app):
    """Return verdict, claim and figures of every row of all tables."""
    cells = []
    for row in re.findall(r"<tr class=\"\w+\">.*?</tr>", "".join(tables(app))):
        texts = [re.sub(r"<[^>]+>", " ", cell) for cell in re.findall(r"<td.*?</td>", row)]
        cells.append([" ".join(text.split()) for text in texts])
    return cells


def counts(app):
    """Return the numbers of the page's summary.

    Those that hold, and of how many. While some are not checked yet, the second number is that of
    the checked ones, and a third one is that of the others.
    """
    (summary,) = [text.value for text in app.markdown if text.value.startswith("## ")]
    return tuple(map(int, re.findall(r"\d+", summary)))


def headings(app):
    """Return the numbers in the heading of each section of the tables."""
    found = re.findall(r'scope="rowgroup">([^<]+): ([^<]+)<', "".join(tables(app)))
    return {title: list(map(int, re.findall(r"\d+", text))) for title, text in found}


def texts(app):
    return " ".join(element.value for element in [*app.markdown, *app.caption])


def squares(app):
    """Return how many facts have a square of each state."""
    (overview,) = html(app, "facts overview")
    return dict(Counter(re.findall(r'<i class="(\w+)" title', overview)))


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
    whole = "".join(tables(app))
    for fact in FACTS:
        assert fact.statement in whole
        assert fact.source in whole
        assert all(printed in whole for printed in fact.expected.values())


@pytest.mark.slow
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


def test_a_wrong_figure_is_marked_and_comes_first(only, monkeypatch):
    wrong = replace(QUICK[0], expected=dict(QUICK[0].expected) | {"Mitchell": "3"})
    facts = (wrong, *QUICK[1:])
    only(facts)
    monkeypatch.setattr(checks, "SECTIONS", {"Kernels": facts})
    app = finish(opened())
    assert counts(app) == (len(QUICK) - 1, len(QUICK))
    first, row = (row for row in rows(app) if row[0] == "differs")
    assert first == row  # what differs comes first, and again in its topic
    assert "Mitchell 3 ≠ 2" in row[2]
    assert "Nearest 0.5 → 0.5" in row[2]
    app.session_state[checks.fold_key("Kernels")] = False
    assert [row[0] for row in rows(app.run())] == ["differs"]
    assert headings(app)["Kernels"] == [len(QUICK) - 1, len(QUICK)]
    assert squares(app) == {"holds": len(QUICK) - 1, "differs": 1}


def test_a_failed_computation_shows_its_error(nothing):
    checks.outcomes()["support"] = Outcome(
        holds=False, error="Could not be computed: <b>no</b> luck."
    )
    app = opened("numbers_none")
    (row,) = rows(app)
    assert row[0] == "failed"
    assert SECTIONS["Kernels"][0].statement in row[1]
    (raw,) = html(app, "<table")
    assert "&lt;b&gt;no&lt;/b&gt; luck." in raw


def test_every_fact_has_a_square(nothing):
    names = [fact.name for fact in FACTS]
    checks.outcomes().update({name: Outcome(holds=True) for name in names[1:]})
    app = opened()
    assert squares(app) == {"holds": len(names) - 1, "waiting": 1}
    checks.outcomes()[names[0]] = Outcome(holds=False)
    assert squares(app.run()) == {"holds": len(names) - 1, "differs": 1}
    (overview,) = html(app, "facts overview")
    for section, facts in SECTIONS.items():
        label = re.search(rf'aria-label="{section}: ([^"]+)"', overview)[1]
        assert int(re.findall(r"\d+", label)[-1]) == len(facts)


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_can_be_opened(nothing, section):
    app = opened(checks.fold_key(section))
    assert len(rows(app)) == len(SECTIONS[section])
    assert counts(app) == (len(FACTS),)


def test_an_older_address_opens_its_section(nothing):
    app = AppTest.from_file(PAGE, default_timeout=30)
    app.query_params["numbers_section"] = "Memory"
    app.run()
    assert not app.exception
    assert len(rows(app)) == len(SECTIONS["Memory"])


@pytest.mark.parametrize(("asked", "shown"), [("parameters", "parameters"), ("?", "first")])
def test_an_address_names_a_fact(nothing, asked, shown):
    app = AppTest.from_file(PAGE, default_timeout=30)
    app.query_params["numbers_fact"] = asked
    app.run()
    name = wrong_figure.FIRST if shown == "first" else shown
    assert app.selectbox(key="numbers_fact").value == name
    app.selectbox(key="numbers_fact").set_value("support").run()
    assert "support" in app.query_params["numbers_fact"]
    assert app.selectbox(key="numbers_fact").value == "support"


def test_a_link_on_the_page_chooses_its_fact(nothing):
    app = opened()
    for state in onward.TRIES[next(iter(onward.TRIES))][1], {"numbers_fact": "support"}:
        app.query_params.update(state)
        app.run()
        assert app.selectbox(key="numbers_fact").value == state["numbers_fact"]


@pytest.mark.parametrize("name", [wrong_figure.FIRST, "parameters"])
def test_the_page_runs_again_once_its_fact_is_checked(monkeypatch, name):
    """While other facts are still computed, only the parts that are polled run again."""
    polled, reruns = [], []

    def fragment(function, run_every=None):
        def run(*args):
            if run_every:
                polled.append(partial(function, *args))
            function(*args)

        return run

    monkeypatch.setattr(st, "fragment", fragment)
    monkeypatch.setattr(checks, "compute", lambda: Job(checks.JOB, None))
    monkeypatch.setattr(checks, "FIRST_SECONDS", 0)
    app = AppTest.from_file(PAGE, default_timeout=30)
    app.query_params["numbers_fact"] = name
    assert not app.run().exception
    monkeypatch.setattr(st, "rerun", lambda: reruns.append(name))
    for checked, expected in ("support", False), (name, True):
        checks.outcomes()[checked] = Outcome(holds=True, measured={"any": 1.0})
        for part in polled:
            part()
        assert bool(reruns) == expected


def test_a_fact_that_failed_is_not_awaited(nothing):
    checks.outcomes()[wrong_figure.FIRST] = Outcome(holds=False, error="No *luck*.")
    app = opened("numbers_none")
    assert not app.pills
    assert "No *luck*." in [text.value for text in app.text]


@pytest.mark.parametrize("index", [0, 4])  # with and without cases
def test_the_code_of_a_fact_can_be_read(nothing, index):
    app = opened()
    app.selectbox(key="numbers_fact").select_index(index).run()
    code = app.code[0].value
    assert code.startswith("@fact(")
    assert f"def {FACTS[index].name}(" in code


def verdict(app, name, printed, label=None):
    """Return whether the page says that a fact holds with another figure."""
    app.selectbox(key="numbers_fact").set_value(name).run()
    number = 0
    if label:
        app.selectbox(key=f"numbers_label_{name}").set_value(label).run()
        number = list(wrong_figure.BY_NAME[name].expected).index(label)
    app.text_input(key=f"numbers_figure_{name}_{number}").set_value(printed).run()
    assert not app.exception
    (text,) = [text.value for text in app.markdown if "Tolerance: " in text.value]
    return "**holds** with" in text


def test_a_changed_figure_is_noticed(nothing):
    measured = {
        "response_at_a_quarter": {"Bilinear": 0.810569, "Nearest": 0.900316},
        "parameters": {"parameters": 138_357_544.0},
        "layer_equals_rescale": {"float64": 1.4e-15},
    }
    checks.outcomes().update(
        {name: Outcome(holds=True, measured=values) for name, values in measured.items()}
    )
    app = opened("numbers_none")
    assert verdict(app, "response_at_a_quarter", ".8106")
    assert verdict(app, "response_at_a_quarter", ".81")
    assert not verdict(app, "response_at_a_quarter", ".8107")
    assert verdict(app, "response_at_a_quarter", ".900", "Nearest")
    assert verdict(app, "parameters", "138,357,544")
    assert not verdict(app, "parameters", "138,357,545")
    assert verdict(app, "layer_equals_rescale", "1e-15")
    assert not verdict(app, "layer_equals_rescale", "1e-16")


@pytest.mark.parametrize("printed", ["", "much", "1e9999", "-", "9" * 60])
def test_a_figure_that_is_none_is_noticed(nothing, printed):
    checks.outcomes()["parameters"] = Outcome(holds=True, measured={"parameters": 138_357_544.0})
    app = opened("numbers_none")
    app.selectbox(key="numbers_fact").set_value("parameters").run()
    app.text_input(key="numbers_figure_parameters_0").set_value(printed).run()
    assert not app.exception
    assert "**holds** with" not in texts(app)


@pytest.mark.parametrize(
    ("size", "chosen", "right"),
    [
        (64 * 64 * 1000**2 * 4 / 1e9, "noticed", "noticed"),
        (64 * 64 * 1000**2 * 4 / 1e9, "missed", "noticed"),
        (64 * 64 * 1000**2 * 4 / 1e9, story.SKIP, "noticed"),
        (16.386, "missed", "missed"),  # rounds to 16.39
        (16.386, story.SKIP, "missed"),
    ],
)
def test_the_prediction_knows_whether_a_wrong_number_is_noticed(nothing, size, chosen, right):
    checks.outcomes()[wrong_figure.FIRST] = Outcome(holds=True, measured={wrong_figure.LABEL: size})
    app = opened("numbers_none")
    app.pills(key="numbers_notice").set_value(chosen).run()
    assert not app.exception
    start = f"{wrong_figure.CHOICES[right]}.**"
    (answer,) = [text.value for text in app.markdown if start in text.value]
    given = app.session_state["predictions"]["numbers_notice"].right
    assert given is (None if chosen == story.SKIP else chosen == right)
    assert f"{size:.3f}" in answer


def test_nothing_is_asked_before_its_facts_are_checked(nothing):
    assert not opened().pills


def test_a_rounding_error_is_shown_with_its_limit(nothing):
    name = "layer_equals_rescale"
    checks.outcomes()[name] = Outcome(holds=True, measured={"float64": 1.6e-15})
    shown = next(row for row in rows(opened()) if wrong_figure.BY_NAME[name].statement in row[1])
    assert "1.4e-15 → 1.6e-15 (at most 5.6e-15)" in shown[2]


def test_the_page_has_its_steps(nothing):
    assert [header.value[:2] for header in opened().header[:3]] == ["1.", "2.", "3."]


def test_quoted_figures_have_no_verdict(nothing):
    app = opened("numbers_published")
    (quoted,) = tables(app)
    assert quoted.count('<span class="pill">quoted</span>') == sum(map(len, QUOTED.values()))
    assert not re.search(r"class=\"(holds|differs)\"", quoted)
    for figure in ("63.6", "513,324,920", "71.5%", "killed for memory"):
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
    shown = texts(opened("numbers_tolerances"))
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
    assert not [block for block in opened().get("html") if ".facts" in block.proto.body]
