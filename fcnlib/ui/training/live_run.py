"""The live run on the Training page: its options, its buttons and its status."""

import math
from functools import partial

import streamlit as st

from fcnlib import scenes
from fcnlib.networks.built_in import NAMES
from fcnlib.training import Options
from fcnlib.training.curves import curves
from fcnlib.training.live_run import Run
from fcnlib.training.options import small_options
from fcnlib.ui import scripts
from fcnlib.ui.layout import select_one
from fcnlib.ui.story import predict
from fcnlib.ui.training import figures
from fcnlib.ui.training.controls import Plan, Tab, choose_head, choose_steps

RATES = (0.001, 0.003, 0.008, 0.02)
STEPS = (50, 400)
FIRST_STEPS = 200
KERNELS = {
    f"{start}_{kind}": f"{start}, {kind}"
    for start in ("bilinear", "zero", "random")
    for kind in ("learned", "fixed")
}
STARTS = {"zero": "0", "half": "0.5", "equal": "about 2", "classes": "7"}
"""What the visitor may predict for the loss at the start."""

TAB = Tab("training", kept=3, shared=True)  # the current run and two to compare it with


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
    known = TAB.known()
    stage = st.container()
    with st.expander("More controls", key="training_more"):
        options = _choose_options()
    with stage:
        TAB.watch(_show, known, options)
    return "" if not known or known[-1].active else _learned(known[-1])


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
        head = choose_head("training_head", "Watch the edges and the people in the answer.")
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
        steps = choose_steps("training_steps", STEPS, FIRST_STEPS, 130)
        kernels = select_one(
            "Upsampling kernels",
            KERNELS,
            "bilinear_learned",
            "training_kernels",
            width=178,
            help="Sets the initial weights of the kernels and whether training changes them. Watch "
            "the figure of the kernel.",
        )
    start, kind = kernels.split("_")
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
    learns = kind == "learned"
    scripts.note(HEAD=head, RATE=rate, STEPS=steps, KERNEL_START=start, KERNEL_LEARNS=learns)
    return small_options(
        head, learning_rate=rate, steps=steps, kernel_start=start, trainable_kernel=learns
    )


def _show(run: Run | None, earlier: list[Run], options: Options) -> None:
    minutes = math.ceil(options.steps / FIRST_STEPS)  # on two processor cores
    text = f"{NAMES[options.head]}, learning rate {options.learning_rate:g}: press Start"
    plan = Plan(options, figures.watched, f"{text} (about {minutes} min)")
    TAB.show_controls(run, plan, _offer_weights)
    if run is None:
        figures.show_untrained(options.steps)
    else:
        figures.show_run(run, [other for other in earlier if other.history])


def _offer_weights(run: Run) -> None:
    """Offer the weights for download while they do not change."""
    head = run.options.head
    snapshot = None if run.state in ("waiting", "running") else run.snapshot
    st.download_button(
        "Weights",
        # Called on a click. The browser fetches finished bytes as soon as it sees the button.
        partial(snapshot.to_npz, head) if snapshot else b"",
        f"{head}_step_{snapshot.step if snapshot else 0}.npz",
        "application/octet-stream",
        key="training_keep",
        icon=":material/download:",
        disabled=snapshot is None,
        on_click="ignore",
        help="Download the current weights as a NumPy file. Pause a running training first.",
    )
