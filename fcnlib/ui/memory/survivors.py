"""The classes that can still win between cells, on the scores of a photograph."""

from collections.abc import Sequence
from functools import cache, lru_cache

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fcnlib import images
from fcnlib.class_map import surviving_classes
from fcnlib.class_map.memory import requirements
from fcnlib.class_map.pruning import remaining_between, winners_between
from fcnlib.images import colors
from fcnlib.plots.class_maps import photograph_figure
from fcnlib.plots.memory import between_cells_figure
from fcnlib.plots.pruning import size, survivors_figure
from fcnlib.plots.theme import Figure
from fcnlib.segmentation import Segmentation
from fcnlib.typing import FloatArray, IndexArray
from fcnlib.ui import scripts
from fcnlib.ui.layout import chart, choose_one, drawn
from fcnlib.ui.memory.kernels import FACTOR, MANY
from fcnlib.ui.pictures import FIRST, sample
from fcnlib.ui.rows import wrapping_columns
from fcnlib.ui.segmentation.run import JOB, run, sample_request
from fcnlib.ui.story import predict, so, step

OWN = "yours"
"""The option for the picture of the Segmentation page."""
_KEPT = "memory_own_result"
_QUESTION = "memory_survivors_left"
_MOST = 5  # classes between the two cells that are drawn
_CHOICES = {"hundreds": "over 100", "tens": "20 to 100", "few": "under 20"}


def show_survivors() -> Segmentation | None:
    """Show the classes that can win on a photograph; return its result once it is there."""
    with step("memory_survivors", "Never enlarge a class that cannot win", 4):
        _remember_own()
        rest = requirements(FACTOR, MANY)["separable"].activations
        st.markdown(
            f"The kernel is tiny now, but the output, {MANY:,} scores per pixel, still takes "
            f"{size(rest)}. Between two cells, each score changes along a straight line. Look at "
            "the dashed line: it is below the thick one, the **leader**, at both ends. So the "
            "dashed one is below the leader everywhere between them, and its class cannot win "
            "there. The classes in color **remain**. In a square between four cells it is the "
            "same, and only the classes that remain are enlarged."
        )
        options = images.SAMPLES | ({OWN: "Your picture"} if _KEPT in st.session_state else {})
        control, left, right = wrapping_columns("memory_survivors_row", (5, 6, 4))
        with control:
            chosen = choose_one(
                "Photograph",
                options,
                FIRST,
                "memory_picture",
                in_address=True,
                control=st.pills,
                wrap=True,
            )
        scripts.note(PICTURE="picture.jpg" if chosen == OWN else chosen)
        result = None
        if _asked():
            with control:
                result = _result(chosen)
            if result is None:
                return None
        _show_figures(result, chosen, (control, left, right))
        exact = requirements(FACTOR, MANY)["exact"].total
        so(
            "a class that is below the leader at all four corners of a square is never computed "
            f"inside it. The map is the same and takes at most {size(exact)}, not {size(rest)}."
        )
        return result


@lru_cache(maxsize=8)  # results are shared by all visitors
def counted(result: Segmentation) -> IndexArray:
    """Return how many classes remain in each square between the cells of a result."""
    return surviving_classes(result.coarse_logits)


@lru_cache(maxsize=8)
def contested_pair(result: Segmentation) -> tuple[int, int]:
    """Return row and column of a cell. Many classes remain between it and its right neighbor.

    Of the pairs with most remaining classes, but at most `_MOST`, it is the one nearest to the
    middle.
    """
    scores = result.coarse_logits
    rows, cols = scores.shape[0], scores.shape[1] - 1
    found = {
        (row, col): len(remaining_between(scores[row, col], scores[row, col + 1]))
        for row, col in np.ndindex(rows, cols)
    }
    few = {place: count for place, count in found.items() if count <= _MOST} or found
    return max(
        few,
        key=lambda at: (few[at], -abs(2 * at[0] - rows + 1) - abs(2 * at[1] - cols + 1)),
    )


def _remember_own() -> None:
    """Keep the result of the visitor's own picture, before this page asks for a sample."""
    job = st.session_state.get(JOB)
    samples = {sample_request(name).picture.digest for name in images.SAMPLES}
    if job is None or job.state != "done" or job.key[1] in samples:
        return
    for result in job.result.values():
        if result.upsampling == "bilinear":
            st.session_state[_KEPT] = result
            return


