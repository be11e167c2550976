"""Table of kernel properties: measured value, exact value, and whether they agree."""

import numpy as np
import streamlit as st

from fcnlib.kernels import KERNELS
from fcnlib.kernels.exact_values import Exact, exact_values
from fcnlib.kernels.properties import measure
from fcnlib.ui.components import FOLDER

Properties = dict[str, tuple[float, Exact]]

_COLUMNS = {
    "H(1/4)": "H(1/4)",
    "H(1/2)": "H(1/2)",
    "overshoot": "Overshoot",
    "support": "Support, samples",
    "k(0)": "Through the samples",
    "raw H(0)": "Mean response to 1",
}
_STYLE = (FOLDER / "kernels" / "table.css").read_text("utf-8")


def show_table(chosen: str) -> None:
    """Show the properties of all kernels of finite support and highlight the row of `chosen`."""
    head = "".join(f'<th scope="col">{title}</th>' for title in ("Kernel", *_COLUMNS.values()))
    rows = ""
    for name, properties in measured_and_exact().items():
        cells = "".join(_cell(quantity, properties) for quantity in _COLUMNS)
        mark = ' class="chosen"' if name == chosen else ""
        rows += f'<tr{mark}><th scope="row">{KERNELS[name].title}</th>{cells}</tr>'
    st.html(
        f'<style>{_STYLE}</style><table class="kernel-facts"><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def show_legend() -> None:
    """Show how many values agree, the tolerances, and what each column means."""
    agreeing, total = count_agreeing()
    st.caption(
        f"✓ {agreeing} of {total} measured values agree with the value printed below them. They "
        "may differ by 1e-12. Overshoot may differ by 1e-6, except that of Lanczos: it has no "
        "formula and is compared with a published percentage, so half a unit of its last digit is "
        "allowed."
    )
    st.markdown(
        "- **H(f)** is the gain for a wave of f cycles per sample, divided by the gain for a "
        "constant, so H(0) = 1. f = 1/2 is the Nyquist frequency. “Si” means that the exact value "
        "was computed with Si(x), the integral of sin(t)/t from 0 to x.\n"
        "- **Overshoot** is how far the curve rises above 1 if the samples step from 0 to 1. For "
        "Lanczos, it is measured on the normalized kernel, whose weights are divided by their "
        "sum. All other values of Lanczos are measured on the raw kernel, whose weights do not sum "
        "to 1.\n"
        "- **Support** is the distance, in samples, beyond which the kernel is 0.\n"
        "- **Through the samples** says whether the curve passes through the samples. If it does "
        "not, the table gives the measured k(0), the weight of a sample at its own position. The "
        "exact k(0) is always printed below.\n"
        "- **Mean response to 1** is the mean of the curve if all samples are 1."
    )


def count_agreeing() -> tuple[int, int]:
    """Return how many measured values agree with the exact ones, and how many there are."""
    kernels = measured_and_exact().values()
    agree = [exact.agrees(value) for pairs in kernels for value, exact in pairs.values()]
    return sum(agree), len(agree)


@st.cache_data(max_entries=1, show_spinner=False)
def measured_and_exact() -> dict[str, Properties]:
    """Return pairs of measured and exact values, by kernel and quantity."""
    pairs = {}
    for name, kernel in KERNELS.items():
        if np.isfinite(kernel.support):
            measured = measure(kernel)
            pairs[name] = {key: (measured[key], exact) for key, exact in exact_values(name).items()}
    return pairs


def _cell(quantity: str, properties: Properties) -> str:
    value, exact = properties[quantity]
    agrees, formula = exact.agrees(value), exact.formula
    if quantity == "k(0)":
        others, exact_others = properties["k(n)"]
        agrees = agrees and exact_others.agrees(others)
        text = "yes" if value == 1 and others < 1e-12 else f"no, {value:.4f}"
        formula = f"k(0) = {formula}"
    elif quantity == "overshoot":
        text = f"{100 * value:.2f}%"
    elif quantity == "support":
        text = f"{value:g}"
    else:
        text = f"{value:.4f}"
    kind, sign, words = ("yes", "✓", "agrees") if agrees else ("no", "✗", "differs")
    tick = f'<span class="{kind}" role="img" aria-label="{words}">{sign}</span>'
    return f'<td data-label="{_COLUMNS[quantity]}">{text} {tick}<small>{formula}</small></td>'
