"""Step on checkerboard artifacts: which kernels cause them, and what they look like."""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fcnlib import images
from fcnlib.errors import FcnlibError
from fcnlib.plots import theme
from fcnlib.plots.arrays import image_figure
from fcnlib.plots.cells import cells_figure, number
from fcnlib.transposed_convolution import checkerboard, checkerboard_kernels
from fcnlib.transposed_convolution.checkerboard import Ripples
from fcnlib.typing import Float64Array, FloatArray
from fcnlib.ui import scripts
from fcnlib.ui.elements import bounded_slider, seed_button
from fcnlib.ui.layout import chart_row, choose_one, drawn, fold, show_error
from fcnlib.ui.story import part, predict, so
from fcnlib.ui.transposed_convolution.ripple_table import outcome, show_ripple_table

SIZES, STRIDES = tuple(range(2, checkerboard_kernels.MAX_SIZE + 1)), tuple(range(2, 8))
WEIGHTS = {"ones": "All ones", "bilinear": "Bilinear", "random": "Random", "own": "Your own"}
PICTURES = {"gray": "Constant gray", **images.SAMPLES}
CASES = {
    "The rule holds": (("ones", 4, 2), ("ones", 3, 2)),
    "The rule fails": (("bilinear", 5, 3), ("random", 4, 2)),
}
SIZE, STRIDE = 3, 2  # at first
TYPED = "1 2 3 2 1"
HEIGHT, EXAMPLE = 240, 140  # px
SIDE = 24  # pixels along the longer side of an image

_KEY = "transposed_convolution_board"
_CASE = ("bilinear", 5, 3)  # of the second question: flat, although 3 does not divide 5


class Choice(NamedTuple):
    """The selected kernel and stride, and the ripples of all kernels of its kind."""

    name: str
    table: Ripples
    kernel: Float64Array
    stride: int


@part
def show_checkerboard() -> None:
    """Ask whether two kernels keep a constant image flat, and show any kernel on images."""
    words, *example = st.columns([3, 1, 1], vertical_alignment="center")
    question = {
        "input": drawn(image_figure, _gray("gray"), "Input, one gray", height=EXAMPLE),
        "ones": drawn(cells_figure, np.ones((3, 3)), "Kernel", theme.KERNEL, height=EXAMPLE),
    }
    chart_row(f"{_KEY}_question", question, example)
    with words:
        st.markdown(
            "A constant image should stay constant. If it **ripples**, bright and dark cells "
            "alternate as on a checkerboard."
        )
        known = predict(
            f"{_KEY}_flat",
            "All input cells are the same gray. The kernel is 3 × 3 ones, with stride 2. Is the "
            "output one gray, apart from its border?",
            {"flat": "Yes, it is flat", "ripples": "No, it ripples"},
            partial(_is_flat, "ones", 3, 2),
        )
    if not known:
        return
    details = st.container()
    with st.expander("More controls: weights, image", key=f"{_KEY}_more"):
        weights = choose_one("Weights", WEIGHTS, "ones", f"{_KEY}_weights", in_address=True)
        own = st.container()
        name = choose_one(
            "Image",
            PICTURES,
            "gray",
            f"{_KEY}_picture",
            help="Watch for a grid in the output. It is easiest to see on the constant image.",
            in_address=True,
        )
    with details:
        choice = _choose(weights, own)
        _show_result(choice, name)
    _show_rule(choice)


def _is_flat(weights: str, size: int, stride: int) -> tuple[str, str]:
    """Return whether a kernel is flat, and how many copies overlap or what the weights sum to."""
    sums = checkerboard.polyphase_sums(_kernel(weights, 0, size), stride)
    ripple = checkerboard.ripple(_kernel(weights, 0, size), stride)
    if ripple <= 1 + checkerboard.FLAT:
        return "flat", (
            f"All {sums.size} sums of the weights are {number(float(sums[0, 0]))}, although the "
            f"copies overlap unevenly, because the stride {stride} does not divide {size}."
        )
    return "ripples", (
        "Copies of the kernel overlap. Some output cells receive a weight from each of "
        f"{number(float(sums.max()))} copies and some from only {number(float(sums.min()))}, so "
        f"the brightest is {ripple:g} times as bright as the darkest."
    )


