"""A figure that the visitor changes, to see whether its check notices."""

from collections.abc import Mapping

import streamlit as st

from fcnlib.facts import FACTS, Fact, Outcome
from fcnlib.facts.tolerances import say
from fcnlib.ui.layout import show_source
from fcnlib.ui.story import predict, so

BY_NAME = {fact.name: fact for fact in FACTS}
FIRST = "response_at_a_quarter"
ROUNDED = ("response_at_a_quarter", "Bilinear", ".8107")
LOOSE = ("layer_equals_rescale", "float64", "4e-15")
"""Fact, label of the figure, and a wrong figure to predict about."""
ADDRESS = "numbers_fact"
"""Key of the control, and its name in the address."""
LONGEST = 60  # characters

CHOICES = {"both": "both", "rounded": "only the first", "loose": "only the second", "none": "none"}


def ask(known: Mapping[str, Outcome]) -> None:
    """Let the visitor predict which of two wrong figures are noticed."""
    shown = [
        f"`{wrong}` in place of `{BY_NAME[name].expected[label]}` ({BY_NAME[name].tolerance.name})"
        for name, label, wrong in (ROUNDED, LOOSE)
    ]
    if any(_measured(known, name, label) is None for name, label, _ in (ROUNDED, LOOSE)):
        st.caption("You can predict a result here once its two facts are checked.")
        return

    def answer() -> tuple[str, str]:
        noticed = [not agrees(known, *figure) for figure in (ROUNDED, LOOSE)]
        right = {(1, 1): "both", (1, 0): "rounded", (0, 1): "loose", (0, 0): "none"}
        values = [_said(known, name, label) for name, label, _ in (ROUNDED, LOOSE)]
        return right[int(noticed[0]), int(noticed[1])], (
            f"The first value is {values[0]} here, which must round to the figure. The second is a "
            f"rounding error of {values[1]}, which may be at most four times the figure, because "
            "it differs from processor to processor."
        )

    predict("numbers_notice", f"which is noticed, {' or '.join(shown)}?", CHOICES, answer)


def show(known: Mapping[str, Outcome]) -> None:
    """Let the visitor change a figure of a fact, and show the verdict and the code behind it."""
    asked = st.query_params.get(ADDRESS, FIRST)
    name = st.selectbox(
        "Fact",
        BY_NAME,
        index=list(BY_NAME).index(asked if asked in BY_NAME else FIRST),
        format_func=lambda name: BY_NAME[name].statement,
        key=ADDRESS,
        on_change=_remember,
    )
    fact = BY_NAME[name or FIRST]
    labels = list(fact.expected)
    which, figure = st.columns(2)
    label = labels[0]
    if len(labels) > 1:
        label = which.selectbox("Which figure", labels, key=f"numbers_label_{fact.name}") or label
    printed = figure.text_input(
        "Figure as stated: change it",
        fact.expected[label],
        max_chars=LONGEST,
        key=f"numbers_figure_{fact.name}_{labels.index(label)}",
        help="Watch from which digit on the check notices.",
    )
    st.markdown(_verdict(fact, label, (printed or "").strip(), known))
    so("a wrong figure is noticed, unless it differs by no more than rounding errors do.")
    show_source(fact.compute, key="numbers_source")


def _remember() -> None:
    # Streamlit's own binding would write the whole claim into the address.
    st.query_params[ADDRESS] = st.session_state[ADDRESS]


def agrees(known: Mapping[str, Outcome], name: str, label: str, printed: str) -> bool:
    """Return whether a fact would hold with another figure.

    Raises
    ------
    ValueError, KeyError
        If the figure cannot be read, or if the fact is not measured yet.

    """
    return BY_NAME[name].tolerance.agrees(printed, known[name].measured[label])


def _verdict(fact: Fact, label: str, printed: str, known: Mapping[str, Outcome]) -> str:
    if _measured(known, fact.name, label) is None:
        return "This fact is not checked yet."
    try:
        holds = agrees(known, fact.name, label, printed)
    except (ValueError, TypeError, OverflowError):
        return "**Noticed**: this is not a figure like the one that is stated."
    verdict = "**holds** with this figure" if holds else "**differs**, so the page would report it"
    measured = _said(known, fact.name, label)
    return f"Measured here: {measured}. Tolerance: {fact.tolerance.name}. The fact {verdict}."


def _measured(known: Mapping[str, Outcome], name: str, label: str) -> object | None:
    return known[name].measured.get(label) if name in known else None


def _said(known: Mapping[str, Outcome], name: str, label: str) -> str:
    # Stated with one digit more than the figure, where that helps.
    return say(known[name].measured[label], BY_NAME[name].expected[label])
