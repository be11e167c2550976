"""Job queues that all visitors share, and the progress of one visitor's job."""

import math
import time
import uuid
from collections.abc import Hashable
from functools import cache
from importlib import import_module
from typing import Any

import streamlit as st

from fcnlib import engine
from fcnlib.errors import BusyError, FcnlibError
from fcnlib.images import colors
from fcnlib.jobs import Job, Jobs, Work
from fcnlib.ui.layout import button, show_error

POLL_SECONDS = 1.0
PATIENCE = 0.6  # seconds
HOLD = 6.0
"""Seconds for which earlier results stay on the page, dimmed, while new ones are computed."""
ON_CLUSTER = 8  # jobs at once if a cluster computes them
KEPT = {"fetch": 3}  # whole pictures of up to 75 MB
FIRST_COLORS = 20  # more than the seven that are written down: the others are computed


@st.cache_resource(show_spinner=False)
def queue(name: str) -> Jobs:
    """Return the queue `name` of this process. Each queue has workers of its own."""
    at_once = ON_CLUSTER if name == "inference" and engine.is_remote() else 1
    return Jobs(name, kept=KEPT.get(name, 12), at_once=at_once)


def visitor() -> str:
    """Return the name of this browser tab in the queues."""
    if "visitor" not in st.session_state:
        st.session_state["visitor"] = uuid.uuid4().hex
    return _registered(st.session_state["visitor"])


def submit(name: str, key: Hashable, work: Work, slot: str, owner: str = "") -> None:
    """Submit this visitor's work to the queue `name` and store the job in the session's `slot`.

    The owner of the job is `owner`, by default the visitor, whose earlier job in this queue it
    replaces. If the queue is full, show the error and leave the slot as it was.
    """
    try:
        st.session_state[slot] = queue(name).submit(key, work, owner or visitor())
    except BusyError as error:
        show_error(error)


def count(action: str, most: int, seconds: float) -> None:
    """Count an action of this visitor.

    Raises
    ------
    BusyError
        With code ``slow_down``, if there were `most` such actions in the last `seconds` seconds.

    """
    now = time.monotonic()
    earlier = st.session_state.get(f"{action}_times", ())
    recent = [moment for moment in earlier if now - moment < seconds]
    if len(recent) >= most:
        wait = math.ceil(seconds - (now - recent[0]))
        msg = f"Slow down: only {most} tries in {seconds:.0f} seconds are allowed. Wait {wait} s."
        raise BusyError("slow_down", msg)
    st.session_state[f"{action}_times"] = [*recent, now]


def task(name: str, *args: Any) -> Work:
    """Return the work of running a task of the engine with these arguments."""
    return lambda report: engine.run(name, *args, report=report)


def served() -> bool:
    """Return True in a running app, False in a test, which puts a mock in the server's place."""
    return type(st.runtime.get_instance()) is st.runtime.Runtime


def show_progress(
    jobs: Jobs,
    job: Job,
    key: str,
    *,
    stoppable: bool = True,
    wait: bool = False,
    hold: bool = False,
) -> bool:
    """Show the progress of a job; return whether it is done.

    Parameters
    ----------
    jobs : Jobs
        The queue it is in.
    job : Job
        The job.
    key : str
        Prefix of the widgets' keys.
    stoppable : bool, optional
        Whether this visitor may stop the job.
    wait : bool, optional
        Whether to wait a moment first, because most jobs of this kind are done before the page
        would poll them. A test, which does not poll, waits for the end.
    hold : bool, optional
        Whether to wait for `HOLD` seconds more, so that earlier results stay on the page.

    Returns
    -------
    done : bool
        Whether ``job.result`` is available. Otherwise the page shows the progress, the error, or
        that the visitor stopped the job.

    """
    if wait:
        _load_what_draws()
        job.wait(PATIENCE if served() else None)
    if hold:
        _hold(jobs, job)
    if job.active:
        _progress(jobs, job, key, stoppable)
    elif job.state == "failed":
        show_error(job.error or FcnlibError("internal", "This failed. Try again."))
    elif job.state == "cancelled":
        st.caption("Stopped.")
    return job.state == "done"