def _show_rule(choice: Choice) -> None:
    st.markdown(
        "There is a common **rule**, which we test now: the output is flat if, and only if, the "
        "kernel size is a multiple of the stride. For the kernel of ones above, the rule is right: "
        "3 is no multiple of 2, and the output ripples. Is it right for other weights?"
    )
    if not predict(
        f"{_KEY}_rule",
        "The bilinear kernel of 5 × 5 weights has stride 3, and 5 is no multiple of 3. Is the "
        "output flat?",
        {"flat": "Yes, it is flat", "ripples": "No, it ripples"},
        partial(_is_flat, *_CASE),
    ):
        return
    st.markdown(
        "So the rule is wrong in general. It is sure to hold only if all weights are equal."
    )
    _show_cases()
    so(
        "the output is flat if the weights that meet in each output cell have the same sum. Sizes "
        "alone do not decide that, unless all weights are equal."
    )
    fold("Go deeper: all kernel sizes and strides", f"{_KEY}_all", _show_all, choice)


def _show_cases() -> None:
    """Offer two kernels for which the rule holds and two for which it fails."""
    st.caption("Each button shows its case in the three figures further up.")
    for column, (verdict, cases) in zip(st.columns(2), CASES.items(), strict=True):
        with column:
            st.caption(verdict)
            for name, size, stride in cases:
                case = checkerboard.ripples(partial(_kernel, name, 0), [size], [stride])
                st.button(
                    f"{WEIGHTS[name]}, {outcome(case, 0, 0)}",
                    key=f"{_KEY}_{name}_{size}",
                    on_click=_select,
                    kwargs={"weights": name, "size": size, "stride": stride, "seed": 0},
                    width="stretch",
                )


def _select(**values: str | int) -> None:
    for name, value in values.items():
        st.session_state[f"{_KEY}_{name}"] = value


def _choose(weights: str, place: DeltaGenerator) -> Choice:
    """Show the sliders, and in `place` what the weights need; return the kernel."""
    first, second = st.columns(2)
    with second:
        stride = _slider("Stride", STRIDES, STRIDE, "stride")
    own = weights == "own"
    _keep_size(hidden=own)
    if own:
        with place:
            kernel = _typed_kernel()
        scripts.note(BOARD_STRIDE=stride)
        table = checkerboard.ripples(lambda _: kernel, [len(kernel)], STRIDES)
        return Choice(WEIGHTS[weights], table, kernel, stride)
    with first:
        size = _slider("Kernel size", SIZES, SIZE, "size")
    seed = 0
    if weights == "random":
        with place:
            seed = seed_button("New random weights", _KEY)
    scripts.note(BOARD=weights, BOARD_SIZE=size, BOARD_STRIDE=stride, BOARD_SEED=seed)
    kernel = _kernel(weights, seed, size)
    return Choice(WEIGHTS[weights], _ripples(weights, seed), kernel, stride)


def _slider(label: str, choices: Sequence[int], first: int, name: str) -> int:
    key = f"{_KEY}_{name}"
    return bounded_slider(label, choices[0], choices[-1], value=first, key=key, bind="query-params")


def _keep_size(*, hidden: bool) -> None:
    """Keep the value of the size slider while it is hidden."""
    was_hidden = st.session_state.get(f"{_KEY}_hidden", False)
    st.session_state[f"{_KEY}_hidden"] = hidden
    if hidden or was_hidden:
        # Streamlit drops the value of a hidden widget, and a widget that is shown again gets
        # a value only if it was assigned in this run.
        size = st.session_state.get(f"{_KEY}_size", SIZE)
        st.session_state[f"{_KEY}_size"] = size


