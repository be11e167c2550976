"""The live run on the Training page: its options, its buttons and its status."""

import math

import streamlit as st

from fcnlib import scenes
from fcnlib.errors import BusyError, FcnlibError
from fcnlib.jobs import Jobs
from fcnlib.networks.built_in import NAMES
from fcnlib.training import Options
from fcnlib.training.curves import curves
from fcnlib.training.live_run import MAX_PAUSE, Run, Runs, Snapshot
from fcnlib.training.options import small_options
from fcnlib.ui import scripts
from fcnlib.ui.jobs import POLL_SECONDS, visitor
from fcnlib.ui.layout import button, choose_one, show_error
from fcnlib.ui.story import predict
from fcnlib.ui.training import figures

RATES = (0.001, 0.003, 0.008, 0.02)
STEPS = (50, 400)
FIRST_STEPS = 200
KERNELS = [
    f"{start}, {kind}" for start in ("bilinear", "zero", "random") for kind in ("learned", "fixed")
]
KEPT = 3  # the current run and two to compare it with
STARTS = {"zero": "0", "half": "0.5", "equal": "about 2", "classes": "7"}
"""What the visitor may predict for the loss at the start."""

_RUNS = "training_run"


@st.cache_resource(show_spinner=False)
def runs() -> Runs:
    """Return the trainings of this process."""
    return Runs(Jobs("training"))


def predict_start() -> None:
    """Let the visitor predict the loss of a network that has learned nothing."""
    classes = len(scenes.CLASSES)

    def answer() -> tuple[str, str]:
        return "equal", (
            f"All scores start at zero, so each of the {classes} classes has the probability "
            f"1/{classes}. The loss is −ln(1/{classes}) = {math.log(classes):.2f}."
        )

    question = f"how large is the loss before the first step, with {classes} classes?"
    predict("training_start", question, STARTS, answer)


def show_training() -> str:
    """Let the visitor start, pause and stop a training, and show the current or last one.

    Returns
    -------
    learned : str
        What a training that has ended has shown, in two sentences; empty before.

    """
    known = _known_runs()
    current = known[-1] if known else None
    stage = st.container()
    with st.expander("More controls", key="training_more"):
        options = _choose_options()
    with stage:
        if error := st.session_state.pop("training_error", None):
            show_error(error)
        active = current is not None and current.active
        # A run that has ended does not change any more, so it is not polled.
        every = POLL_SECONDS if active else None
        st.fragment(_watch, run_every=every)(current, known[:-1], options, polled=active)
    return "" if current is None or active else _learned(current)


def _learned(run: Run) -> str:
    points = curves(run.history)
    # With zero kernels, or in very few steps, the loss does not fall.
    if not len(points.step) or points.loss[-1] >= run.history[0].loss:
        return ""
    return (
        f"{len(run.history)} steps lowered the loss from {run.history[0].loss:.2f} to "
        f"{points.loss[-1]:.2f}. Large areas come first, thin objects last."
    )


def _choose_options() -> Options:
    row = st.container(horizontal=True, vertical_alignment="bottom")
    with row:
        head = choose_one(
            "Version of the network (head)",
            NAMES,
            "fcn_8s",
            "training_head",
            in_address=True,
            help="The number is the side in px of the smallest cells that contribute scores. Watch "
            "the edges and the people in the answer.",
        )
        rate = st.selectbox(
            "Learning rate",
            RATES,
            index=2,
            key="training_rate",
            width=110,
            bind="query-params",
            help="How far each step changes the weights. If it is too low, the loss falls slowly; "
            "if it is too high, the loss jumps.",
        )
        steps = st.slider(
            "Steps",
            *STEPS,
            value=FIRST_STEPS,
            step=50,
            key="training_steps",
            width=130,
            bind="query-params",
            help="Number of training steps. Watch whether the loss still falls at the end.",
        )
        kernels = st.selectbox(
            "Upsampling kernels",
            KERNELS,
            key="training_kernels",
            width=178,
            bind="query-params",
            help="Sets the initial weights of the kernels and whether training changes them. Watch "
            "the figure of the kernel.",
        )
    start, _, kind = (kernels or KERNELS[0]).partition(", ")
    st.caption(
        "The **learning rate** is the factor by which each step multiplies the **gradient** before "
        "it subtracts it from a weight. The gradient of a weight is the rate at which the loss "
        "grows if the weight grows. 200 steps of four streets are 13 **epochs**, or passes over "
        "the 60 streets. Train one head, then another: the curve of the first one stays."
    )
    if start == "zero":
        st.caption(
            "This training does not learn anything, because the scores also start at zero. Every "
            "term of the kernel's gradient is multiplied by a score, and every term of the "
            "scores' gradient by a weight of the kernel. Both gradients are therefore zero, and "
            "training changes nothing. All 7 classes keep the same probability, and the "
            f"loss stays at ln 7 = {math.log(len(scenes.CLASSES)):.2f}."
        )
    steps = min(max(steps, STEPS[0]), STEPS[1])
    learns = kind == "learned"
    scripts.note(HEAD=head, RATE=rate, STEPS=steps, KERNEL_START=start, KERNEL_LEARNS=learns)
    return small_options(
        head, learning_rate=rate, steps=steps, kernel_start=start, trainable_kernel=learns
    )


