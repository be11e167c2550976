"""Section on output sizes: why a transposed convolution must be told which size to return."""

from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fcnlib import engine
from fcnlib.plots.cells import sliding_figure
from fcnlib.transposed_convolution.checkerboard import overlap_counts
from fcnlib.transposed_convolution.sizes import input_sizes, output_padding_range, padding_range
from fcnlib.typing import Float64Array
from fcnlib.ui import scripts
from fcnlib.ui.comparison import Comparison, compare_later, compared_last
from fcnlib.ui.layout import chart, choose_one, drawn
from fcnlib.ui.story import predict, so

KEY = "transposed_convolution"
CELLS, KERNEL_SIZES, STRIDES = (1, 2, 3, 4), (1, 2, 3, 4, 5), (1, 2, 3, 4)
NAMED_PADDING = (
    "Let *i* be the number of cells, *s* the stride, *k* the kernel size and *p* the padding. In "
    "Keras, “same” returns *i* · *s* cells and is TensorFlow's “SAME”. With stride 2 and kernel "
    "3, it removes 0 cells at the start and 1 at the end, which no single *p* can express. "
    "“valid” removes nothing. If the kernel is smaller than the stride, “valid” also returns "
    "*i* · *s* cells. No copy of the kernel reaches the last *s* − *k* of them."
)

_pick = partial(choose_one, in_address=True)


@compared_last
def show_sizes() -> Comparison:
    """Ask which sizes lead to one size, and show them with their kernels."""
    words, figure = st.columns([3, 2], vertical_alignment="center")
    words.markdown(
        "A convolution shrinks its input, and a transposed convolution goes back to the larger "
        "size. But to which one? The convolution's kernel moves by the stride. If too few "
        "cells are left at the end for another move, they are not read. So inputs of several "
        "sizes give the same output size. You must say which one you want back: **output "
        "padding** adds cells at the end."
    )
    with figure:
        _show_example()
    if not predict(
        f"{KEY}_back",
        "In the figure, 7 cells become 3 (kernel 3, stride 3, padding 1). How many input sizes "
        "give 3 cells, 7 included?",
        {"one": "Only one", "two": "Two", "three": "Three", "any": "Any number"},
        _sizes_left,
    ):
        return lambda: None
    first = st.container()
    drawing, text = st.columns(2)
    more = st.expander("More controls: cells, kernel, padding", key=f"{KEY}_sizes_more")
    size, kernel_size, stride, padding = _controls(first, more)
    sizes = input_sizes(size, kernel_size, stride, padding)
    with drawing:
        reads = [
            _reads(size, kernel_size, stride, padding, extra)
            for extra in output_padding_range(stride)
        ]
        chart(drawn(sliding_figure, reads, kernel_size, stride, padding), f"{KEY}_sizes")
    with text:
        st.markdown(_explanation(size, sizes))
        st.caption(
            "Each row is one input of the convolution. Orange bars are the positions of the "
            "kernel. Numbered cells without fill are never read. Dotted squares are **padding**: "
            "the convolution adds them, and the transposed convolution cuts them off."
        )
        say = partial(_tensorflow_result, size, kernel_size, stride, padding)
        comparison = compare_later(st.empty(), say, f"{KEY}_sizes")
    so(
        "with a stride of *s*, *s* sizes are possible. You choose one, because the input does not "
        "say which."
    )
    with st.expander("Go deeper: padding by name, “same” and “valid”", key=f"{KEY}_named"):
        st.markdown(NAMED_PADDING)
    return comparison


def _show_example() -> None:
    """Show one input of the question's convolution; its answer is how many others there are."""
    reads = [_reads(3, 3, 3, 1, 0)]
    chart(drawn(sliding_figure, reads, 3, 3, 1), f"{KEY}_sizes_example")
    st.caption(
        "Orange bars: the 3 positions of the kernel, one per output. Dotted squares: **padding**, "
        "zeros that the convolution adds, cut off on the way back."
    )


def _reads(size: int, kernel_size: int, stride: int, padding: int, extra: int) -> Float64Array:
    """Return how often a convolution that returns `size` cells reads each cell of its input."""
    return overlap_counts((1, size), (1, kernel_size), (1, stride), (0, padding), (0, extra))[0]


def _sizes_left() -> tuple[str, str]:
    """Return how many input sizes give 3 cells in the question's setting."""
    sizes = input_sizes(3, 3, 3, 1)
    names = {1: "one", 2: "two", 3: "three"}
    listed = f"{', '.join(map(str, sizes[:-1]))} and {sizes[-1]}"
    return names.get(len(sizes), "any"), (
        f"Inputs of {listed} cells all give 3. The kernel starts at every third cell, so up to two "
        "cells at the end are not enough for another start."
    )


def _controls(first: DeltaGenerator, more: DeltaGenerator) -> tuple[int, int, int, int]:
    """Show the stride in `first` and the other controls in `more`."""
    with more:
        size = _pick("Cells *i*", CELLS, 3, f"{KEY}_cells")
        kernel_size = _pick("Kernel *k*", KERNEL_SIZES, 3, f"{KEY}_kernel")
    with first:
        stride = _pick("Stride *s* of the convolution", STRIDES, 3, f"{KEY}_stride")
    with more:
        # Only paddings that leave at least one cell are offered, so every choice is valid.
        paddings = padding_range(size, kernel_size, stride)
        padding = _pick("Padding *p*", paddings, 1, f"{KEY}_padding")
    chosen = {"size": size, "kernel_size": kernel_size, "stride": stride, "padding": padding}
    scripts.note(SIZES=chosen)
    return size, kernel_size, stride, padding


def _explanation(size: int, sizes: list[int]) -> str:
    cells = "1 cell" if size == 1 else f"{size} cells"
    if len(sizes) == 1:
        return (
            f"A convolution with these settings returns **{cells}** only for an input of size "
            f"{sizes[0]}. With stride 1, the size is never ambiguous."
        )
    smaller = ", ".join(map(str, sizes[:-1]))
    return (
        f"A convolution with these settings returns **{cells}** for inputs of {smaller} **and** "
        f"{sizes[-1]} cells. The transposed convolution goes the other way, so from {cells} it "
        "could return any of these sizes. You must choose one: with `output_shape` in TensorFlow, "
        f"or with `output_padding` in PyTorch: {_paddings(sizes)}. An added cell is the sum of "
        "what the copies of the kernel give there, or 0 if no copy reaches it."
    )


def _paddings(sizes: list[int]) -> str:
    """Return which output padding leads to which size.

    Examples
    --------
    >>> _paddings([7, 8, 9])
    '0 gives 7, 1 gives 8, 2 gives 9'

    """
    return ", ".join(f"{extra} gives {size}" for extra, size in enumerate(sizes))


@st.cache_data(max_entries=256, show_spinner=False)
def _tensorflow_result(size: int, kernel_size: int, stride: int, padding: int) -> str:
    """Return which of the sizes, and of those just outside their range, TensorFlow accepts."""
    sizes = input_sizes(size, kernel_size, stride, padding)
    results: dict[bool, list[str]] = {True: [], False: []}
    for output in range(max(1, sizes[0] - 1), sizes[-1] + 2):
        accepted = engine.run("accepts", size, output, kernel_size, stride, padding)
        results[accepted].append(str(output))
    # No output has 0 cells.
    others = "the next smaller and larger one" if sizes[0] > 1 else "the next larger one"
    return (
        f"This page asked TensorFlow for these sizes and for {others}: it accepted "
        f"{', '.join(results[True]) or 'none'} and rejected {', '.join(results[False]) or 'none'}."
    )
