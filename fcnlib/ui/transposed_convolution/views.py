"""Steps that show one transposed convolution in linked views, drawn in the browser."""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fcnlib import engine
from fcnlib.plots import theme
from fcnlib.transposed_convolution import convolution_matrix, padding_range, views
from fcnlib.transposed_convolution.views import Agreement, ViewSettings
from fcnlib.transposed_convolution.views import settings as bounds
from fcnlib.transposed_convolution.views.values import INPUTS, KERNELS, typed
from fcnlib.typing import Float64Array
from fcnlib.ui import scripts
from fcnlib.ui.comparison import (
    Comparison,
    compare_later,
    compared_last,
    verdict,
)
from fcnlib.ui.components import component
from fcnlib.ui.layout import choose_one, fold
from fcnlib.ui.story import predict, so, step
from fcnlib.upsampling.experiment import short

SEEDS = range(100)
TYPED = 200  # characters
SHARES = (2, 3)  # widths of text and figure
ONE_HOT = (
    "“ramp” counts 1, 2, 3, … “one hot” is 0 except for a single 1 in the middle, so the output is "
    "a single copy of the kernel. “typed” lets you enter numbers."
)
PAGE = "transposed_convolution"
OPENING = views.setting(INPUTS["ramp"]((2, 2), 0), KERNELS["bilinear"]((3, 3), 0), stride=2)
_COLORS = {"input": theme.INPUT, "kernel": theme.KERNEL, "output": theme.OUTPUT}
_component = component("four_views")
_pick = partial(choose_one, in_address=True)


def show_opening() -> None:
    """Show how four copies of a kernel are added up, in a figure that plays by itself once."""
    _show(OPENING, f"{PAGE}_first", ["scatter"], "input", plays=True)


@compared_last
def show_views(key: str) -> Comparison:
    """Show steps 1 to 3 of the page; return a function that compares with TensorFlow.

    Parameters
    ----------
    key : str
        Keys and query parameters of the controls start with it. It is also the key of the figure
        with all views.

    Returns
    -------
    compare : callable
        Takes seconds if TensorFlow is not loaded yet, so call it at the end of the page. When a
        control is moved, only the views run again, and they compare without this function.

    """
    with step(f"{PAGE}_stamp", "Stamp: each input adds a copy of the kernel", 1):
        setting = _show_stamp(key)
    with step(f"{PAGE}_collect", "Collect: each output gathers its inputs", 2):
        _show_collect(setting, key)
    with step(f"{PAGE}_matrix", "One matrix, transposed", 3):
        return _show_matrix(setting, key)


def _show_stamp(key: str) -> ViewSettings:
    text, figure = st.columns(SHARES)
    with text:
        words, first = st.container(), st.container()
    learned, more = st.columns(SHARES)
    with learned:
        so("every input adds one scaled copy.")
    with more, st.expander("More controls: sizes, numbers, padding", key=f"{key}_more"):
        setting = ask_setting(key, first)
    flat = setting.dimensions == 1
    words.markdown(
        f"Here the input and the kernel are {'rows' if flat else 'squares'}. Each input adds a "
        "copy of the kernel to the output, multiplied by its value. The next copy begins some "
        "cells further on: this distance is the **stride**. Last, some cells at each "
        f"{'end' if flat else 'side'} are cut off: the **padding**. This is called *scatter*. "
        "Press play to see it from the start, or change the stride and watch where copies overlap."
    )
    with figure:
        _show(setting, f"{key}_scatter", ["scatter"], "input")
    return setting


