"""The training on a visitor's own pictures: choices, buttons, and what the network answers."""

from functools import lru_cache, partial

import numpy as np
import streamlit as st

from fcnlib import images
from fcnlib.images.colors import from_hex, overlay, paint
from fcnlib.networks.backbones import BACKBONES
from fcnlib.networks.built_in import NAMES
from fcnlib.plots import class_maps
from fcnlib.plots.theme import Figure
from fcnlib.plots.training import Line, curve_figure
from fcnlib.training.curves import curves
from fcnlib.training.live_run import Run
from fcnlib.training.own_data.live import FROZEN, Labeled, Snapshot, short_options
from fcnlib.training.own_data.options import Options
from fcnlib.typing import ByteArray
from fcnlib.ui.elements import class_legend
from fcnlib.ui.jobs import on_request, task
from fcnlib.ui.layout import chart, drawn, select_one
from fcnlib.ui.training.controls import Plan, Tab, choose_head, choose_steps
from fcnlib.ui.training.figures import CURVE_HEIGHT, LOSS
from fcnlib.ui.training.own.collection import Collection

STEPS = (50, 300)
FIRST_STEPS = 50
HEIGHT = 190  # px, of a watched picture
TAB = Tab("training_own")

_NETWORK = "training_own_network"


def choose_training() -> Options:
    """Let the visitor choose head, backbone and steps, and return the options."""
    with st.expander("More controls", key="training_own_more"), st.container(horizontal=True):
        head = choose_head("training_own_head", "Watch the edges in the answers.")
        backbone = select_one(
            "Backbone",
            {name: BACKBONES[name].title for name in FROZEN},
            FROZEN[0],
            "training_own_backbone",
            width=320,
            help="The network whose features the head uses. Its weights do not change here.",
        )
        steps = choose_steps("training_own_steps", STEPS, FIRST_STEPS, 150)
    return short_options(head, backbone=backbone, steps=steps)


def show_training(collection: Collection, classes: tuple[str, ...]) -> None:
    """Show the training of this visit: its buttons, its loss, and answers for some pictures."""
    known = TAB.known()
    stage = st.container()
    options = choose_training()
    with stage:
        TAB.watch(_show, known, options, collection, classes)


def trained_file() -> bytes:
    """Return the network that was prepared for download in this visit, or nothing."""
    job = st.session_state.get(f"{_NETWORK}_job")
    return bytes(job.result) if job is not None and job.state == "done" else b""


def keep_network() -> None:
    """Offer the trained network as a file, once there is one."""
    known = TAB.known()
    run = known[-1] if known else None
    if run is None or run.active or run.snapshot is None or not run.snapshot.step:
        st.caption("Train a network first. Then it can be prepared for download here.")
        return
    file = on_request(
        "Prepare the network",
        "folder_zip",
        _NETWORK,
        key=(run.name, run.snapshot.step),
        work=task("own_network", run.options, run.watched, run.snapshot),
        about="It is measured, and gets a card that describes it. The Segmentation page can then "
        "use it.",
    )
    if file:
        st.download_button(
            f"Download ({len(file) / 1e6:.1f} MB)",
            partial(bytes, file),  # on a click; the browser fetches finished bytes at once
            "network.zip",
            "application/zip",
            key="training_own_download",
            icon=":material/download:",
            on_click="ignore",
        )


def _show(
    run: Run | None,
    _earlier: list[Run],
    options: Options,
    collection: Collection,
    classes: tuple[str, ...],
) -> None:
    text = f"{NAMES[options.head]} on {BACKBONES[options.backbone].title}: press Start"
    watched = partial(collection.labeled, classes)
    plan = Plan(options, watched, f"{text} (about 1 min)", "train_own")
    TAB.show_controls(run, plan, lambda _: None)
    if run is None:
        st.caption(_numbers(collection))
        return
    _show_state(run, run.watched)


def _numbers(collection: Collection) -> str:
    """Say which pictures have labels."""
    numbers = collection.with_labels()
    if not numbers:
        return "No picture has labels yet. Paint two classes or more on at least one picture."
    if len(numbers) == 1:
        return f"Picture {numbers[0]} has labels."
    return f"Pictures {', '.join(map(str, numbers[:-1]))} and {numbers[-1]} have labels."


def _show_state(run: Run, labeled: Labeled) -> None:
    points = curves(list(run.history))
    line = Line("", points.step, points.loss)
    _, title, limit = LOSS
    figure = curve_figure(
        line, (), title, steps=run.options.steps, limit=limit, height=CURVE_HEIGHT
    )
    columns = st.columns([3, *[2] * len(labeled.watched())])
    with columns[0]:
        chart(figure, "training_own_loss")
    snapshot: Snapshot | None = run.snapshot
    held_out = labeled.held_out()
    for column, (place, number) in zip(columns[1:], enumerate(labeled.watched()), strict=True):
        with column:
            labels = snapshot.predictions[place].tobytes() if snapshot else b""
            trained = labeled.pictures[number].labels and number not in held_out
            title = f"Picture {number + 1}" + (", trained on" if trained else "")
            figure = _answer(labeled.pictures[number].picture, labels, labeled.colors, title)
            chart(figure, f"training_own_answer_{place}")
    st.markdown(class_legend(labeled.classes, labeled.colors))
    if snapshot and not np.isnan(snapshot.mean_iu):
        numbers = ", ".join(str(number + 1) for number in held_out)
        st.markdown(
            f"Mean IU of **{snapshot.mean_iu:.2f}** on the labeled pictures that it is not trained "
            f"on ({numbers}), after {snapshot.step} steps."
        )


@lru_cache(maxsize=64)
def _answer(picture: bytes, labels: bytes, colors: tuple[str, ...], title: str) -> Figure:
    pixels = images.decode(picture)
    if labels:
        answer: ByteArray = np.frombuffer(labels, np.uint8).reshape(pixels.shape[:2])
        pixels = overlay(pixels, paint(answer, from_hex(colors)), 0.6)
    return drawn(class_maps.photograph_figure, pixels, title, height=HEIGHT)
