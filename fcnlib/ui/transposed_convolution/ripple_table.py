"""The table of checkerboard ripples, with a button for each kernel size and stride."""

import math
from collections.abc import Callable
from typing import Any

import streamlit as st

from fcnlib.plots import theme
from fcnlib.transposed_convolution.checkerboard import Ripples
from fcnlib.ui.components import component

STRONGEST = 16.0  # ripples from here on have the full color
_COLORS = {"flat": theme.OUTPUT, "ripple": theme.DIFFERENCE, "chosen": theme.INPUT}
_component = component("ripple_table")


def show_ripple_table(
    table: Ripples, chosen: tuple[int, int], pick: Callable[[int, int], None]
) -> None:
    """Show the table, and call `pick` when one of its buttons is pressed.

    Parameters
    ----------
    table : Ripples
        From `fcnlib.transposed_convolution.checkerboard.ripples`.
    chosen : tuple of int
        Size and stride of the cell to mark.
    pick : callable
        Called with (size, stride) before the script runs again. Both are from the table.

    """
    key = "transposed_convolution_board_table"

    def picked() -> None:
        cell = st.session_state[key].get("cell")
        # The browser may send anything.
        if cell in [[size, stride] for size in table.sizes for stride in table.strides]:
            pick(*cell)

    _component(key=key, data=table_data(table, chosen), on_cell_change=picked)


def table_data(table: Ripples, chosen: tuple[int, int]) -> dict[str, Any]:
    """Return what the browser needs to draw the table.

    Parameters
    ----------
    table, chosen
        As for `show_ripple_table`.

    Returns
    -------
    data : dict
        Can be stored as JSON. ``cells`` has one list for each size, with one dict for each stride.

    """
    rows, columns = range(len(table.sizes)), range(len(table.strides))
    return {
        "sizes": list(table.sizes),
        "strides": list(table.strides),
        "cells": [[_cell(table, row, col, chosen) for col in columns] for row in rows],
        "colors": _COLORS,
    }


def outcome(table: Ripples, row: int, col: int) -> str:
    """Return whether the size is a multiple of the stride, and how much the output ripples.

    Examples
    --------
    >>> from fcnlib.transposed_convolution.checkerboard import ripples
    >>> from fcnlib.transposed_convolution.checkerboard_kernels import ones_kernel
    >>> outcome(ripples(ones_kernel, [3], [2]), 0, 0)
    'size 3, stride 2: 3 is no multiple of 2, the brightest is 4 times the darkest'

    """
    size, stride = table.sizes[row], table.strides[col]
    multiple = f"{size} is {'a' if table.divisible[row, col] else 'no'} multiple of {stride}"
    ripple = f"the brightest is {round(float(table.ripple[row, col]), 2):g} times the darkest"
    results = {"gaps": "the output has gaps", "flat": "the output is flat", "ripple": ripple}
    return f"size {size}, stride {stride}: {multiple}, {results[_kind(table, row, col)]}"


def _kind(table: Ripples, row: int, col: int) -> str:
    if math.isinf(table.ripple[row, col]):
        return "gaps"
    return "flat" if table.flat[row, col] else "ripple"


def _cell(table: Ripples, row: int, col: int, chosen: tuple[int, int]) -> dict[str, Any]:
    ripple, kind = float(table.ripple[row, col]), _kind(table, row, col)
    number = f"{ripple:.2f}" if ripple < 10 else f"{ripple:.0f}"
    size, stride = table.sizes[row], table.strides[col]
    text = {"gaps": "gaps", "flat": "1"}.get(kind, number)
    return {
        "text": text,
        "kind": kind,
        "strength": round(math.log(min(ripple, STRONGEST)) / math.log(STRONGEST), 3),
        "divisible": bool(table.divisible[row, col]),
        "label": f"{text}: {outcome(table, row, col)}",
        "place": [size, stride],
        "chosen": (size, stride) == chosen,
    }
