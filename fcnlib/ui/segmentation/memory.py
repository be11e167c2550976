"""The memory of four methods of upsampling, and the classes that can win in each square."""

from typing import NamedTuple

import streamlit as st

from fcnlib import engine
from fcnlib.class_map import reference, surviving_classes
from fcnlib.class_map.memory import requirements
from fcnlib.class_map.pruning import first_pass
from fcnlib.class_map.reference import ArgmaxTiming
from fcnlib.class_map.subdivision import best_classes
from fcnlib.images import digest
from fcnlib.plots.pruning import memory_figure, size, survivors_figure
from fcnlib.runtime import machine_nbytes
from fcnlib.segmentation import Segmentation
from fcnlib.typing import Float32Array, IndexArray, LabelMap, RGBImage
from fcnlib.ui.jobs import queue, show_progress, submit, task, visitor
from fcnlib.ui.layout import chart, choose_one, show_source

CLASSES = (21, 100, 400, 1000)
FACTORS = {8: "× 8", 16: "× 16", 32: "× 32"}
SOURCES = {"picture": "This picture", "smooth": "Smooth random scores", "noise": "Noise"}


class Field(NamedTuple):
    """Scores to map.

    Attributes
    ----------
    logits : ndarray of shape (h, w, C), float32
        Class scores.
    factor : int
        Pixels per cell along each axis.
    size : tuple of int
        Height and width of the picture without its padding.
    colors : ndarray of shape (C, 3), uint8, or None
        RGB of each class.

    """

    logits: Float32Array
    factor: int
    size: tuple[int, ...]
    colors: RGBImage | None = None


def show_memory(result: Segmentation, key: str) -> None:
    """Show the memory of four methods of upsampling and the classes that survive pruning.

    Parameters
    ----------
    result : Segmentation
        Result whose scores are mapped, unless the visitor chooses random ones.
    key : str
        Prefix of the widgets' keys.

    """
    _memory(key)
    _survivors(result, key)
    show_source(
        requirements, first_pass, best_classes, reference.enlarged_one_by_one, key=f"{key}_code"
    )


@st.fragment
def _memory(key: str) -> None:
    with st.container(horizontal=True):
        classes = choose_one("Classes", CLASSES, 1000, f"{key}_classes")
        factor = choose_one("Factor", FACTORS, 32, f"{key}_x")
    plan, machine = requirements(factor, classes), machine_nbytes()
    title = f"{classes} classes × {factor}, for a picture of 768 × 1024"
    chart(memory_figure(plan, machine, title), f"{key}_memory")
    dense = plan["dense"]
    st.markdown(
        "The post upsamples with a dense kernel, which connects every class to every class. This "
        f"kernel takes {size(dense.kernel)}. Kernel and output take "
        f"**{size(dense.total)}**.{_here(dense.total)}"
    )
    st.caption(
        "Only the weights from a class to itself are not zero. A depthwise kernel stores just "
        "those. Each of them is the product of two values of a triangle, one for its row and one "
        "for its column, and a separable kernel stores only this triangle. All three methods "
        f"compute the scores of every class at full size, {size(dense.activations)}. This app's "
        "method (“exact map”) never does: it leaves out classes that cannot win, and takes "
        f"{size(plan['exact'].total)}."
    )


def _here(nbytes: int) -> str:
    """Return a sentence that compares a size with this machine's memory."""
    machine = machine_nbytes()
    if machine is None:
        return ""
    if nbytes > machine:
        return f" This machine has only {size(machine)}, so they do not fit."
    return (
        f" That is {nbytes / machine:.1%} of this machine's {size(machine)}, if neither is copied."
    )


def _survivors(result: Segmentation, key: str) -> None:
    """Draw how many classes can win in each square between cells, and offer to time it."""
    field = _choose_field(result, key)
    name = digest(field.logits.tobytes())
    labels, counts = _kept(name, field.factor, _logits=field.logits)
    height, width = field.size
    left, right = st.columns(2, gap="medium")
    with left:
        title = f"{field.logits.shape[2]} classes, on average {counts.mean():.1f} left in a square"
        shown = labels[:height, :width]
        figure = survivors_figure(shown, counts, field.factor, title, colors=field.colors)
        chart(figure, f"{key}_survivors")
    with right:
        st.caption(
            "Between four neighboring cells, scores are weighted means of the cells' scores. A "
            "class cannot win there if another class has a higher score at all four cells. Each "
            "square between cells shows how many classes can still win: darker squares have more, "
            f"{counts.max()} at most. Each square in which more than one class can win is divided "
            "into quarters, which usually have fewer classes left, until one class or only a few "
            "pixels remain."
        )
        _timing(name, field, key)


def _choose_field(result: Segmentation, key: str) -> Field:
    source = choose_one("Scores to map", SOURCES, "picture", f"{key}_source")
    if source != "picture":
        return Field(_random(source), 32, (24 * 32, 32 * 32))
    scores, factor = result.coarse_logits, result.coarse_factor
    return Field(scores, factor, result.label_map.shape, result.colors)


def _timing(name: str, field: Field, key: str) -> None:
    jobs, work = queue("inference"), ("benchmark_argmax", name, field.factor)
    if st.button("Measure on this machine", icon=":material/timer:", key=f"{key}_timing"):
        timing = task("time_argmax", field.factor, field.logits)
        # With an owner of its own, the timing does not withdraw the visitor's picture.
        owner = f"benchmark_argmax {visitor()}"
        submit("inference", work, timing, f"{key}_timing_job", owner)
    # One that failed is found in the session only.
    job = jobs.find(work) or st.session_state.get(f"{key}_timing_job")
    if job is None or job.key != work:
        return
    if show_progress(jobs, job, f"{key}_timing", stoppable=False):
        _times(job.result)


def _times(result: ArgmaxTiming) -> None:
    exact, slow = st.columns(2)
    exact.metric("Exact map", _seconds(result.exact))
    slow.metric("Every class at every pixel", _seconds(result.one_by_one))
    same = "the same at every pixel"
    if result.differing:
        same = f"the same except at {result.differing} of {result.pixels:,} pixels, which are ties"
    st.caption(f"The maps are {same}. The second method upsamples one class at a time in NumPy.")


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{1000 * seconds:.0f} ms"


@st.cache_data(max_entries=8, show_spinner=False)
def _kept(name: str, factor: int, *, _logits: Float32Array) -> tuple[LabelMap, IndexArray]:
    """Return map and counts; `name` is the digest of the scores, which are not hashed again."""
    return engine.run("upsampled_argmax", factor, _logits), surviving_classes(_logits)


@st.cache_resource(max_entries=2, show_spinner=False)
def _random(kind: str) -> Float32Array:
    return reference.random_scores(kind)
