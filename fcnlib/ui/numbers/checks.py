"""The Numbers page: every fact recomputed once for all visitors, and shown as it comes in."""

from collections.abc import Mapping

import streamlit as st

from fcnlib.facts import FACTS, SECTIONS, TAKEN, Fact, Outcome, check_all
from fcnlib.facts.machine import machine, versions
from fcnlib.facts.samples import MEASURED_WITH
from fcnlib.jobs import Job
from fcnlib.typing import Report
from fcnlib.ui.jobs import POLL_SECONDS, queue
from fcnlib.ui.layout import show_source
from fcnlib.ui.numbers import table

ALL = "All"
JOB = "numbers"


@st.cache_resource(show_spinner=False)
def outcomes() -> dict[str, Outcome]:
    """Return what is known so far in this process, by the names of the facts."""
    return {}


def compute() -> Job | None:
    """Have everything computed, or join that; nothing is computed where nobody is served."""
    if not served():
        return None
    known = outcomes()

    def work(report: Report) -> None:
        check_all(known.__setitem__, FACTS, report)

    # Nobody owns it alone, so that it goes on when a visitor leaves.
    return queue("numbers").submit(JOB, work, "everyone")


def served() -> bool:
    """Tell whether a browser may be there: `AppTest` puts a mock in the server's place.

    Tests of other pages then share their processor with nothing.
    """
    return type(st.runtime.get_instance()) is st.runtime.Runtime


def show_checks() -> None:
    """Show the summary, the filters and the table; they follow the work until it is done."""
    job = compute()
    section, red = _filters()
    # Only what still changes is asked for again.
    polled = job is not None and job.active
    st.fragment(_watch, run_every=POLL_SECONDS if polled else None)(job, section, red, polled)


def _filters() -> tuple[str, bool]:
    section = st.pills(
        "Section",
        [ALL, *SECTIONS],
        default=ALL,
        required=True,
        key="numbers_section",
        bind="query-params",
    )
    red = st.toggle("Only what differs", key="numbers_red")
    return section or ALL, red


def _watch(job: Job | None, section: str, red: bool, polled: bool) -> None:
    if polled and job and not job.active:
        st.rerun()
    _summary(job)
    found = dict(outcomes())
    shown = select(section, red, found)
    if shown:
        table.show_facts(shown, found)
    else:
        st.caption("Nothing differs here.")


def _summary(job: Job | None) -> None:
    found = dict(outcomes())
    holding = sum(outcome.holds for outcome in found.values())
    st.markdown(f"### {holding} of {len(FACTS)} hold on this machine")
    if job and job.active:
        st.progress(job.fraction, text=f"{job.text} · {job.seconds:.0f} s")
    installed = " · ".join(f"{name} {version}" for name, version in versions().items())
    st.caption(f"{machine()} · {installed}")


def select(section: str, red: bool, found: Mapping[str, Outcome]) -> dict[str, list[Fact]]:
    """Return the facts of a section, or of all; if `red`, only those that do not hold.

    Examples
    --------
    >>> list(select("Memory", False, {})), select("Memory", True, {})
    (['Memory'], {})

    """
    chosen = SECTIONS if section == ALL else {section: SECTIONS[section]}
    kept = {
        title: [f for f in facts if not red or (f.name in found and not found[f.name].holds)]
        for title, facts in chosen.items()
    }
    return {title: facts for title, facts in kept.items() if facts}


def show_tolerances() -> None:
    """Say what each tolerance allows, and why."""
    used = {fact.tolerance.name: fact.tolerance.why for fact in FACTS}
    lines = [f"- **{name}**: {why[0].lower()}{why[1:]}" for name, why in used.items()]
    with st.expander("What counts as holding, and why", key="numbers_tolerances"):
        st.markdown("\n".join(lines))
        st.caption(f"Measured before: by this project, with {MEASURED_WITH}, on 2 cores.")


def show_code() -> None:
    """Let the visitor read the function behind a row."""
    section = st.session_state.get("numbers_section") or ALL
    facts = FACTS if section == ALL else SECTIONS[section]
    chosen = st.selectbox(
        "Code of a row",
        facts,
        format_func=lambda fact: fact.statement,
        key=f"numbers_code_{section}",
    )
    if chosen:
        show_source(chosen.compute, key="numbers_source")


def show_taken() -> None:
    """Show the figures that cannot be computed here."""
    table.show_taken(TAKEN)