@cache
def _load_what_draws() -> None:
    """Import what showing a result needs, so that it happens while a worker computes the result.

    Otherwise it happens after the result, and a page that is opened first takes half a second more.
    """
    import_module("pandas")  # Streamlit needs it to pass data to a component.
    colors.palette(FIRST_COLORS)


def on_request(label: str, icon: str, prefix: str, *, key: Hashable, work: Work, about: str) -> Any:
    """Show a button that starts some work, and then the progress of this work.

    Parameters
    ----------
    label, icon : str
        See `fcnlib.ui.layout.button`.
    prefix : str
        Prefix of the widgets' keys.
    key : hashable
        What distinguishes this work from other work with this prefix.
    work : callable
        See `fcnlib.jobs.Jobs.submit`.
    about : str
        What to show until the visitor asks for this work.

    Returns
    -------
    result : object or None
        What `work` returned, or None until it is done.

    """
    slot = f"{prefix}_job"
    button(label, icon, f"{prefix}_run", submit, "inference", (slot, key), work, slot)
    job = st.session_state.get(slot)
    if job is None or job.key != (slot, key):
        st.caption(about)
        return None
    return job.result if show_progress(queue("inference"), job, prefix) else None


def ask(name: str, slot: str, *, key: Hashable, work: Work) -> None:
    """Start some work that `on_opening` shows later, unless the slot has it already.

    The arguments are those of `on_opening`.

    Raises
    ------
    BusyError
        If the queue is full. The slot then stays as it was.

    """
    job = st.session_state.get(slot)
    if job is None or job.key != key:
        st.session_state[slot] = queue(name).submit(key, work, visitor())
        st.session_state[f"{slot}_replaces"] = job is not None and job.state == "done"


def on_opening(name: str, slot: str, *, key: Hashable, work: Work) -> Any:
    """Start some work as soon as it is needed, and show its progress.

    Work that failed or was stopped waits for the visitor. Otherwise every run of the page would
    start it again.

    Parameters
    ----------
    name : str
        The queue.
    slot : str
        Where the session keeps the job, and prefix of the widgets' keys.
    key : hashable
        What distinguishes this work from other work in the queue.
    work : callable
        See `fcnlib.jobs.Jobs.submit`.

    Returns
    -------
    result : object or None
        What `work` returned, or None until it is done. Until then, the page shows the progress, or
        why there is no result and a button to try again.

    """
    try:
        ask(name, slot, key=key, work=work)
    except BusyError as error:
        show_error(error)
    job = st.session_state.get(slot)
    if job is not None and job.key == key:
        replaces = st.session_state.get(f"{slot}_replaces", False)
        if show_progress(queue(name), job, slot, wait=True, hold=replaces):
            return job.result
        if job.active:
            return None
    button("Try again", "refresh", f"{slot}_again", st.session_state.pop, slot, None)
    return None


def _hold(jobs: Jobs, job: Job) -> None:
    """Wait for a job in this run of the page. Streamlit removes earlier results when a run ends."""
    place = st.empty()
    ends = time.monotonic() + HOLD
    while job.active and time.monotonic() < ends:
        place.progress(job.fraction, text=_status(jobs, job))
        job.wait(POLL_SECONDS / 2)
    place.empty()


def _status(jobs: Jobs, job: Job) -> str:
    ahead = jobs.ahead(job)
    return f"Waiting for {ahead} before you" if ahead else f"{job.text} · {job.seconds:.0f} s"


@st.fragment(run_every=POLL_SECONDS)
def _progress(jobs: Jobs, job: Job, key: str, stoppable: bool) -> None:
    if not job.active:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(job.fraction, text=_status(jobs, job))
        if stoppable:
            button("Stop", "stop_circle", f"{key}_stop", jobs.leave, job, visitor())


def _forget(name: str) -> None:
    """Withdraw a visitor whose tab was closed. Downloads go on, since they serve all visitors."""
    queue("inference").leave_all(name)


@st.cache_resource(scope="session", on_release=_forget, show_spinner=False)
def _registered(name: str) -> str:
    return name
