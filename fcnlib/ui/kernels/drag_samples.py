"""Samples that can be dragged in the browser, and the curve through them.

The browser computes the curve from a table of kernel weights that Python sends. The table has a
weight for every point of the curve, so the browser does not interpolate. When the user releases a
sample, the browser sends back the samples and its curve, which is compared with Python's.
"""

import math
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from fcnlib.kernels import Kernel
from fcnlib.kernels.reconstruction import Reconstruction
from fcnlib.kernels.resampling import weight_table
from fcnlib.plots import theme
from fcnlib.typing import Float64Array
from fcnlib.ui.components import component

_COLORS = {
    "input": theme.INPUT,
    "kernel": theme.KERNEL,
    "output": theme.OUTPUT,
    "difference": theme.DIFFERENCE,
}
ROUNDING = 1e-9  # differences of curves of this size come from the order of additions
_component = component("drag_samples")


class Scale(NamedTuple):
    """Range of the value axis, and the values that a sample can take.

    Attributes
    ----------
    low, high : float
        Ends of the axis.
    least, most : float
        Smallest and largest value of a sample.
    grain : float
        A moved sample is a multiple of it. An arrow key moves a sample by five grains.
    digits : int
        Decimal places of a value in texts.
    black, white : float
        Values that are black and white in the row of pixels.
    ticks : tuple of float
        Values with a grid line and a number.
    level : float
        Value of every sample after "Make all equal" is pressed.

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
    """The samples and the curve that the component shows.

    Attributes
    ----------
    preset : str
        Name of the initial samples. A new name discards what was moved.
    kernel : Kernel
        Kernel that reconstructs the curve from the samples.
    result : Reconstruction
        The curve through the current samples, with `steps` points from one sample to the next.
    start : ndarray of shape (N,)
        The initial samples from 0 to 1 s. "Reset" returns to them.
    steps : int
        Points of the curve from one sample to the next.
    scale : Scale
        Scale of the values.

    """

    preset: str
    kernel: Kernel
    result: Reconstruction
    start: Float64Array
    steps: int
    scale: Scale


def moved_samples(key: str, preset: str, count: int, scale: Scale) -> Float64Array | None:
    """Return the samples as they were moved, or None if they were not moved.

    Parameters
    ----------
    key : str
        Key of the component.
    preset : str
        Name of the initial samples.
    count : int
        Number of samples.
    scale : Scale
        Values outside `scale.least` to `scale.most` are clipped.

    """
    values = _numbers(_sent(key, preset).get("samples"), count)
    return None if values is None else np.clip(values, scale.least, scale.most)


def drag_samples(state: DragState, key: str, *, pixels: bool = False) -> None:
    """Show the samples, which can be dragged, and the curve through them.

    Parameters
    ----------
    state : DragState
        What is shown.
    key : str
        Key of the component.
    pixels : bool, optional
        Whether to show samples and curve as rows of gray pixels too.

    """
    within = state.result.within
    samples = state.result.samples[within]
    turn = _sent(key, state.preset).get("turn")
    _component(
        key=key,
        on_moved_change=lambda: None,  # without a callback the value is not in the session state
        data={
            "preset": state.preset,
            "turn": turn if isinstance(turn, int) else 0,
            "kernel": state.kernel.title,
            "start": state.start.tolist(),
            "samples": samples.tolist(),
            "steps": state.steps,
            "table": weight_table(state.kernel, len(samples) - 1, state.steps).tolist(),
            "outside": state.result.contributions[~within].sum(axis=0).tolist(),
            "signal": state.result.signal.tolist(),
            "scale": state.scale._asdict(),
            "colors": _COLORS,
            "pixels": pixels,
        },
    )


def browser_difference(state: DragState, key: str) -> float | None:
    """Return the largest difference between the browser's curve and Python's.

    The browser sends its curve when a sample is released. The result is None before that, and
    after another kernel has been chosen.
    """
    sent = _sent(key, state.preset)
    drawn = _numbers(sent.get("curve"), len(state.result.time))
    if drawn is None or sent.get("kernel") != state.kernel.title:
        return None
    return float(np.abs(drawn - state.result.curve).max())


def say_difference(difference: float) -> str:
    """Return the end of a sentence about two curves.

    Examples
    --------
    >>> say_difference(0.0), say_difference(2.2e-16)
    ('are equal', 'differ by at most 2e-16, which is rounding')

    """
    if not difference:
        return "are equal"
    rounding = ", which is rounding" if difference < ROUNDING else ""
    return f"differ by at most {difference:.1g}{rounding}"


def _sent(key: str, preset: str) -> dict[str, Any]:
    """Return what the browser sent last, or an empty dict if that was for another preset."""
    state = st.session_state.get(key) or {}
    moved = state.get("moved") if hasattr(state, "get") else None
    return moved if isinstance(moved, dict) and moved.get("preset") == preset else {}


def _numbers(sent: object, count: int) -> Float64Array | None:
    """Return a list from the browser as an array, or None unless it is `count` finite numbers."""
    if not isinstance(sent, list) or len(sent) != count:
        return None
    finite = all(isinstance(value, int | float) and math.isfinite(value) for value in sent)
    return np.array(sent, dtype=np.float64) if finite else None
