"""The Training page's figures: the watched scene, the curves, the kernel, earlier runs."""

from collections.abc import Sequence

import streamlit as st

from fcnlib import scenes
from fcnlib.networks.built_in import NAMES
from fcnlib.plots import class_maps
from fcnlib.plots.training import Line, curve_figure, learning_kernel_figure
from fcnlib.training import Options
from fcnlib.training.curves import curves
from fcnlib.training.live_run import Run, Snapshot
from fcnlib.training.options import LIVE_SIZE
from fcnlib.typing import LabelMap
from fcnlib.ui.layout import chart

WATCHED = 4  # a test scene with all seven classes
MAP_HEIGHT = 310


def show_run(found: Run, earlier: Sequence[Run]) -> None:
    """Show a run as it is now, and its curves before those of earlier ones."""
    if not found.look:
        show_watched()
        return
    _maps(found.look)
    columns = st.columns(3)
    with columns[0]:
        _curve([found, *earlier], "loss", "Loss, nats per pixel", 2.0)
    with columns[1]:
        _curve([found, *earlier], "mean_iu", "Mean IU of the batch", 1.0)
    with columns[2]:
        _kernel(found.look)
    _compare([found, *earlier])


def show_watched() -> None:
    """Show the watched scene and its truth, with no answer yet."""
    _maps(None)


@st.cache_resource(show_spinner=False)
def watched() -> scenes.Scene:
    """Return the scene that every run is asked about."""
    return scenes.scene(WATCHED, LIVE_SIZE)


def describe(options: Options) -> str:
    """Return what sets one training apart from another, in a few words.

    Examples
    --------
    >>> from fcnlib.training.options import small_options
    >>> describe(small_options("fcn_16s", kernel_start="random", trainable_kernel=False))
    'FCN-16s, random, fixed, 0.008'

    """
    learned = "learned" if options.trainable_kernel else "fixed"
    return f"{NAMES[options.head]}, {options.kernel_start}, {learned}, {options.learning_rate:g}"


def _maps(look: Snapshot | None) -> None:
    picture, truth, answer = st.columns(3)
    with picture:
        title = "A scene it never trains on"
        figure = class_maps.photograph_figure(watched().picture, title, height=MAP_HEIGHT)
        chart(figure, "training_picture")
    with truth:
        _map(watched().labels, "Ground truth", "training_truth")
    if look:
        with answer:
            title = f"Its answer at step {look.step}, mean IU {look.mean_iu:.2f}"
            _map(look.prediction, title, "training_prediction")


def _map(labels: LabelMap, title: str, key: str) -> None:
    colors = scenes.COLORS
    figure = class_maps.discrete_matshow(
        labels, scenes.CLASSES, title, colors=colors, legend=0, height=MAP_HEIGHT
    )
    chart(figure, key)


def _curve(runs: Sequence[Run], name: str, title: str, limit: float) -> None:
    lines = []
    for run in runs:
        points = curves(list(run.history))
        lines.append(Line(describe(run.options), points.step, getattr(points, name)))
    figure = curve_figure(lines[0], lines[1:], title, steps=runs[0].options.steps, limit=limit)
    chart(figure, f"training_{name}")


def _kernel(look: Snapshot) -> None:
    index = scenes.CLASSES.index(st.session_state.get("training_class") or "bus")
    kernel = look.kernels[:, :, index]
    title = f"Kernel of “{scenes.CLASSES[index]}”, {kernel.shape[0]} × {kernel.shape[1]}"
    chart(learning_kernel_figure(kernel, title, height=290), "training_kernel")
    st.selectbox(
        "Kernel of the class",
        scenes.CLASSES,
        index=index,
        key="training_class",
        label_visibility="collapsed",
    )


def _compare(runs: Sequence[Run]) -> None:
    told = [
        f"{describe(run.options)}: **{run.look.mean_iu:.2f}** after {run.look.step} steps"
        for run in runs
        if run.look and not run.active
    ]
    if told:
        st.markdown("Mean IU on the scene above. " + " · ".join(told))