def _typed_kernel() -> Float64Array:
    text = st.text_area(
        "Weights",
        TYPED,
        max_chars=4000,
        height=80,
        key=f"{_KEY}_typed",
        bind="query-params",
        help="A blank or a comma separates numbers, and a point marks decimals, as in 0.5. One "
        "line is used along both axes. Several lines are the rows of a square kernel.",
    )
    try:
        kernel = checkerboard_kernels.kernel_from_text(text or "")
    except FcnlibError as error:
        show_error(error)
        st.caption(f"Until you correct this, the kernel is {TYPED}.")
        text, kernel = TYPED, checkerboard_kernels.kernel_from_text(TYPED)
    scripts.note(BOARD=text)
    return kernel


def _kernel(weights: str, seed: int, size: int) -> Float64Array:
    if weights == "random":
        return checkerboard_kernels.random_kernel(size, seed)
    return checkerboard_kernels.KERNELS[weights](size)


@st.cache_data(max_entries=64, show_spinner=False)
def _ripples(weights: str, seed: int) -> Ripples:
    return checkerboard.ripples(partial(_kernel, weights, seed), SIZES, STRIDES)


def _show_result(choice: Choice, name: str) -> None:
    """Show the outcome, the image before and after, and the sums that decide it."""
    row = choice.table.sizes.index(len(choice.kernel))
    col = choice.table.strides.index(choice.stride)
    st.markdown(f"**{choice.name}, {outcome(choice.table, row, col)}**")
    before = _gray(name)
    after = checkerboard.apply_normalized(before, choice.kernel, choice.stride)
    sums = checkerboard.polyphase_sums(choice.kernel, choice.stride)
    source, output = (
        f"{title}, {array.shape[0]} × {array.shape[1]} px"
        for title, array in (("Input", before), ("Output", after))
    )
    figures = {
        "before": drawn(image_figure, before, source, height=HEIGHT),
        "after": drawn(image_figure, after, output, height=HEIGHT),
        "sums": drawn(cells_figure, sums, "Sums of the weights", theme.OUTPUT, height=HEIGHT),
    }
    chart_row(_KEY, figures)
    st.caption(
        "Output cells at the same position relative to the nearest input cells use the same "
        "weights. Together they are one **phase**. Each square on the right is a phase, with the "
        "sum of the weights that meet there."
    )


def _show_all(choice: Choice) -> None:
    table, details = st.columns([5, 6])
    with details:
        counts = checkerboard.polyphase_sums(np.ones_like(choice.kernel), choice.stride)
        title = f"Kernel, {choice.kernel.shape[0]} × {choice.kernel.shape[1]}"
        figures = {
            "kernel": drawn(cells_figure, choice.kernel, title, theme.KERNEL, height=300),
            "counts": drawn(cells_figure, counts, "Overlap counts", theme.NEUTRAL),
        }
        chart_row(_KEY, figures)
        st.caption(
            "The right figure shows how many copies of the kernel overlap in each phase. The "
            "counts do not matter. The output is flat if all sums of the weights are equal."
        )
    with table:
        _show_table(choice)


def _show_table(choice: Choice) -> None:
    table = choice.table
    show_ripple_table(table, (len(choice.kernel), choice.stride), _pick)
    flat_alone, rippled = table.flat & ~table.divisible, ~table.flat & table.divisible
    st.caption(
        "Press a field of the table to see the case. **Green** means flat, and **pink** means "
        "ripples. **Gray** means gaps: some output values are zero or have another sign than the "
        "rest. A **frame** means that the stride divides the kernel size. The rule says that "
        f"exactly the fields with a frame are flat. With these weights, {rippled.sum()} of "
        f"{table.divisible.sum()} fields with a frame are not flat, and {flat_alone.sum()} fields "
        "without a frame are flat."
    )


def _pick(size: int, stride: int) -> None:
    st.session_state[f"{_KEY}_stride"] = stride
    # The table of typed weights has one size only, which must not replace the slider's value.
    if not st.session_state[f"{_KEY}_hidden"]:
        st.session_state[f"{_KEY}_size"] = size


@st.cache_data(max_entries=len(PICTURES), show_spinner=False)
def _gray(name: str) -> FloatArray:
    """Return the chosen image, reduced to gray values in [0, 1]."""
    if name == "gray":
        return np.full((SIDE // 2, SIDE // 2), 0.5)
    return images.fit_long_side(images.sample(name), SIDE).mean(axis=-1) / 255
