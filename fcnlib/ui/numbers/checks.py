"""The checks on the Numbers page: all facts are recomputed once for all visitors."""

import time

import streamlit as st

from fcnlib import engine
from fcnlib.errors import FcnlibError
from fcnlib.facts import FACTS, SECTIONS, Outcome
from fcnlib.facts.fact import MEASURED_WITH
from fcnlib.facts.machine import machine, versions
from fcnlib.jobs import Job
from fcnlib.typing import Report
from fcnlib.ui.jobs import POLL_SECONDS, queue
from fcnlib.ui.layout import button, fold, show_error
from fcnlib.ui.numbers import table

JOB = "numbers"
SLOT = "numbers_job"
FIRST_SECONDS = 1.2
"""How long the page waits for the first outcomes, before it shows what is there."""


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


def start() -> Job:
    """Return the job of this visit. The first call starts it and waits for its first outcomes."""
    # A job that failed waits for the visitor. Otherwise every run of the page would start it again.
    job: Job | None = st.session_state.get(SLOT)
    if job is None:
        job = st.session_state[SLOT] = compute()
        limit = time.monotonic() + FIRST_SECONDS
        while job.active and not outcomes() and time.monotonic() < limit:
            job.wait(0.05)
    return job


def show_headline(job: Job) -> None:
    """Show how many facts hold and which do not, and update it until the job is done."""
    if job.state == "failed":
        show_error(job.error or FcnlibError("internal", "This failed. Try again."))
        button("Try again", "refresh", "numbers_again", st.session_state.pop, SLOT)
    # A finished job no longer changes, so the page is not polled.
    polled = job.active
    st.fragment(_headline, run_every=POLL_SECONDS if polled else None)(job, polled)
    installed = " · ".join(f"{name} {version}" for name, version in versions().items())
    st.caption(f"{machine()} · {installed}")


def _headline(job: Job, polled: bool) -> None:
    if polled and not job.active:
        st.rerun()
    # A copy, because the job may add outcomes while the tables are built.
    known = dict(outcomes())
    state = table.say_state(FACTS, known)
    st.markdown(f"## {state[0].upper()}{state[1:]}")
    if job.active:
        st.progress(job.fraction, text=f"{job.text} · {job.seconds:.0f} s")
    table.show_overview(SECTIONS, known)
    failing = {
        title: [fact for fact in facts if fact.name in known and not known[fact.name].holds]
        for title, facts in SECTIONS.items()
    }
    if any(failing.values()):
        st.markdown("These facts do not hold on this machine:")
        table.show_facts({t: facts for t, facts in failing.items() if facts}, known, SECTIONS)


def show_topics(job: Job) -> None:
    """Show the facts of each topic in a fold, with their numbers as stated and as measured."""
    asked = st.query_params.get("numbers_section")
    for title, facts in SECTIONS.items():
        key = fold_key(title)
        if key not in st.session_state and asked == title:
            st.session_state[key] = True  # an older link names the topic
        fold(f"{title}: {len(facts)} facts", key, _topic, title, job)


def fold_key(title: str) -> str:
    """Return the key of a topic's fold.

    Examples
    --------
    >>> fold_key("VGG-16")
    'numbers_vgg_16'

    """
    return f"numbers_{title.lower().replace('-', '_')}"


def _topic(title: str, job: Job) -> None:
    polled = job.active
    st.fragment(_rows, run_every=POLL_SECONDS if polled else None)(title, job, polled)


def _rows(title: str, job: Job, polled: bool) -> None:
    if polled and not job.active:
        st.rerun()
    table.show_facts({title: SECTIONS[title]}, dict(outcomes()), SECTIONS)


def show_tolerances() -> None:
    """Explain what each tolerance allows, and why."""
    used = {fact.tolerance.name: fact.tolerance.why for fact in FACTS}
    st.markdown("\n".join(f"- **{name}**: {why}" for name, why in used.items()))
    st.caption(
        "“Measured before” means that this project measured the number on 2 cores with "
        f"{MEASURED_WITH}."
    )