def _result(chosen: str) -> Segmentation | None:
    if chosen == OWN and _KEPT in st.session_state:
        kept: Segmentation = st.session_state[_KEPT]
        return kept
    results = run(sample_request(chosen))
    return results["imagenet"] if results else None


def _asked() -> bool:
    """Return whether the visitor has predicted, before which no network runs."""
    if (made := st.session_state.get(_QUESTION)) is not None:
        # The question is not shown while the network runs, and Streamlit forgets what is not shown.
        st.session_state[f"{_QUESTION}_kept"] = made
    return f"{_QUESTION}_kept" in st.session_state or _QUESTION in st.query_params


def _show_figures(
    result: Segmentation | None, name: str, columns: Sequence[DeltaGenerator]
) -> None:
    control, left, right = columns
    with control:
        known = predict(
            _QUESTION,
            f"how many of {MANY:,} classes remain in a square of this photograph, on average?",
            _CHOICES,
            lambda: _mean(counted(result)) if result else ("few", ""),
            about=name,
        )
    figure, alt = _lines(result) if known and result else _example()
    with left:
        chart(figure, "memory_between", alt=alt)
        st.markdown(alt)
    with right:
        if known and result:
            chart(_map(result), "memory_survivors", alt="Map of the number of remaining classes")
            st.markdown(
                "Dark lines are the borders in the class map of EfficientNet-Lite0, which runs "
                "here instead of VGG-16. Watch where many classes remain."
            )
        elif name in images.SAMPLES:
            picture = sample(name).image
            figure = drawn(photograph_figure, picture, "The photograph", height=360)
            chart(figure, "memory_photograph", alt=images.SAMPLES[name])


@cache
def _example() -> tuple[Figure, str]:
    """Return lines between two cells with random scores, which need no network."""
    first, second = np.random.default_rng(16).standard_normal((2, 40))
    names = [f"class {number}" for number in range(1, 41)]
    return _drawn_lines(first, second, names, "40 random classes: {} remain")


def _mean(counts: IndexArray) -> tuple[str, str]:
    mean = float(counts.mean())
    right = "few" if mean < 20 else "tens" if mean <= 100 else "hundreds"
    one = float((counts == 1).mean())
    return right, (
        f"On average {mean:.1f} remain. In {one:.0%} of the squares, only one class remains. The "
        f"largest number in a square is {counts.max()}."
    )


@lru_cache(maxsize=8)
def _lines(result: Segmentation) -> tuple[Figure, str]:
    row, col = contested_pair(result)
    first, second = result.coarse_logits[row, col : col + 2]
    figure, words = _drawn_lines(first, second, result.class_names, "Between two cells, {} remain")
    return figure, f"These are the scores along the orange line in the map. {words}"


def _drawn_lines(
    first: FloatArray, second: FloatArray, names: Sequence[str], title: str
) -> tuple[Figure, str]:
    """Draw the scores between two cells, and say which classes remain and which of them win."""
    remaining = remaining_between(first, second)
    leader = int((first.astype(float) + second).argmax())
    title = title.format(len(remaining))
    palette = colors.palette(len(remaining))
    figure = between_cells_figure(
        first, second, remaining, names, palette, leader=leader, title=title
    )
    win = winners_between(first, second)
    leads = f"In the middle, {names[leader]} leads."
    if len(remaining) == 1:
        return figure, f"{leads} No other class remains."
    if len(win) == len(remaining):
        return figure, f"{leads} All {len(win)} that remain win somewhere."
    which = " and ".join(names[index] for index in win) if len(win) < 3 else f"{len(win)}"
    verb = "wins" if len(win) == 1 else "win"
    return figure, (f"{leads} Of the {len(remaining)} that remain, only {which} {verb} somewhere.")


@lru_cache(maxsize=8)
def _map(result: Segmentation) -> Figure:
    counts = counted(result)
    title = f"Remaining classes: {counts.mean():.1f} on average"
    edge = contested_pair(result)
    factor = result.coarse_factor
    return survivors_figure(result.label_map, counts, factor, title, edge=edge, height=360)
