"""Why the size of the output must be given, on the page of the transposed convolution."""

from collections.abc import Callable, Iterable

import streamlit as st

from fcnlib.plots.cells import sliding_figure
from fcnlib.transposed_convolution import tensorflow_reference
from fcnlib.transposed_convolution.checkerboard import overlap_counts
from fcnlib.transposed_convolution.sizes import input_sizes, output_padding_range, padding_range
from fcnlib.ui.layout import chart

Judge = Callable[[], None]

CELLS, KERNEL_SIZES, STRIDES = (1, 2, 3, 4), (1, 2, 3, 4, 5), (1, 2, 3, 4)


def ambiguity() -> Judge:
    """Show all sizes that one convolution makes equal; return what asks TensorFlow about them."""
    asks: list[Judge] = []
    _ambiguity(asks)
    return asks[0]


@st.fragment
def _ambiguity(asks: list[Judge]) -> None:
    size, kernel_size, stride, padding = _ask()
    sizes = input_sizes(size, kernel_size, stride, padding)
    figure, said = st.columns([3, 2])
    with figure:
        reads = [
            overlap_counts((1, size), (1, kernel_size), (1, stride), (0, padding), (0, extra))[0]
            for extra in output_padding_range(stride)
        ]
        chart(sliding_figure(reads, kernel_size, stride, padding), "transposed_convolution_sizes")
    with said:
        st.markdown(_say(size, sizes))
        if len(sizes) > 1:
            st.caption(
                "Orange: the places of the kernel. Pale: cells that it never reads. Dotted: "
                "padding."
            )
        slot = st.empty()
        slot.caption("TensorFlow is being asked.")

    def ask() -> None:
        taken = _accepted(size, kernel_size, stride, padding, (sizes[0] - 1, sizes[-1] + 1))
        slot.caption(_say_accepted(taken))

    call_last(ask, asks)


def call_last(ask: Judge, asks: list[Judge]) -> None:
    """Leave `ask` to the page's end; when only its fragment runs again, call it at once."""
    if asks:
        ask()
    else:
        asks.append(ask)


def judge(judges: Iterable[Judge]) -> None:
    """Let TensorFlow speak once the page stands, since its import takes seconds."""
    with st.spinner("TensorFlow computes the same. The first time it takes some seconds to load."):
        for ask in judges:
            ask()


def _ask() -> tuple[int, int, int, int]:
    columns = st.columns([4, 5, 4, 5])
    with columns[0]:
        size = _choose("Cells *i*", CELLS, 3, "cells")
    with columns[1]:
        kernel_size = _choose("Kernel *k*", KERNEL_SIZES, 3, "kernel")
    with columns[2]:
        stride = _choose("Stride *s*", STRIDES, 3, "stride")
    with columns[3]:
        # Only what leaves a cell is offered, so no choice is invalid.
        paddings = padding_range(size, kernel_size, stride)
        padding = _choose("Padding *p*", paddings, min(1, paddings[-1]), "padding")
    return size, kernel_size, stride, padding


def _choose(label: str, options: Iterable[int], default: int, name: str) -> int:
    options = list(options)
    key = f"transposed_convolution_{name}"
    chosen = st.session_state.setdefault(key, default)
    if chosen not in options:
        # Only ever too large, since each range starts where the others do.
        st.session_state[key] = options[-1]
    found = st.segmented_control(label, options, required=True, key=key)
    return default if found is None else found


def _say(size: int, sizes: list[int]) -> str:
    cells = "1 cell" if size == 1 else f"{size} cells"
    if len(sizes) == 1:
        return (
            f"The convolution makes **{cells}** of {sizes[0]} and of no other number. At stride 1 "
            "nothing is ambiguous."
        )
    named = ", ".join(map(str, sizes[:-1]))
    return (
        f"The convolution makes **{cells}** of {named} **and** of {sizes[-1]}. Backwards, from "
        f"{cells}, all of these are right. So `output_shape` must be given, or `output_padding`, "
        "which counts on from the first."
    )


def _say_accepted(taken: dict[int, bool]) -> str:
    accepted = [str(size) for size, good in taken.items() if good]
    refused = [str(size) for size, good in taken.items() if not good]
    return (
        f"Asked just now, TensorFlow takes an `output_shape` of {', '.join(accepted) or 'none'} "
        f"and refuses {', '.join(refused) or 'none'}."
    )


@st.cache_data(max_entries=256, show_spinner=False)
def _accepted(
    size: int, kernel_size: int, stride: int, padding: int, around: tuple[int, int]
) -> dict[int, bool]:
    return {
        output: tensorflow_reference.accepts(size, output, kernel_size, stride, padding)
        for output in range(max(1, around[0]), around[1] + 1)
    }
