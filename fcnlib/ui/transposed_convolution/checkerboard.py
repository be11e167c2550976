"""The truth table of the checkerboard: which kernels ripple, and what that looks like."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
import streamlit as st

from fcnlib import images
from fcnlib.errors import FcnlibError
from fcnlib.plots import theme
from fcnlib.plots.arrays import image_figure
from fcnlib.plots.cells import cells_figure
from fcnlib.transposed_convolution.checkerboard import (
    Ripples,
    apply_normalized,
    polyphase_sums,
    ripples,
)
from fcnlib.transposed_convolution.checkerboard_kernels import (
    KERNELS,
    MAX_SIZE,
    kernel_from_text,
    ones_kernel,
    random_kernel,
)
from fcnlib.typing import Float64Array, FloatArray
from fcnlib.ui.layout import chart, show_error
from fcnlib.ui.transposed_convolution.ripple_table import outcome, show_ripple_table

SIZES, STRIDES = tuple(range(2, MAX_SIZE + 1)), tuple(range(2, 8))
WEIGHTS = {"ones": "All ones", "bilinear": "Bilinear", "random": "Random", "own": "Your own"}
PICTURES = {"gray": "A flat gray", **images.SAMPLES}
CASES = {
    "It holds for": (("ones", 4, 2), ("ones", 3, 2)),
    "It fails for": (("bilinear", 5, 3), ("random", 4, 2)),
}
DEFAULTS = {"weights": "bilinear", "size": 5, "stride": 3, "seed": 0}
TYPED = "1 2 3 2 1"
SIDE = 24  # px of a picture's longer side

_KEY = "transposed_convolution_board"


class Choice(NamedTuple):
    """What the visitor looks at: a table of ripples, and one kernel and stride of it."""

    name: str
    table: Ripples
    kernel: Float64Array
    stride: int


@st.fragment
def show_checkerboard() -> None:
    """Let the visitor choose weights; show the table, and one cell of it in full."""
    for name, value in DEFAULTS.items():
        st.session_state.setdefault(f"{_KEY}_{name}", value)
    _cases()
    weights = st.segmented_control(
        "Weights",
        list(WEIGHTS),
        required=True,
        format_func=WEIGHTS.__getitem__,
        key=f"{_KEY}_weights",
    )
    table, cell = st.columns([5, 6])
    with cell:
        choice = _choice(weights or "bilinear")
        _verdict(choice)
        _sums(choice)
    with table:
        _table(choice)
    _picture(choice)


def _cases() -> None:
    """Offer the cases that test the rule, each with its outcome, to be looked at."""
    st.markdown(
        "A flat picture should stay flat. **The rule** says: it does if the stride divides the "
        "kernel's size."
    )
    for column, (verdict, cases) in zip(st.columns(2), CASES.items(), strict=True):
        with column:
            st.caption(verdict)
            for name, size, stride in cases:
                found = ripples(KERNELS[name], [size], [stride])
                st.button(
                    f"{WEIGHTS[name]} {outcome(found, 0, 0)}",
                    key=f"{_KEY}_{name}_{size}",
                    on_click=_look_at,
                    args=(name, size, stride),
                    width="stretch",
                )


def _look_at(name: str, size: int, stride: int) -> None:
    chosen = {"weights": name, "size": size, "stride": stride, "seed": 0}
    for part, value in chosen.items():
        st.session_state[f"{_KEY}_{part}"] = value


def _choice(weights: str) -> Choice:
    first, second = st.columns(2)
    with second:
        stride = st.slider("Stride", STRIDES[0], STRIDES[-1], key=f"{_KEY}_stride")
        stride = min(max(stride, STRIDES[0]), STRIDES[-1])
    if weights == "own":
        _keep_size(hidden=True)
        with first:
            kernel = _typed()
        table = ripples(lambda _: kernel, [len(kernel)], STRIDES)
        return Choice("Your own", table, kernel, stride)
    _keep_size(hidden=False)
    with first:
        size = st.slider("Kernel size", SIZES[0], SIZES[-1], key=f"{_KEY}_size")
        size = min(max(size, SIZES[0]), SIZES[-1])
    seed = _seed() if weights == "random" else None
    table = _ripples(weights, seed)
    return Choice(WEIGHTS[weights], table, _kernels(weights, seed)(size), stride)


def _keep_size(*, hidden: bool) -> None:
    """Keep the slider's value while it is not shown, and give it back when it comes again."""
    was_hidden = st.session_state.get(f"{_KEY}_hidden", False)
    st.session_state[f"{_KEY}_hidden"] = hidden
    if hidden or was_hidden:
        # Streamlit forgets what is not shown, and the browser shows only what is set anew.
        st.session_state[f"{_KEY}_size"] = st.session_state[f"{_KEY}_size"]


