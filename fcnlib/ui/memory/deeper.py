"""The folds of the page: the logarithmic scale, other scores, measured times."""

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
from fcnlib.transposed_convolution.depthwise import enlarged
from fcnlib.typing import Float32Array, IndexArray, LabelMap
from fcnlib.ui.jobs import queue, show_progress, submit, task, visitor
from fcnlib.ui.layout import chart, choose_one, fold, show_source
from fcnlib.ui.memory.kernels import CLASSES
from fcnlib.ui.story import part

_SOURCE = "memory_source"
FACTORS = {8: "× 8", 16: "× 16", 32: "× 32"}
SOURCES = {"picture": "The photograph", "smooth": "Smooth random scores", "noise": "Noise"}


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

    """

    logits: Float32Array
    factor: int
    size: tuple[int, ...]


def show_deeper(result: Segmentation | None) -> None:
    """Offer the folds; `result` is that of the photograph, once it is there."""
    fold(
        "Go deeper: other classes and factors, on a logarithmic scale",
        "memory_scale_fold",
        show_requirements,
    )
    if result is not None:
        fold(
            "Go deeper: smooth scores, noise, and measured times",
            "memory_scores_fold",
            show_scores,
            result,
        )
    fold("Go deeper: the dense kernel, measured", "memory_measured_fold", _measured)
    show_source(
        requirements, enlarged, first_pass, best_classes, reference.enlarged_one_by_one, key=_SOURCE
    )


@part
def show_requirements() -> None:
    """Show the memory of the four methods for chosen numbers of classes and factors."""
    with st.container(horizontal=True):
        classes = choose_one("Classes", CLASSES, 1000, "memory_scale_classes", in_address=True)
        factor = choose_one("Factor", FACTORS, 32, "memory_scale_factor", in_address=True)
    plan, machine = requirements(factor, classes), machine_nbytes()
    title = f"{classes} classes × {factor}, for a picture of 768 × 1024"
    chart(memory_figure(plan, machine, title), "memory_scale_bars")
    dense = plan["dense"]
    st.markdown(
        "The scale is logarithmic: from one line of the grid to the next, the memory grows by a "
        "factor of 1,000, so the length of a bar is not proportional to it. The post's dense "
        f"kernel takes {size(dense.kernel)}. Kernel and output take **{size(dense.total)}**."
        f"{_here(dense.total)} The first three methods compute the scores of every class at full "
        f"size, {size(dense.activations)}. The exact map leaves out classes that cannot win, and "
        f"takes {size(plan['exact'].total)}."
    )


def show_scores(result: Segmentation) -> None:
    """Draw how many classes can win in each square of chosen scores, and offer to time it."""
    field = choose_field(result)
    name = digest(field.logits.tobytes())
    labels, counts = _kept(name, field.factor, _logits=field.logits)
    height, width = field.size
    left, right = st.columns(2, gap="medium")
    with left:
        title = f"{field.logits.shape[2]} classes, on average {counts.mean():.1f} left in a square"
        shown = labels[:height, :width]
        figure = survivors_figure(shown, counts, field.factor, title)
        chart(figure, "memory_scores_survivors")
    with right:
        st.markdown(
            "A class is left out if the leader, the best class in the middle of the square, beats "
            "it at all four corners. Scores of "
            "neighboring cells that resemble each other leave few classes. Noise is the worst "
            f"case. Here a square has {counts.max()} classes at most. Each square in which more "
            "than one class can win is divided into quarters, which usually have fewer classes "
            "left, until one class or only a few pixels remain."
        )
        _timing(name, field)


def choose_field(result: Segmentation) -> Field:
    """Let the visitor choose the scores to map."""
    source = choose_one(
        "Scores to map", SOURCES, "picture", "memory_scores_source", in_address=True
    )
    if source != "picture":
        return Field(_random(source), 32, (24 * 32, 32 * 32))
    scores, factor = result.coarse_logits, result.coarse_factor
    return Field(scores, factor, result.label_map.shape)


def _measured() -> None:
    # The facts import most of the library, for which the page need not wait.
    from fcnlib.facts.memory import QUOTED

    (fact,) = QUOTED
    st.markdown(f"{fact.statement} {fact.source[0].upper()}{fact.source[1:]}:")
    rows = [
        dict(zip(("Classes", "Time and memory"), part.split(": ", 1), strict=True))
        for part in fact.figures.split(" · ")
    ]
    st.table(rows, hide_index=True, border="horizontal")
    st.markdown(
        "The time also grows quadratically with the classes: the layer multiplies all those zeros. "
        f"{fact.why}"
    )


def _here(nbytes: int) -> str:
    """Return a sentence that compares a size with this machine's memory."""
    machine = machine_nbytes()
    if machine is None:
        return ""
    if nbytes > machine:
        return f" This computer has only {size(machine)}, so they do not fit."
    return f" That is {nbytes / machine:.1%} of this computer's {size(machine)}, plus copies."


def _timing(name: str, field: Field) -> None:
    jobs, work = queue("inference"), ("benchmark_argmax", name, field.factor)
    if st.button("Measure on this machine", icon=":material/timer:", key="memory_timing"):
        timing = task("time_argmax", field.factor, field.logits)
        # With an owner of its own, the timing does not withdraw the visitor's picture.
        owner = f"benchmark_argmax {visitor()}"
        submit("inference", work, timing, "memory_timing_job", owner)
    # One that failed is found in the session only.
    job = jobs.find(work) or st.session_state.get("memory_timing_job")
    if job is None or job.key != work:
        return
    if show_progress(jobs, job, "memory_timing", stoppable=False):
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
