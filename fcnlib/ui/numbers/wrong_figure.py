"""A number that the visitor changes, to see whether its check notices."""

from collections.abc import Mapping

import streamlit as st

from fcnlib.facts import FACTS, Fact, Outcome
from fcnlib.facts.tolerances import say
from fcnlib.ui.layout import show_source
from fcnlib.ui.story import predict, so

BY_NAME = {fact.name: fact for fact in FACTS}
FIRST, LABEL = "dense_for_1000_classes", "f = 32 in GB"
"""Name of the fact that is shown first, and label of its number."""
WRONG = "16.39 GB"
"""A wrong number in its place, to predict about."""
ADDRESS = "numbers_fact"
"""Key of the control, and its name in the address."""
LONGEST = 60  # characters

CHOICES = {"noticed": "Yes", "missed": "No, the difference is too small"}


def ask(known: Mapping[str, Outcome]) -> None:
    """Let the visitor predict whether a wrong number is noticed."""
    if _measured(known, FIRST, LABEL) is None:
        st.caption("In some seconds, when this fact is checked, you can predict a result here.")
        return
    fact = BY_NAME[FIRST]

    def answer() -> tuple[str, str]:
        missed = agrees(known, FIRST, LABEL, WRONG)
        return "missed" if missed else "noticed", (
            f"The value measured here is {_said(known, FIRST, LABEL)}. Rounded to the same digits, "
            f"it is {'' if missed else 'not '}{WRONG}."
        )

    question = (
        f"the post's kernel for 1000 classes takes `{fact.expected[LABEL]}` (tolerance: "
        f"{fact.tolerance.name}). Would the check notice `{WRONG}` in its place?"
    )
    predict("numbers_notice", question, CHOICES, answer)


def show(known: Mapping[str, Outcome]) -> None:
    """Let the visitor change a number of a fact, and show the verdict and the code behind it."""
    st.markdown(f"Type `{WRONG}` and press Enter, or choose another fact. Watch the verdict.")
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
    label = LABEL if fact.name == FIRST else labels[0]
    if len(labels) > 1:
        first, key = labels.index(label), f"numbers_label_{fact.name}"
        label = which.selectbox("Which number", labels, index=first, key=key) or label
    printed = figure.text_input(
        "Number as stated: change it, then press Enter",
        fact.expected[label],
        max_chars=LONGEST,
        key=f"numbers_figure_{fact.name}_{labels.index(label)}",
        help="Watch which digits the check notices.",
    )
    st.markdown(_verdict(fact, label, (printed or "").strip(), known))
    so("a wrong number is noticed, unless it differs by no more than rounding errors do.")
    show_source(fact.compute, key="numbers_source")


def _remember() -> None:
    # Streamlit's own binding would write the whole claim into the address.
    st.query_params[ADDRESS] = st.session_state[ADDRESS]


def agrees(known: Mapping[str, Outcome], name: str, label: str, printed: str) -> bool:
    """Return whether a fact would hold with another number.

    Raises
    ------
    ValueError, KeyError
        If the number cannot be read, or if the fact is not measured yet.

    """
    return BY_NAME[name].tolerance.agrees(printed, known[name].measured[label])


def _verdict(fact: Fact, label: str, printed: str, known: Mapping[str, Outcome]) -> str:
    if _measured(known, fact.name, label) is None:
        return "This fact is not checked yet."
    try:
        holds = agrees(known, fact.name, label, printed)
    except (ValueError, TypeError, OverflowError):
        return "**Noticed**: this cannot be compared with the stated number."
    verdict = "**holds** with this number" if holds else "**differs**, so the page would report it"
    measured = _said(known, fact.name, label)
    return f"Measured here: {measured}. Tolerance: {fact.tolerance.name}. The fact {verdict}."


def _measured(known: Mapping[str, Outcome], name: str, label: str) -> object | None:
    return known[name].measured.get(label) if name in known else None


def _said(known: Mapping[str, Outcome], name: str, label: str) -> str:
    # With one digit more than the stated number, where that helps.
    return say(known[name].measured[label], BY_NAME[name].expected[label])
