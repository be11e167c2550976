"""Figures of the Training page: the watched scene, the curves and the kernel."""

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
from fcnlib.ui.layout import chart, chart_row, drawn

WATCHED = 4  # a test scene with all seven classes
MAP_HEIGHT = 310


@st.cache_resource(show_spinner=False)
def watched() -> scenes.Scene:
    """Return the scene whose prediction every run shows."""
    return scenes.scene(WATCHED, LIVE_SIZE)


def show_run(run: Run, earlier: Sequence[Run]) -> None:
    """Show the current state of a run, and its curves together with those of earlier runs."""
    show_maps(run.snapshot)
    if not run.snapshot:
        return
    runs = [run, *earlier]
    loss, mean_iu, kernel = st.columns(3)
    with loss:
        _show_curve(runs, "loss", "Loss, nats per pixel", 2.0)
    with mean_iu:
        _show_curve(runs, "mean_iu", "Mean IU of the batch", 1.0)
    with kernel:
        _show_kernel(run.snapshot)
    results = [
        f"{describe(run.options)}: **{run.snapshot.mean_iu:.2f}** after {run.snapshot.step} steps"
        for run in runs
        if run.snapshot and not run.active
    ]
    if results:
        st.markdown("Mean IU of the prediction above · " + " · ".join(results))


def show_maps(snapshot: Snapshot | None = None) -> None:
    """Show the watched scene, its ground truth and, if there is a snapshot, its prediction."""
    scene, title = watched(), "Test scene, not used in training"
    figures = {
        "picture": drawn(class_maps.photograph_figure, scene.picture, title, height=MAP_HEIGHT),
        "truth": drawn(class_maps.scene_figure, scene.labels, "Ground truth", height=MAP_HEIGHT),
    }
    if snapshot:
        title = f"Prediction at step {snapshot.step}, mean IU {snapshot.mean_iu:.2f}"
        figures["prediction"] = class_maps.scene_figure(
            snapshot.prediction, title, height=MAP_HEIGHT
        )
    chart_row("training", figures, st.columns(3))


def describe(options: Options) -> str:
    """Return the options that distinguish one training from another, in a few words.

    Examples
    --------
    >>> from fcnlib.training.options import small_options
    >>> describe(small_options("fcn_16s", kernel_start="random", trainable_kernel=False))
    'FCN-16s, random, fixed, rate 0.008'

    """
    kind = "learned" if options.trainable_kernel else "fixed"
    rate = f"rate {options.learning_rate:g}"
    return f"{NAMES[options.head]}, {options.kernel_start}, {kind}, {rate}"


def _show_curve(runs: Sequence[Run], name: str, title: str, limit: float) -> None:
    lines = []
    for run in runs:
        # A copy, because the thread of the training appends to the history.
        points = curves(list(run.history))
        lines.append(Line(describe(run.options), points.step, getattr(points, name)))
    figure = curve_figure(lines[0], lines[1:], title, steps=runs[0].options.steps, limit=limit)
    chart(figure, f"training_{name}")


def _show_kernel(snapshot: Snapshot) -> None:
    index = scenes.CLASSES.index(st.session_state.get("training_class") or "bus")
    kernel = snapshot.kernels[:, :, index]
    title = f"Kernel of “{scenes.CLASSES[index]}”, {kernel.shape[0]} × {kernel.shape[1]}"
    chart(learning_kernel_figure(kernel, title), "training_kernel")
    st.selectbox(
        "Class of the kernel",
        scenes.CLASSES,
        index=index,
        key="training_class",
        label_visibility="collapsed",
    )
