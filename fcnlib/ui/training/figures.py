"""Figures of the Training page: the watched scene, the curves and the kernel."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from fcnlib import scenes
from fcnlib.networks.built_in import NAMES
from fcnlib.plots.training import Line, curve_figure, learning_kernel_figure
from fcnlib.training import Options
from fcnlib.training.curves import curves
from fcnlib.training.live_run import Run, Snapshot
from fcnlib.training.options import LIVE_SIZE
from fcnlib.ui.layout import chart, drawn, fold
from fcnlib.ui.training.alone import SHIPPED_STEPS
from fcnlib.ui.training.linked_maps import Panel, show_maps

WATCHED = 4  # a test scene with all seven classes
CURVE_HEIGHT = 170
COLUMNS = (2, 3)
LOSS, MEAN_IU = (
    ("loss", "Loss by step: mean of −ln p", 2.0),
    ("mean_iu", "Mean IU of the batch by step", 1.0),
)


@st.cache_resource(show_spinner=False)
def watched() -> scenes.Scene:
    """Return the scene whose prediction every run shows."""
    return scenes.scene(WATCHED, LIVE_SIZE)


def show_untrained(steps: int) -> None:
    """Show the watched scene and empty axes, before the first training."""
    empty = Line("", np.zeros(0), np.zeros(0))
    _, title, limit = LOSS
    figure = drawn(curve_figure, empty, (), title, steps=steps, limit=limit, height=CURVE_HEIGHT)
    curve, maps = st.columns(COLUMNS)
    with curve:
        chart(figure, "training_axes")
    with maps:
        _show_maps(None, "after Start")


def show_run(run: Run, earlier: Sequence[Run]) -> None:
    """Show the current state of a run, and its curves together with those of earlier runs."""
    runs = [run, *earlier]
    curve, maps = st.columns(COLUMNS)
    with curve:
        _show_curve(runs, *LOSS)
    with maps:
        _show_maps(run.snapshot, "not yet")
    results = [
        f"{'This' if other is run else 'Earlier'} run: {_say(other.options)}. Mean IU of its "
        f"answer: **{other.snapshot.mean_iu:.2f}** after {other.snapshot.step} steps."
        for other in runs
        if other.snapshot and not other.active
    ]
    if results:
        longer = f"The networks at the top of the page trained for {SHIPPED_STEPS:,} steps."
        st.markdown("  \n".join([*results, longer]))
    if run.snapshot:
        title = "Go deeper: mean IU, and an upsampling kernel while it learns"
        fold(title, "training_more_figures", _show_more, runs, run.snapshot)


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


def _say(options: Options) -> str:
    start = {"bilinear": "bilinear", "zero": "at zero", "random": "at random"}
    return (
        f"{NAMES[options.head]}; its kernels start {start[options.kernel_start]} and "
        f"{'learn' if options.trainable_kernel else 'stay fixed'}; learning rate "
        f"{options.learning_rate:g}"
    )


def _show_maps(snapshot: Snapshot | None, waiting: str) -> None:
    scene, note = watched(), ""
    if snapshot:
        note = f"mean IU {snapshot.mean_iu:.2f}"
    panels = [
        Panel("Test street", "picture", scene.picture),
        Panel("Answer", "answer", snapshot.prediction if snapshot else None, note),
        Panel("Truth", "truth", scene.labels),
    ]
    show_maps(panels, "training_maps", 3, waiting=waiting)


def _show_curve(runs: Sequence[Run], name: str, title: str, limit: float) -> None:
    lines = []
    for run in runs:
        # A copy, because the thread of the training appends to the history.
        points = curves(list(run.history))
        lines.append(Line(describe(run.options), points.step, getattr(points, name)))
    steps = runs[0].options.steps
    figure = curve_figure(lines[0], lines[1:], title, steps=steps, limit=limit, height=CURVE_HEIGHT)
    chart(figure, f"training_{name}")


def _show_more(runs: Sequence[Run], snapshot: Snapshot) -> None:
    mean_iu, kernel = st.columns(2)
    with mean_iu:
        _show_curve(runs, *MEAN_IU)
        st.caption(
            "The mean IU of the four streets of each step. It jumps from step to step, because "
            "each step has other streets."
        )
    with kernel:
        _show_kernel(snapshot)


def _show_kernel(snapshot: Snapshot) -> None:
    place = st.container()
    name = st.selectbox(
        "Class of the kernel",
        scenes.CLASSES,
        index=scenes.CLASSES.index("bus"),
        key="training_class",
        bind="query-params",
        label_visibility="collapsed",
    )
    kernel = snapshot.kernels[:, :, scenes.CLASSES.index(name)]
    title = f"Kernel of “{name}”, {kernel.shape[0]} × {kernel.shape[1]}"
    with place:
        chart(learning_kernel_figure(kernel, title), "training_kernel")
