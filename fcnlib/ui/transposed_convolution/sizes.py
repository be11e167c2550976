"""Section on output sizes: why a transposed convolution must be told which size to return."""

from functools import partial

import streamlit as st

from fcnlib import engine
from fcnlib.plots.cells import sliding_figure
from fcnlib.transposed_convolution.checkerboard import overlap_counts
from fcnlib.transposed_convolution.sizes import input_sizes, output_padding_range, padding_range
from fcnlib.ui.layout import chart, choose_one, drawn
from fcnlib.ui.comparison import Comparison, compare_later, compared_last

CELLS, KERNEL_SIZES, STRIDES = (1, 2, 3, 4), (1, 2, 3, 4, 5), (1, 2, 3, 4)
NAMED_PADDING = (
    "In Keras, “same” returns *i* · *s* cells and is TensorFlow's “SAME”. With stride 2 and kernel "
    "3, it removes 0 cells at the start and 1 at the end, which no single *p* can express. "
    "“valid” removes nothing. With “valid” too, Keras returns *i* · *s* cells if the kernel is "
    "smaller than the stride. No copy of the kernel reaches the last *s* − *k* of them."
)


@compared_last
def show_sizes() -> Comparison:
    """Show all input sizes that one convolution reduces to the same output size."""
    size, kernel_size, stride, padding = _controls()
    sizes = input_sizes(size, kernel_size, stride, padding)
    figure, text = st.columns([3, 2])
    with figure:
        reads = [
            overlap_counts((1, size), (1, kernel_size), (1, stride), (0, padding), (0, extra))[0]
            for extra in output_padding_range(stride)
        ]
        chart(
            drawn(sliding_figure, reads, kernel_size, stride, padding),
            "transposed_convolution_sizes",
        )
    with text:
        st.markdown(_explanation(size, sizes))
        st.caption(
            "Each row is one input of the convolution. The orange bars are the positions of the "
            "kernel. Squares without fill are cells that the kernel never reads. Dotted squares "
            "are padding."
        )
        say = partial(_tensorflow_result, size, kernel_size, stride, padding)
        comparison = compare_later(st.empty(), say, "transposed_convolution_sizes")
    with st.expander("Padding by name: “same” and “valid”", key="transposed_convolution_named"):
        st.markdown(NAMED_PADDING)
    return comparison


def _controls() -> tuple[int, int, int, int]:
    columns, key = st.columns([4, 5, 4, 5]), "transposed_convolution"
    with columns[0]:
        size = choose_one("Cells *i*", CELLS, 3, f"{key}_cells")
    with columns[1]:
        kernel_size = choose_one("Kernel *k*", KERNEL_SIZES, 3, f"{key}_kernel")
    with columns[2]:
        stride = choose_one("Stride *s*", STRIDES, 3, f"{key}_stride")
    with columns[3]:
        # Only paddings that leave at least one cell are offered, so every choice is valid.
        paddings = padding_range(size, kernel_size, stride)
        padding = choose_one("Padding *p*", paddings, 1, f"{key}_padding")
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
        "or with `output_padding` in PyTorch, which adds cells to the smallest size."
    )


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
