"""The padding of fc6, and the size of the map that it gives for a picture."""

import streamlit as st

from fcnlib.networks.vgg import STRIDE, vgg_16_cells
from fcnlib.plots.class_maps import photograph_figure
from fcnlib.plots.network import cell_map_figure
from fcnlib.ui import scripts
from fcnlib.ui.layout import chart, choose_one, drawn
from fcnlib.ui.network.picture import SIZE, photograph
from fcnlib.ui.rows import wrapping_columns
from fcnlib.ui.story import part, predict, so, step

SIZES = {name: name.replace("x", " × ") for name in ("768x1024", "384x512", "224x224")}
"""Rows and columns of pictures, by their names in the address."""
_CHOICES = {"24x32": "24 × 32", "18x26": "18 × 26", "1x1": "1 × 1"}


@part
def show_padding() -> None:
    """Show which cells get an answer with either padding."""
    with step("network_padding", "VALID or SAME: one changed word", 3):
        st.markdown(
            "A network is **fully convolutional** if its dense layers are convolutions too, so "
            "that it takes pictures of any size. The classifier's **padding** is VALID: the "
            "kernel of fc6, which has 7 × 7 weights, stays within the map. The post "
            'builds the network with one more argument, `fc_conv_padding="SAME"`. It adds zeros '
            "around the map, so every cell gets an answer."
        )
        control, same, valid = wrapping_columns("network_padding_row", (5, 4, 4))
        with control:
            shown = predict(
                "network_valid",
                f"with SAME, a picture of {SIZE[0]} × {SIZE[1]} pixels gets 24 × 32 answers. How "
                "many does it get with VALID?",
                _CHOICES,
                _answer,
            )
            name = next(iter(SIZES))
            if shown:
                name = choose_one(
                    "Picture, pixels", SIZES, name, "network_size", in_address=True, wrap=True
                )
        height, width = map(int, name.split("x"))
        scripts.note(SMALLER=(height, width))
        with same:
            _show_map(height, width, "SAME")
        with valid:
            if shown:
                _show_map(height, width, "VALID")
                rows, cols = vgg_16_cells(height, width, "VALID")
                one = (
                    " This is the classifier: one answer per picture." if rows == cols == 1 else ""
                )
                st.markdown(f"The tinted cells get no answer, three at each side.{one}")
            else:
                picture = photograph(height, width)
                title = "VALID: predict first"
                figure = drawn(photograph_figure, picture, title, height=270)
                chart(figure, "network_padding_hidden", alt="Photograph of a cat")
        so(
            f"with SAME, every cell of {STRIDE} × {STRIDE} pixels has an answer, so the enlarged "
            "map covers the whole picture."
        )


def _answer() -> tuple[str, str]:
    rows, cols = vgg_16_cells(*SIZE, "VALID")
    before, after = vgg_16_cells(*SIZE), (rows, cols)
    sums = " and ".join(f"{n} − 7 + 1 = {m}" for n, m in zip(before, after, strict=True))
    return f"{rows}x{cols}", f"A kernel of 7 cells has n − 7 + 1 places along n cells: {sums}."


def _show_map(height: int, width: int, padding: str) -> None:
    rows, cols = vgg_16_cells(height, width, padding)
    lost = (height // STRIDE - rows) // 2
    title = f"{padding}: {rows} × {cols} answers"
    figure = drawn(cell_map_figure, photograph(height, width), STRIDE, lost, title, height=270)
    chart(figure, f"network_padding_{padding.lower()}", alt=title)
