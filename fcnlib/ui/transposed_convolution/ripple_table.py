"""The truth table of the checkerboard, with a button for each kernel size and stride."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from fcnlib.plots import theme
from fcnlib.transposed_convolution.checkerboard import Ripples

FOLDER = Path(__file__).parents[1] / "components" / "ripple_table"
STRONGEST = 16.0  # a ripple that gets the full color

_COLORS = {"flat": theme.OUTPUT, "ripple": theme.DIFFERENCE, "chosen": theme.INPUT}

_component = st.components.v2.component(
    "fcnlib_ripple_table",
    html=(FOLDER / "view.html").read_text("utf-8"),
    css=(FOLDER / "view.css").read_text("utf-8"),
    js=(FOLDER / "view.js").read_text("utf-8"),
)


def show_ripple_table(
    table: Ripples, chosen: tuple[int, int], pick: Callable[[int, int], None]
) -> None:
    """Show the table, and call `pick` with the size and stride of a cell that is pressed.

    Parameters
    ----------
    table : Ripples
        From `fcnlib.transposed_convolution.checkerboard.ripples`.
    chosen : tuple of int
        Size and stride of the cell to mark.
    pick : callable
        Called before the script runs again, and only with a size and a stride of the table.

    """
    key = "transposed_convolution_board_table"

    def picked() -> None:
        # It comes from the browser, so it may be anything.
        cell = st.session_state[key].get("cell")
        if cell in [[size, stride] for size in table.sizes for stride in table.strides]:
            pick(*cell)

    _component(key=key, data=table_data(table, chosen), on_cell_change=picked)


def table_data(table: Ripples, chosen: tuple[int, int]) -> dict[str, Any]:
    """Return what the browser needs to draw the table, for JSON.

    Parameters
    ----------
    table, chosen
        As for `show`.

    Returns
    -------
    data : dict
        With ``cells``, a list for each size of a dict for each stride.

    """
    cells = [
        [_cell(table, row, col, chosen) for col in range(len(table.strides))]
        for row in range(len(table.sizes))
    ]
    sizes, strides = list(table.sizes), list(table.strides)
    return {"sizes": sizes, "strides": strides, "cells": cells, "colors": _COLORS}


def outcome(table: Ripples, row: int, col: int) -> str:
    """Return whether the stride divides the size, and what follows.

    Examples
    --------
    >>> from fcnlib.transposed_convolution.checkerboard import ripples
    >>> from fcnlib.transposed_convolution.checkerboard_kernels import ones_kernel
    >>> outcome(ripples(ones_kernel, [3], [2]), 0, 0)
    '3/2: not divisible, ripples × 4.00'

    """
    divisible = "divisible" if table.divisible[row, col] else "not divisible"
    result = f"ripples × {table.ripple[row, col]:.2f}"
    if math.isinf(table.ripple[row, col]):
        result = "has gaps"
    if table.flat[row, col]:
        result = "flat"
    return f"{table.sizes[row]}/{table.strides[col]}: {divisible}, {result}"


def _cell(table: Ripples, row: int, col: int, chosen: tuple[int, int]) -> dict[str, Any]:
    ripple, place = float(table.ripple[row, col]), [table.sizes[row], table.strides[col]]
    kind = "gaps" if math.isinf(ripple) else "flat" if table.flat[row, col] else "ripple"
    number = f"{ripple:.2f}" if ripple < 10 else f"{ripple:.0f}"
    return {
        "text": {"gaps": "gaps", "flat": "1"}.get(kind, number),
        "kind": kind,
        "strength": round(math.log(min(ripple, STRONGEST)) / math.log(STRONGEST), 3),
        "divisible": bool(table.divisible[row, col]),
        "label": outcome(table, row, col),
        "place": place,
        "chosen": tuple(place) == chosen,
    }
