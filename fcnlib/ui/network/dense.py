"""A dense layer and the convolution with the same weights, on a small example and on large ones."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fcnlib.networks.dense_layer import RING, as_kernel, dense, ring_example, valid_convolution
from fcnlib.networks.vgg import vgg_16_shapes
from fcnlib.plots import theme
from fcnlib.plots.network import window_figure
from fcnlib.typing import FloatArray
from fcnlib.ui import scripts
from fcnlib.ui.layout import chart, choose_one, drawn
from fcnlib.ui.rows import wrapping_columns
from fcnlib.ui.story import part, so, step

_KEY = "network_position"


@part
def show_dense() -> None:
    """Show that a dense layer and a convolution with its weights give the same numbers."""
    x, weights = ring_example()
    scores = valid_convolution(x, as_kernel(weights, (RING, RING, 1)))[..., 0]
    rows, cols = scores.shape
    with step("network_dense", "A dense layer is a convolution", 2):
        st.markdown(
            "A **dense layer**, or fully connected layer, adds up all its inputs, each times a "
            "weight. fc6 of VGG-16 reads 7 × 7 cells. The example below is such a layer, which "
            "looks for a ring. Its 49 weights, as a square, are the kernel of a **convolution**. "
            "Move the framed block to the end. Watch where the sum is largest."
        )
        count = rows * cols
        control, *figures = wrapping_columns("network_dense_row", (7, 8, 7, 7), 180)
        with control:
            position = st.slider(
                "Position of the block", 1, count, 1, key=_KEY, bind="query-params"
            )
            position = min(max(position, 1), count)
            scripts.note(POSITION=position)
            row, col = divmod(position - 1, cols)
            alone = dense(x[row : row + RING, col : col + RING], weights)[0]
            st.markdown(
                f"Dense layer: **{_signed(alone)}**  \nConvolution: "
                f"**{_signed(scores[row, col])}**, at row {row + 1}, column {col + 1}  \nLargest "
                f"difference at all {count} positions: "
                f"{largest_difference(x, weights, (RING, RING, 1)):g}"
            )
        _show_figures(figures, x[..., 0], weights.reshape(RING, RING), scores, (row, col))
        side, _, channels, outputs = vgg_16_shapes()["vgg_16/fc6/weights"]
        so(
            f"fc6 reads {side} × {side} cells of {channels} channels and has {outputs:,} outputs; "
            "the example has one channel and one output. With its weights used as a kernel, a "
            "dense layer answers at every position of a larger map."
        )


def largest_difference(x: FloatArray, weights: FloatArray, shape: tuple[int, int, int]) -> float:
    """Return the largest difference of the dense layer and the convolution over all positions."""
    answers = valid_convolution(x, as_kernel(weights, shape))
    height, width = shape[:2]
    return max(
        float(np.abs(dense(x[r : r + height, c : c + width], weights) - answers[r, c]).max())
        for r, c in np.ndindex(answers.shape[:2])
    )


def show_channels() -> None:
    """Show the same comparison in float32 with as many channels as the visitor chooses."""
    st.markdown(
        "The same test with random numbers, more channels and 16 outputs, on an input of 12 × 16 "
        "cells. Sums of many numbers are rounded differently if they are added in another order, "
        "so the results differ in the last digits."
    )
    channels = choose_one("Channels", (1, 8, 64, 512), 64, "network_channels", in_address=True)
    rng = np.random.default_rng(0)
    x = rng.standard_normal((12, 16, channels), np.float32)
    weights = rng.standard_normal((RING * RING * channels, 16), np.float32)
    off = largest_difference(x, weights, (RING, RING, channels))
    size = float(np.abs(valid_convolution(x, as_kernel(weights, (RING, RING, channels)))).max())
    st.markdown(
        f"The outputs are as large as {size:,.0f}. The largest difference is {off:.2g}, which is "
        f"{off / size:.1g} of that: rounding."
    )


def _show_figures(
    columns: Sequence[DeltaGenerator],
    x: FloatArray,
    kernel: FloatArray,
    scores: FloatArray,
    place: tuple[int, int],
) -> None:
    source, weights, answer = columns
    with source:
        title = "Input, 9 × 13 cells"
        figure = drawn(window_figure, x, title, theme.INPUT, (*place, RING), height=310)
        chart(figure, "network_dense_input", alt="Cells with a ring; a frame marks the block")
    with weights:
        title = "49 weights"
        figure = drawn(window_figure, kernel, title, theme.KERNEL, None, height=230)
        chart(figure, "network_dense_kernel", alt="Seven by seven weights: 1 on a ring, else −1")
    with answer:
        title = "3 × 7 answers"
        reached = place[0] * scores.shape[1] + place[1] + 1
        figure = drawn(
            window_figure, scores, title, theme.OUTPUT, (*place, 1), known=reached, height=290
        )
        chart(figure, "network_dense_map", alt="The answers up to this position, of three by seven")


def _signed(value: float) -> str:
    return f"{value:g}".replace("-", "−")
