"""The checks on the Numbers page: all facts are recomputed once for all visitors."""

from collections.abc import Mapping

import streamlit as st

from fcnlib import engine
from fcnlib.errors import FcnlibError
from fcnlib.facts import FACTS, SECTIONS, Fact, Outcome
from fcnlib.facts.fact import MEASURED_WITH
from fcnlib.facts.machine import machine, versions
from fcnlib.jobs import Job
from fcnlib.typing import Report
from fcnlib.ui.jobs import POLL_SECONDS, queue
from fcnlib.ui.layout import button, show_error, show_source
from fcnlib.ui.numbers import table

ALL = "All"
JOB = "numbers"
SLOT = "numbers_job"


@st.cache_resource(show_spinner=False)
def outcomes() -> dict[str, Outcome]:
    """Return the outcomes so far in this process, by the names of the facts."""
    return {}


def compute() -> Job:
    """Start computing all facts, or join the running job."""
    known = outcomes()

    def work(report: Report) -> None:
        engine.run("facts", report=report, publish=lambda news: known.update([news]))

    # The owner is no visitor, so the job continues when a visitor leaves.
    return queue("numbers").submit(JOB, work, "everyone")


def show_checks() -> None:
    """Show the summary, the filters and the table, and update them until the job is done."""
    # A job that failed waits for the visitor. Otherwise every run of the page would start it again.
    job = st.session_state.get(SLOT) or st.session_state.setdefault(SLOT, compute())
    section = st.pills(
        "Section",
        [ALL, *SECTIONS],
        default=ALL,
        required=True,
        key="numbers_section",
        bind="query-params",
    )
    red = st.toggle("Show only facts that do not hold", key="numbers_red")
    if job.state == "failed":
        show_error(job.error or FcnlibError("internal", "This failed. Try again."))
        button("Try again", "refresh", "numbers_again", st.session_state.pop, SLOT)
    # A finished job no longer changes, so the page is not polled.
    polled = job.active
    watch = st.fragment(_watch, run_every=POLL_SECONDS if polled else None)
    watch(job, section or ALL, red, polled)


def _watch(job: Job, section: str, red: bool, polled: bool) -> None:
    if polled and not job.active:
        st.rerun()
    # A copy, because the job may add outcomes while the table is built.
    known = dict(outcomes())
    state = table.say_state(FACTS, known)
    st.markdown(f"### {state[0].upper()}{state[1:]}")
    if job.active:
        st.progress(job.fraction, text=f"{job.text} · {job.seconds:.0f} s")
    installed = " · ".join(f"{name} {version}" for name, version in versions().items())
    st.caption(f"{machine()} · {installed}")
    if shown := select(section, red, known):
        table.show_facts(shown, known, SECTIONS)
    elif any(
        fact.name in known for facts in select(section, False, known).values() for fact in facts
    ):
        st.caption("All facts checked so far in this section hold.")
    else:
        st.caption("No fact in this section is checked yet.")


def select(section: str, red: bool, known: Mapping[str, Outcome]) -> dict[str, list[Fact]]:
    """Return the facts of one section or of all; with `red`, only those that do not hold.

    Examples
    --------
    >>> list(select("Memory", False, {})), select("Memory", True, {})
    (['Memory'], {})

    """
    chosen = SECTIONS if section == ALL else {section: SECTIONS[section]}
    kept = {
        title: [f for f in facts if not red or (f.name in known and not known[f.name].holds)]
        for title, facts in chosen.items()
    }
    return {title: facts for title, facts in kept.items() if facts}


def show_tolerances() -> None:
    """Explain what each tolerance allows, and why."""
    used = {fact.tolerance.name: fact.tolerance.why for fact in FACTS}
    with st.expander("Tolerances: when does a fact hold?", key="numbers_tolerances"):
        st.markdown("\n".join(f"- **{name}**: {why}" for name, why in used.items()))
        st.caption(
            "“Measured before” means that this project measured the figure on 2 cores with "
            f"{MEASURED_WITH}."
        )


def show_code() -> None:
    """Show the function behind the row that the visitor chooses."""
    section = st.session_state.get("numbers_section") or ALL
    chosen = st.selectbox(
        "Show the code of a row",
        FACTS if section == ALL else SECTIONS[section],
        format_func=lambda fact: fact.statement,
        key=f"numbers_code_{section}",
    )
    if chosen:
        show_source(chosen.compute, key="numbers_source")
