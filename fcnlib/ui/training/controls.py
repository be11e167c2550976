"""The trainings of a browser tab: which they are, their buttons and their progress."""

from collections.abc import Callable
from typing import Any, NamedTuple

import streamlit as st

from fcnlib.errors import FcnlibError
from fcnlib.jobs import Jobs
from fcnlib.networks.built_in import NAMES
from fcnlib.training.live_run import MAX_PAUSE, Run, Runs
from fcnlib.ui.jobs import POLL_SECONDS, visitor
from fcnlib.ui.layout import button, choose_one, show_error


@st.cache_resource(show_spinner=False)
def runs() -> Runs:
    """Return the trainings of this process."""
    return Runs(Jobs("training"))


def choose_head(key: str, watch: str) -> str:
    """Let the visitor choose a head; `watch` says what to watch."""
    return choose_one(
        "Version of the network (head)",
        NAMES,
        "fcn_8s",
        key,
        in_address=True,
        help=f"The number is the side in px of the smallest cells that contribute scores. {watch}",
    )


def choose_steps(key: str, limits: tuple[int, int], first: int, width: int) -> int:
    """Let the visitor choose the number of steps, within limits also if the address has others."""
    steps = st.slider(
        "Steps",
        *limits,
        value=first,
        step=50,
        key=key,
        width=width,
        bind="query-params",
        help="Number of training steps. Watch whether the loss still falls at the end.",
    )
    return min(max(steps, limits[0]), limits[1])


class Plan(NamedTuple):
    """What the Start button starts.

    Attributes
    ----------
    options, watched, task
        See `fcnlib.training.live_run.Run`. `watched` is called when the button is pressed.
    text : str
        What it starts and how long it takes, in a few words.

    """

    options: Any
    watched: Callable[[], Any]
    text: str
    task: str = "train"


class Tab(NamedTuple):
    """The trainings of one kind that this browser tab knows.

    Attributes
    ----------
    prefix : str
        Prefix of the keys.
    kept : int
        How many are known: the current one, and earlier ones to compare it with.
    shared : bool
        Whether the address names them, so that others can watch.

    """

    prefix: str
    kept: int = 1
    shared: bool = False

    @property
    def _names(self) -> str:
        return f"{self.prefix}_run"

    @property
    def _error(self) -> str:
        return f"{self.prefix}_error"

    def known(self) -> list[Run]:
        """Return the runs, latest last; after a reload only the address names them."""
        names = st.session_state.get(self._names)
        if self.shared and not names:
            names = st.query_params.get_all(self._names)
        known = [run for name in (names or [])[-self.kept :] if (run := runs().find(name))]
        self._remember(known)
        return known

    def watch(self, show: Callable[..., None], known: list[Run], *args: Any) -> None:
        """Show an error of the last start, and call ``show(run, earlier, *args)``.

        It is called again and again while the latest run is active, else only once.
        """
        current = known[-1] if known else None
        if error := st.session_state.pop(self._error, None):
            show_error(error)
        active = current is not None and current.active
        # A run that has ended does not change any more, so it is not polled.
        every = POLL_SECONDS if active else None
        st.fragment(self._watch, run_every=every)(show, current, known[:-1], args, active)

    def _watch(
        self,
        show: Callable[..., None],
        run: Run | None,
        earlier: list[Run],
        args: Any,
        polled: bool,
    ) -> None:
        # A button runs only this part of the page again, with the run that was there before.
        newest = [run.name] if run else []
        started = st.session_state[self._names][-1:] != newest or self._error in st.session_state
        if started or (polled and run and not run.active):
            st.rerun()
        show(run, earlier, *args)

    def show_controls(self, run: Run | None, plan: Plan, offer: Callable[[Run], None]) -> None:
        """Show the buttons and the progress. Only who started a run can pause and stop it.

        ``offer(run)`` shows what can be downloaded.
        """
        mine = run is not None and run.owner == visitor()
        busy = mine and run is not None and run.active
        with st.container(horizontal=True, vertical_alignment="center"):
            look = {"type": "primary", "disabled": busy}
            button("Start", "play_arrow", f"{self.prefix}_go", self._start, plan, **look)
            if not busy and (run is None or run.options != plan.options):
                st.markdown(plan.text, width="content")
            if run is None:
                return
            if mine:
                self._drive(run)
            offer(run)
            st.progress(len(run.history) / run.options.steps, text=_status(run))
        if run.active and not mine:
            st.caption(
                "You are watching the training of another visit, which only that visit can pause "
                "or stop. “Start” adds yours, which begins after it."
            )
        if run.state == "failed":
            show_error(run.error or FcnlibError("internal", "The training failed. Start it again."))

    def _start(self, plan: Plan) -> None:
        try:
            started = runs().start(plan.options, plan.watched(), visitor(), plan.task)
        except FcnlibError as error:
            st.session_state[self._error] = error
        else:
            self._remember([*self.known(), started][-self.kept :])

    def _drive(self, run: Run) -> None:
        if run.state == "paused":
            button("Resume", "play_arrow", f"{self.prefix}_resume", run.resume)
        else:
            waits = run.state != "running"
            button("Pause", "pause", f"{self.prefix}_pause", run.pause, disabled=waits)
        stops = {"disabled": not run.active}
        button("Stop", "stop_circle", f"{self.prefix}_stop", runs().stop, run, **stops)

    def _remember(self, known: list[Run]) -> None:
        names = [run.name for run in known]
        st.session_state[self._names] = names
        # The address keeps no run that is not found any more.
        if self.shared and st.query_params.get_all(self._names) != names:
            st.query_params[self._names] = names


def _status(run: Run) -> str:
    """Return the state of a run, its progress and its duration, in words."""
    step, steps = len(run.history), run.options.steps
    if run.state == "waiting":
        ahead = runs().ahead(run)
        position = f"{ahead} before you" if ahead else "you are next"
        return f"Waiting · {position} · only one training runs at a time"
    if run.state == "running" and not step:
        return "Running · building the network"
    seconds = f" · {run.job.seconds:.0f} s" if run.job else ""
    if run.state == "paused":
        seconds = f" · stops after a pause of {MAX_PAUSE / 60:.0f} minutes"
    return f"{run.state.capitalize()} · step {step} of {steps}{seconds}"
