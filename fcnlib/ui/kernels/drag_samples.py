"""Samples that can be dragged in the browser, and the curve that follows the pointer.

The browser adds up what Python tabulated, on the same grid, so nothing is approximated
there; when a sample is let go, the samples and the curve come back, and the two curves can
be compared.
"""

import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from fcnlib.kernels import Kernel
from fcnlib.kernels.reconstruction import Reconstruction
from fcnlib.kernels.resampling import weight_table
from fcnlib.plots import theme
from fcnlib.typing import Float64Array

_FILES = Path(__file__).parents[1] / "components" / "drag_samples"
_COLORS = {
    "input": theme.INPUT,
    "kernel": theme.KERNEL,
    "output": theme.OUTPUT,
    "difference": theme.DIFFERENCE,
}
_mount = st.components.v2.component(
    "drag_samples",
    html=(_FILES / "view.html").read_text(encoding="utf-8"),
    css=(_FILES / "view.css").read_text(encoding="utf-8"),
    js=(_FILES / "view.js").read_text(encoding="utf-8"),
)


class Scale(NamedTuple):
    """What is shown of the values, and how far and how finely a sample can be moved.

    Attributes
    ----------
    low, high : float
        Ends of the axis.
    least, most : float
        Ends of where a sample can go.
    grain : float
        Samples that are moved take multiples of it; an arrow key moves by five.
    digits : int
        Decimal places of a value in words.
    black, white : float
        Values that are black and white in the row of pixels.
    ticks : tuple of float
        Values with a line and a number.
    level : float
        Where the samples go when all are made level.

    """

    low: float
    high: float
    least: float
    most: float
    grain: float
    digits: int
    black: float
    white: float
    ticks: tuple[float, ...]
    level: float


WIDE = Scale(-1.6, 1.6, -1.2, 1.2, 0.01, 2, -1, 1, (-1, 0, 1), 0)
NEAR_ONE = Scale(0.96, 1.04, 0.97, 1.03, 0.0005, 4, 0.97, 1.03, (0.98, 1, 1.02), 1)


class DragState(NamedTuple):
    """What lies before the visitor.

    Attributes
    ----------
    preset : str
        Name of the samples to begin with; under another name, what was moved is forgotten.
    kernel : Kernel
        What stands between the samples.
    result : Reconstruction
        The curve through the samples as they are, on a grid of `steps` points a sample.
    start : ndarray of shape (N,)
        The samples from 0 to 1 s to begin with, and to go back to.
    steps : int
        Points of the curve from one sample to the next.
    scale : Scale
        Of the values.

    """

    preset: str
    kernel: Kernel
    result: Reconstruction
    start: Float64Array
    steps: int
    scale: Scale


def moved_samples(key: str, preset: str, count: int, scale: Scale) -> Float64Array | None:
    """Return the samples as the visitor left them, or None if they were not moved.

    Parameters
    ----------
    key : str
        Of the component.
    preset : str
        The samples to begin with.
    count : int
        How many samples there are.
    scale : Scale
        Values beyond its limits are brought back to them.

    """
    values = _numbers(_state(key, preset).get("samples"), count)
    return None if values is None else np.clip(values, scale.least, scale.most)


def drag_samples(desk: DragState, key: str) -> None:
    """Show the samples, to be dragged, and the curve through them."""
    within = desk.result.within
    inside = desk.result.samples[within]
    _mount(
        key=key,
        on_moved_change=_nothing,
        data={
            "preset": desk.preset,
            "turn": _turn(_state(key, desk.preset).get("turn")),
            "kernel": desk.kernel.title,
            "start": desk.start.tolist(),
            "samples": inside.tolist(),
            "steps": desk.steps,
            "table": weight_table(desk.kernel, len(inside) - 1, desk.steps).tolist(),
            "outside": desk.result.contributions[~within].sum(axis=0).tolist(),
            "signal": desk.result.signal.tolist(),
            "scale": desk.scale._asdict(),
            "colors": _COLORS,
        },
    )


def browser_difference(desk: DragState, key: str) -> float | None:
    """Return how far the browser's curve and Python's part at most; None before the first move.

    The browser's is the one drawn when a sample was last let go, so it says nothing once
    another kernel has been chosen.
    """
    state = _state(key, desk.preset)
    drawn = _numbers(state.get("curve"), len(desk.result.time))
    if drawn is None or state.get("kernel") != desk.kernel.title:
        return None
    return float(np.abs(drawn - desk.result.curve).max())


def _state(key: str, preset: str) -> dict[str, Any]:
    """Return what the browser sent last, if it is about these samples."""
    state = st.session_state.get(key) or {}
    moved = state.get("moved") if hasattr(state, "get") else None
    return moved if isinstance(moved, dict) and moved.get("preset") == preset else {}


def _numbers(sent: object, count: int) -> Float64Array | None:
    """Return what was sent as an array, or None unless it is `count` finite numbers."""
    if not isinstance(sent, list) or len(sent) != count:
        return None
    finite = all(isinstance(value, int | float) and math.isfinite(value) for value in sent)
    return np.array(sent, dtype=np.float64) if finite else None


def _turn(sent: object) -> int:
    return sent if isinstance(sent, int) else 0


def _nothing() -> None:
    """Let the page run again: that a callback is named makes the value part of the state."""