def _show_collect(setting: ViewSettings, key: str) -> None:
    stride = setting.stride[1]
    flat = setting.dimensions == 1
    between = {1: "no zero", 2: "one zero"}.get(stride, f"{stride - 1} zeros")
    part = {1: "the", 2: "half the"}.get(stride, f"1/{stride} of the")
    kernel = np.array(setting.kernel)
    symmetric = np.array_equal(kernel, kernel[::-1, ::-1])
    same = " (here, that is the same)" if symmetric else ""
    text, figure = st.columns(SHARES)
    with text:
        st.markdown(
            f"Which inputs does one output need? {_needed(setting)} For all "
            "outputs, put zeros around the inputs and between them. With stride "
            f"{stride}, that is {between} between neighbors{_ends(setting)}. Slide the reversed "
            f"kernel{same} over this {'row' if flat else 'grid'}. At each place, the sum of the "
            "products is one output. This is called *gather*. Press play and watch how many "
            "products are zero."
        )
    with figure:
        _show(setting, f"{key}_gather", ["gather", "formula"], "output")
    so(
        "the layer is a convolution with zeros between the inputs. With each move, the kernel goes "
        f"{part} way from one input to the next, hence the name *fractionally strided convolution*."
    )


def _needed(setting: ViewSettings) -> str:
    """Name the inputs of the output that the figure shows first, one with the most products.

    Examples
    --------
    >>> _needed(views.setting(np.array([1.0, 2, 3]), np.ones(3), stride=2))
    'y[2] needs only x[0] and x[1].'

    """
    shown = views.payload(setting)
    terms, names = shown["terms"], shown["output"]["names"]
    met = Counter(output for output in terms["output"] if output >= 0)
    middle = (np.array(shown["output"]["shape"]) - 1) / 2
    places = np.indices(shown["output"]["shape"]).reshape(2, -1).T
    distances = np.abs(places - middle).sum(axis=1)
    first = min(range(len(names)), key=lambda output: (-met[output], distances[output], output))
    inputs = [x for x, y in zip(terms["input"], terms["output"], strict=True) if y == first]
    if not inputs:
        return ""
    *others, last = [shown["input"]["names"][index] for index in sorted(set(inputs))]
    listed = f"{', '.join(others)} and {last}" if others else last
    return f"{names[first]} needs only {listed}."


def _ends(setting: ViewSettings) -> str:
    """Say how many zeros are at the ends, for the settings in which they are as many at both."""
    ends = len(setting.kernel[0]) - 1 - setting.padding[1]
    if ends < 0 or setting.output_padding[1]:
        return ""
    return f", {ends} at each {'end' if setting.dimensions == 1 else 'side'}"


def _show_matrix(setting: ViewSettings, key: str) -> Comparison:
    text, figure = st.columns(SHARES)
    with text:
        st.markdown(
            "A **convolution** slides a kernel over its input. Each output is a sum of products, "
            "so the whole layer is a multiplication by a matrix C, which is mostly zeros. With "
            "rows and columns exchanged, C becomes the **transposed** matrix Cᵀ. A transposed "
            "convolution multiplies by Cᵀ, hence its name. In the figure, each column "
            "of Cᵀ belongs to an input (top), each row to an output (right). Switch between Cᵀ and "
            "C, and watch a column become a row."
        )
        slot = st.empty()
    with figure:
        _show(setting, f"{key}_matrix", ["matrix"], "output")
    compare = compare_later(slot, lambda: say(_agreement(setting)), key)
    if predict(
        f"{PAGE}_undo",
        "A convolution with the kernel 0.25, 0.75, 0.75, 0.25, stride 2 and padding 1 (it adds "
        "one 0 at each end) turns 3, 1, 4, 1, 5, 9, 2, 6 into 4 numbers. What does the transposed "
        "convolution with the same settings make of them?",
        {
            "values": "The same 8 numbers",
            "size": "8 numbers, but others",
            "shorter": "Fewer than 8 numbers",
        },
        undone,
    ):
        so(
            "it brings back the size, not the values. So *deconvolution*, as some call it, is a "
            "misleading name: that would undo a convolution."
        )
    fold(
        "Go deeper: all views at once, linked",
        f"{key}_linked",
        _show,
        *(setting, key, ["scatter", "gather", "matrix", "formula"], "input"),
    )
    return compare


