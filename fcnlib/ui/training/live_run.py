"""The Training page's live run: choosing it, driving it, saying where it stands."""

import math

import streamlit as st

from fcnlib import scenes
from fcnlib.errors import BusyError, FcnlibError
from fcnlib.jobs import Jobs
from fcnlib.networks.built_in import NAMES
from fcnlib.training import Options
from fcnlib.training.live_run import MAX_PAUSE, Run, Runs, Snapshot
from fcnlib.training.options import small_options
from fcnlib.ui.jobs import POLL_SECONDS, visitor
from fcnlib.ui.layout import show_error
from fcnlib.ui.training import figures

RATES = (0.001, 0.003, 0.008, 0.02)
STEPS = (50, 400)
STARTS, KINDS = ("bilinear", "zero", "random"), ("learned", "fixed")
KEPT = 3  # the run at hand and two to compare it with

_RUNS = "training_run"


@st.cache_resource(show_spinner=False)
def runs() -> Runs:
    """Return the trainings of this process."""
    return Runs(Jobs("training"))


def run() -> None:
    """Let the visitor choose and start a training; show the one under way or done."""
    mine = _mine()
    found = mine[-1] if mine else None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        options = _ask()
        st.button(
            "Start",
            type="primary",
            icon=":material/play_arrow:",
            key="training_go",
            disabled=found is not None and found.active,
            on_click=_start,
            args=(options,),
        )
    if options.kernel_start == "zero":
        st.caption(
            "Scores start at zero too, and each zero keeps the other's gradient at zero. So "
            f"nothing can learn: the loss stays at ln 7 = {math.log(len(scenes.CLASSES)):.2f}."
        )
    if error := st.session_state.pop("training_error", None):
        show_error(error)
    if found is None:
        _empty()
        return
    # Only what still changes is asked for again.
    every = POLL_SECONDS if found.active else None
    st.fragment(_watch, run_every=every)(found, mine[:-1], polled=found.active)


def _ask() -> Options:
    head = st.segmented_control(
        "Head",
        list(NAMES),
        default="fcn_8s",
        required=True,
        format_func=NAMES.__getitem__,
        key="training_head",
    )
    rate = st.selectbox("Learning rate", RATES, index=2, key="training_rate", width=110)
    steps = st.slider("Steps", *STEPS, value=200, step=50, key="training_steps", width=130)
    start, kind = st.selectbox(
        "Upsampling kernels",
        [(start, kind) for start in STARTS for kind in KINDS],
        format_func=", ".join,
        key="training_kernels",
        width=178,
    )
    return small_options(
        head or "fcn_8s",
        learning_rate=rate,
        steps=min(max(steps, STEPS[0]), STEPS[1]),
        kernel_start=start,
        trainable_kernel=kind == "learned",
    )


def _mine() -> list[Run]:
    """Return this tab's runs, the latest last: after a reload only the address knows them."""
    names = st.session_state.get(_RUNS) or st.query_params.get_all(_RUNS)
    known = [found for name in names[-KEPT:] if (found := runs().find(name))]
    if known:
        _remember(known)
    return known


def _remember(known: list[Run]) -> None:
    names = [found.name for found in known]
    st.session_state[_RUNS] = st.query_params[_RUNS] = names


def _start(options: Options) -> None:
    # The training's thread imports it with TensorFlow; plotly trips over half a pandas here.
    import pandas  # noqa: F401

    try:
        started = runs().start(options, figures.watched(), visitor())
    except BusyError as error:
        st.session_state["training_error"] = error
        return
    _remember([*_mine(), started][-KEPT:])


def _empty() -> None:
    st.caption(
        "Press Start: a small network that knows nothing yet learns from 60 drawn scenes, and its "
        "loss, its answer to the scene below and its upsampling kernel move as it does."
    )
    figures.show_watched()


def _watch(found: Run, earlier: list[Run], *, polled: bool) -> None:
    if polled and not found.active:
        st.rerun()
    _controls(found)
    if found.state == "failed":
        show_error(found.error or FcnlibError("internal", "This failed. Start it again."))
    figures.show_run(found, [run for run in earlier if run.history])


def _controls(found: Run) -> None:
    paused = found.state == "paused"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Resume" if paused else "Pause",
            icon=":material/play_arrow:" if paused else ":material/pause:",
            key="training_resume" if paused else "training_pause",
            disabled=found.state not in ("running", "paused"),
            on_click=found.resume if paused else found.pause,
        )
        st.button(
            "Stop",
            icon=":material/stop_circle:",
            key="training_stop",
            disabled=not found.active,
            on_click=runs().stop,
            args=(found,),
        )
        _keep(found)
        st.progress(len(found.history) / found.options.steps, text=_say(found))


def _keep(found: Run) -> None:
    """Offer the weights while they hold still, or the file would change under the download."""
    look = None if found.state in ("waiting", "running") else found.look
    st.download_button(
        "Keep",
        _weights_file(found.name, look.step, look, found.options.head) if look else b"",
        f"{found.options.head}_step_{look.step if look else 0}.npz",
        "application/octet-stream",
        key="training_keep",
        icon=":material/download:",
        disabled=look is None,
        on_click="ignore",
        help="The weights as they are now, as a NumPy file. While it runs, pause first.",
    )


@st.cache_data(max_entries=8, show_spinner=False)
def _weights_file(name: str, step: int, _look: Snapshot, head: str) -> bytes:
    return _look.to_npz(head)


def _say(found: Run) -> str:
    """Return in words where a run stands."""
    step, steps = len(found.history), found.options.steps
    if found.state == "waiting":
        ahead = runs().ahead(found)
        before = f"{ahead} before you" if ahead else "Next"
        return f"Waiting · {before} · one training at a time, so it stays quick"
    if found.state == "running" and not step:
        return "Building the network"
    seconds = f" · {found.job.seconds:.0f} s" if found.job else ""
    hold = (
        f" · stops by itself after {MAX_PAUSE / 60:.0f} minutes"
        if found.state == "paused"
        else seconds
    )
    return f"{found.state.capitalize()} · step {step} of {steps}{hold}"