def _typed() -> Float64Array:
    text = st.text_area(
        "Weights",
        TYPED,
        max_chars=4000,
        height=90,
        key=f"{_KEY}_typed",
        help="One line is used along both axes. Several lines are the rows of a square kernel.",
    )
    try:
        return kernel_from_text(text or "")
    except FcnlibError as error:
        show_error(error)
        st.caption(f"Until then: {TYPED}")
        return kernel_from_text(TYPED)


def _seed() -> int:
    key = f"{_KEY}_seed"

    def draw() -> None:
        st.session_state[key] += 1

    st.button("Draw other weights", icon=":material/casino:", key=f"{_KEY}_draw", on_click=draw)
    return st.session_state[key]


def _kernels(weights: str, seed: int | None) -> Callable[[int], Float64Array]:
    return KERNELS[weights] if seed is None else partial(random_kernel, seed=seed)


@st.cache_data(max_entries=64, show_spinner=False)
def _ripples(weights: str, seed: int | None) -> Ripples:
    return ripples(_kernels(weights, seed), SIZES, STRIDES)


def _verdict(choice: Choice) -> None:
    row = choice.table.sizes.index(len(choice.kernel))
    col = choice.table.strides.index(choice.stride)
    st.markdown(f"**{choice.name} {outcome(choice.table, row, col)}**")


def _sums(choice: Choice) -> None:
    """Show what Distill counts beside what decides, for each phase of the output."""
    counts, sums = st.columns(2)
    with counts:
        found = polyphase_sums(ones_kernel(len(choice.kernel)), choice.stride)
        chart(cells_figure(found, "Overlap counts", theme.NEUTRAL), f"{_KEY}_counts")
    with sums:
        found = polyphase_sums(choice.kernel, choice.stride)
        chart(cells_figure(found, "Sums of the weights", theme.OUTPUT), f"{_KEY}_sums")
    st.caption(
        "One square for each place of an output cell between two input cells. **Counts**: how many "
        "copies of the kernel reach it. **Sums**: of the weights that do. Flat needs equal sums, "
        "whatever the counts."
    )


def _table(choice: Choice) -> None:
    table = choice.table
    show_ripple_table(table, (len(choice.kernel), choice.stride), _pick)
    wrong_flat, wrong_ripple = table.flat & ~table.divisible, ~table.flat & table.divisible
    st.caption(
        "Press a cell. **Green**: flat. **Pink**: ripples. **Gray**: gaps that no weight reaches. "
        f"**Framed**: the stride divides the size. Here {wrong_ripple.sum()} of "
        f"{table.divisible.sum()} framed cells ripple; flat without a frame: "
        f"{wrong_flat.sum()}."
    )


def _pick(size: int, stride: int) -> None:
    st.session_state[f"{_KEY}_stride"] = stride
    # What is typed has but one size, and leaves that of the others alone.
    if not st.session_state[f"{_KEY}_hidden"]:
        st.session_state[f"{_KEY}_size"] = size


def _picture(choice: Choice) -> None:
    name = st.segmented_control(
        "What comes out of",
        list(PICTURES),
        default="gray",
        required=True,
        format_func=PICTURES.__getitem__,
        key=f"{_KEY}_picture",
    )
    picture = _gray(name or "gray")
    kernel, before, after = st.columns(3)
    with kernel:
        side = len(choice.kernel)
        title = f"Kernel, {side} × {side}"
        chart(cells_figure(choice.kernel, title, theme.KERNEL, height=300), f"{_KEY}_kernel")
    with before:
        title = f"Input, {picture.shape[0]} × {picture.shape[1]} px"
        chart(image_figure(picture, title, height=300), f"{_KEY}_before")
    with after:
        made = apply_normalized(picture, choice.kernel, choice.stride)
        title = f"Output, {made.shape[0]} × {made.shape[1]} px"
        chart(image_figure(made, title, height=300), f"{_KEY}_after")


@st.cache_data(max_entries=len(PICTURES), show_spinner=False)
def _gray(name: str) -> FloatArray:
    """Return the chosen picture, small and gray, in [0, 1]."""
    if name == "gray":
        return np.full((SIDE // 2, SIDE // 2), 0.5)
    return images.fit_long_side(images.sample(name), SIDE).mean(axis=-1) / 255