def _known_runs() -> list[Run]:
    """Return the runs of this tab, latest last; after a reload only the address names them."""
    names = st.session_state.get(_RUNS) or st.query_params.get_all(_RUNS)
    known = [run for name in names[-KEPT:] if (run := runs().find(name))]
    _remember(known)
    return known


def _remember(known: list[Run]) -> None:
    names = [run.name for run in known]
    st.session_state[_RUNS] = names
    # The address keeps no run that is not found any more.
    if st.query_params.get_all(_RUNS) != names:
        st.query_params[_RUNS] = names


def _start(options: Options) -> None:
    try:
        started = runs().start(options, figures.watched(), visitor())
    except BusyError as error:
        st.session_state["training_error"] = error
    else:
        _remember([*_known_runs(), started][-KEPT:])


def _watch(run: Run | None, earlier: list[Run], options: Options, *, polled: bool) -> None:
    # A button runs only this part of the page again, with the run that was there before.
    newest = [run.name] if run else []
    started = st.session_state[_RUNS][-1:] != newest or "training_error" in st.session_state
    if started or (polled and run and not run.active):
        st.rerun()
    _show_controls(run, options)
    if run is None:
        figures.show_untrained(options.steps)
        return
    if run.state == "failed":
        show_error(run.error or FcnlibError("internal", "The training failed. Start it again."))
    figures.show_run(run, [other for other in earlier if other.history])


def _show_controls(run: Run | None, options: Options) -> None:
    """Show the buttons and the progress. Only who started a run can pause and stop it."""
    mine = run is not None and run.owner == visitor()
    busy = mine and run is not None and run.active
    with st.container(horizontal=True, vertical_alignment="center"):
        look = {"type": "primary", "disabled": busy}
        button("Start", "play_arrow", "training_go", _start, options, **look)
        if not busy and (run is None or run.options != options):
            minutes = math.ceil(options.steps / FIRST_STEPS)  # on two processor cores
            text = f"{NAMES[options.head]}, learning rate {options.learning_rate:g}: press Start"
            st.markdown(f"{text} (about {minutes} min)", width="content")
        if run is None:
            return
        if mine:
            _drive(run)
        _offer_weights(run)
        st.progress(len(run.history) / run.options.steps, text=_status(run))
    if run.active and not mine:
        st.caption(
            "You are watching the training of another visit, which only that visit can pause or "
            "stop. “Start” adds yours, which begins after it."
        )


def _drive(run: Run) -> None:
    if run.state == "paused":
        button("Resume", "play_arrow", "training_resume", run.resume)
    else:
        waits = run.state != "running"
        button("Pause", "pause", "training_pause", run.pause, disabled=waits)
    button("Stop", "stop_circle", "training_stop", runs().stop, run, disabled=not run.active)


def _offer_weights(run: Run) -> None:
    """Offer the weights for download while they do not change, so that the file stays valid."""
    head = run.options.head
    snapshot = None if run.state in ("waiting", "running") else run.snapshot
    st.download_button(
        "Weights",
        _weights_file(run.name, snapshot.step, snapshot, head) if snapshot else b"",
        f"{head}_step_{snapshot.step if snapshot else 0}.npz",
        "application/octet-stream",
        key="training_keep",
        icon=":material/download:",
        disabled=snapshot is None,
        on_click="ignore",
        help="Download the current weights as a NumPy file. Pause a running training first.",
    )


@st.cache_data(max_entries=8, show_spinner=False)
def _weights_file(name: str, step: int, _snapshot: Snapshot, head: str) -> bytes:
    return _snapshot.to_npz(head)


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