def undone() -> tuple[str, str]:
    """Return what a convolution followed by its transposed one makes of eight digits."""
    original = np.array([3.0, 1, 4, 1, 5, 9, 2, 6])
    matrix = convolution_matrix((1, 8), KERNELS["bilinear"]((4,), 0)[np.newaxis], (1, 2), (0, 1))
    shorter = matrix @ original
    back = matrix.T @ shorter
    numbers = [", ".join(f"{value:.4g}" for value in row) for row in (shorter, back)]
    why = (
        f"The convolution returns {numbers[0]}, and the transposed convolution makes {numbers[1]} "
        "of them."
    )
    if back.size < original.size:
        return "shorter", why
    return ("values" if np.allclose(back, original) else "size"), why


def _show(
    setting: ViewSettings, key: str, shown: list[str], order: str, *, plays: bool = False
) -> None:
    figure = {"colors": _COLORS, "views": shown, "order": order, "plays": plays}
    _component(key=key, data=views.payload(setting) | figure)


def ask_setting(key: str, first: DeltaGenerator) -> ViewSettings:
    """Show the controls, each of which limits the next ones, and return their setting.

    Parameters
    ----------
    key : str
        Start of the controls' keys.
    first : DeltaGenerator
        Where to show the stride, which matters most. All others are shown here.

    Returns
    -------
    setting : ViewSettings
        Valid, whatever the query parameters or the session contain.

    """
    with st.container(horizontal=True, key=f"{key}_controls"):
        flat = _pick("Shape", ["1-D", "2-D"], "1-D", f"{key}_shape") == "1-D"
        dimensions = 1 if flat else 2
        # 1-D and 2-D have separate sizes: 4 cells are few, 4 × 4 cells are many.
        label, name, cells = ("Input cells", "cells", 4) if flat else ("Input side", "side", 3)
        size = _pick(label, bounds.SIZES[dimensions], cells, f"{key}_{name}")
        values = _values("Values", f"{key}_input", INPUTS, (size,) * dimensions)
        kernel_size = _pick("Kernel", bounds.KERNEL_SIZES, 4, f"{key}_kernel")
        kernel = _values("Weights", f"{key}_weights", KERNELS, (kernel_size,) * dimensions)
        strides = bounds.strides(dimensions, size, kernel_size)
        with first:
            stride = _pick("Stride", strides, 2, f"{key}_stride")
        paddings = padding_range(size, kernel_size, stride)
        padding = _pick("Padding", paddings, 1, f"{key}_padding")
        extras = bounds.output_paddings(dimensions, size, kernel_size, stride, padding)
        extra = _pick("Output padding", extras, 0, f"{key}_output_padding")
    chosen = views.setting(values, kernel, stride, padding, extra)
    scripts.note(VALUES=chosen.values, KERNEL=chosen.kernel)
    scripts.note(STRIDE=chosen.stride, PADDING=chosen.padding, OUTPUT_PADDING=chosen.output_padding)
    return chosen


def say(agreement: Agreement) -> tuple[str, str]:
    """Return the verdict on the views, compared with TensorFlow, and the differences in digits.

    Examples
    --------
    >>> text, digits = say(Agreement(0.0, 2.2e-16, 0.0, 1.2e-7, 4.0))
    >>> print(text.split(":")[1])
    green[**✓ Equals TensorFlow**]
    >>> print(digits.split(". ")[0])
    The largest difference from TensorFlow is 0 in float64 and 1.2e-07 in float32

    """
    difference = max(agreement.gather, agreement.matrix)
    own = f"differ by at most {short(difference)}" if difference else "are all equal"
    double, single = short(agreement.tensorflow), short(agreement.tensorflow_single)
    equal = "up to rounding" if agreement.holds else "only roughly"
    return (
        f"{verdict(equal=agreement.holds)}: all three ways return what `tf.nn.conv2d_transpose` "
        f"returns, {equal}.",
        f"The largest difference from TensorFlow is {double} in float64 and {single} in float32. "
        f"The results of “scatter”, “gather” and “matrix” {own}.",
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
        "Seed",
        SEEDS[0],
        SEEDS[-1],
        value=1,
        key=key,
        width=120,
        bind="query-params",
        help="Each seed gives its own random numbers, which are the same every time.",
    )
    return int(chosen)
