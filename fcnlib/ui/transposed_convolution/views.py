"""Four linked views of one transposed convolution, drawn in the browser from Python's numbers."""

from collections.abc import Callable, Mapping
from functools import partial

import streamlit as st

from fcnlib import engine
from fcnlib.plots import theme
from fcnlib.transposed_convolution import padding_range, views
from fcnlib.transposed_convolution.views import Agreement, ViewSettings
from fcnlib.transposed_convolution.views import settings as bounds
from fcnlib.transposed_convolution.views.values import INPUTS, KERNELS, typed
from fcnlib.typing import Float64Array
from fcnlib.ui.components import component
from fcnlib.ui.layout import choose_one
from fcnlib.ui.comparison import (
    Comparison,
    compare_later,
    compared_last,
    verdict,
)
from fcnlib.upsampling.experiment import short

SEEDS = range(100)
TYPED = 200  # characters
ONE_HOT = (
    "“ramp” counts 1, 2, 3, … “one hot” is 0 except for a single 1 in the middle, so the output is "
    "a single copy of the kernel. “typed” lets you enter numbers."
)
_COLORS = {"input": theme.INPUT, "kernel": theme.KERNEL, "output": theme.OUTPUT}
_component = component("four_views")
_pick = partial(choose_one, bind="query-params")


@compared_last
def show_views(key: str) -> Comparison:
    """Show the controls and the four views; return a function that compares with TensorFlow.

    Parameters
    ----------
    key : str
        Key of the component. Keys and query parameters of the controls start with it.

    Returns
    -------
    compare : callable
        Takes seconds if TensorFlow is not loaded yet, so call it at the end of the page. When a
        control is moved, only the views run again, and they compare without this function.

    """
    setting = ask_setting(key)
    compare = compare_later(st.empty(), lambda: say(_agreement(setting)), key)
    _component(key=key, data=views.payload(setting) | {"colors": _COLORS})
    return compare


def ask_setting(key: str) -> ViewSettings:
    """Show the controls, each of which limits the next ones, and return their setting.

    Parameters
    ----------
    key : str
        Start of the controls' keys.

    Returns
    -------
    setting : ViewSettings
        Valid, whatever the query parameters or the session contain.

    """
    with st.container(horizontal=True, key=f"{key}_controls"):
        flat = _pick("Shape", ["1-D", "2-D"], "1-D", f"{key}_shape") == "1-D"
        dimensions = 1 if flat else 2
        # 1-D and 2-D have separate sizes: 4 cells are few, 4 × 4 cells are many.
        label, name, first = ("Input cells", "cells", 4) if flat else ("Input side", "side", 3)
        size = _pick(label, bounds.SIZES[dimensions], first, f"{key}_{name}")
        values = _values("Values", f"{key}_input", INPUTS, (size,) * dimensions)
        kernel_size = _pick("Kernel", bounds.KERNEL_SIZES, 4, f"{key}_kernel")
        kernel = _values("Weights", f"{key}_weights", KERNELS, (kernel_size,) * dimensions)
        strides = bounds.strides(dimensions, size, kernel_size)
        stride = _pick("Stride", strides, 2, f"{key}_stride")
        paddings = padding_range(size, kernel_size, stride)
        padding = _pick("Padding", paddings, 1, f"{key}_padding")
        extras = bounds.output_paddings(dimensions, size, kernel_size, stride, padding)
        extra = _pick("Output padding", extras, 0, f"{key}_output_padding")
    return views.setting(values, kernel, stride, padding, extra)


def say(agreement: Agreement) -> str:
    """Return the differences from TensorFlow and between the views, in Markdown.

    Examples
    --------
    >>> print(say(Agreement(0.0, 2.2e-16, 0.0, 1.2e-7, 4.0)).split(". ")[0])
    :green[**✓ Equals TensorFlow**]: the largest difference is 0 in float64 and 1.2e-07 in float32

    """
    difference = max(agreement.gather, agreement.matrix)
    own = f"whose results differ by at most {short(difference)}" if difference else "all equal"
    double, single = short(agreement.tensorflow), short(agreement.tensorflow_single)
    return (
        f"{verdict(equal=agreement.holds)}: the largest difference is {double} in float64 and "
        f"{single} in float32. The views “scatter”, “gather” and “matrix” below compute the output "
        f"in three ways, {own}."
    )


@st.cache_data(max_entries=512, show_spinner=False)
def _agreement(setting: ViewSettings) -> Agreement:
    agreement: Agreement = engine.run("check_views", setting)
    return agreement


def _values(
    label: str,
    key: str,
    presets: Mapping[str, Callable[[tuple[int, ...], int], Float64Array]],
    shape: tuple[int, ...],
) -> Float64Array:
    """Offer `presets` and typed numbers; the numbers are fitted to the shape, never rejected."""
    choice = st.selectbox(
        label,
        [*presets, "typed"],
        key=key,
        width=130,
        bind="query-params",
        help=ONE_HOT if "one hot" in presets else None,
    )
    if choice in presets:
        seed = _seed(f"{key}_seed") if choice == "random" else 0
        return presets[choice](shape, seed)
    first = " ".join(f"{number:g}" for number in next(iter(presets.values()))(shape, 0).ravel())
    text = st.text_input(
        f"{label}, row by row",
        first,
        max_chars=TYPED,
        key=f"{key}_typed",
        width=230,
        bind="query-params",
        help="A blank or a comma separates numbers, and a point marks decimals, as in 0.5. If "
        "there are too few numbers, the rest are 0. Surplus numbers are ignored.",
    )
    return typed(str(text)[:TYPED], shape)[0]


def _seed(key: str) -> int:
    chosen = st.number_input(
        "Seed", SEEDS[0], SEEDS[-1], value=1, key=key, width=120, bind="query-params"
    )
    return int(chosen)
