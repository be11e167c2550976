"""A number that the visitor changes, to see whether its check notices."""

from collections.abc import Mapping

import streamlit as st

from fcnlib.facts import FACTS, Fact, Outcome
from fcnlib.facts.tolerances import say
from fcnlib.jobs import Job
from fcnlib.ui.jobs import POLL_SECONDS
from fcnlib.ui.layout import select_one, show_source
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


def ask(known: Mapping[str, Outcome], job: Job) -> None:
    """Let the visitor predict whether a wrong number is noticed, once `job` has checked it."""
    if not _checked(known, FIRST, job, "You can predict a result here once a fact is checked."):
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


def show(known: Mapping[str, Outcome], job: Job) -> None:
    """Let the visitor change a number of a fact, and show the verdict and the code behind it."""
    st.markdown(f"Type `{WRONG}` and press Enter, or choose another fact. Watch the verdict.")
    statements = {name: fact.statement for name, fact in BY_NAME.items()}
    fact = BY_NAME[select_one("Fact", statements, FIRST, ADDRESS)]
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
    if _checked(known, fact.name, job, "This fact is not checked yet."):
        st.markdown(_verdict(fact, label, (printed or "").strip(), known))
    so("a wrong number is noticed if it is off by more than rounding.")
    show_source(fact.compute, key="numbers_source")


def _checked(known: Mapping[str, Outcome], name: str, job: Job, waiting: str) -> bool:
    """Return whether a fact has been measured; say `waiting` until the job has checked it."""
    if name not in known:
        st.fragment(_wait, run_every=POLL_SECONDS if job.active else None)(known, name, waiting)
    elif error := known[name].error:
        st.text(error)
    return name in known and bool(known[name].measured)


def _wait(known: Mapping[str, Outcome], name: str, waiting: str) -> None:
    if name in known:
        st.rerun()
    st.caption(waiting)


def agrees(known: Mapping[str, Outcome], name: str, label: str, printed: str) -> bool:
    """Return whether a fact would hold with another number.

    Raises
    ------
    ValueError, KeyError
        If the number cannot be read, or if the fact is not measured yet.

    """
    return BY_NAME[name].tolerance.agrees(printed, known[name].measured[label])


def _verdict(fact: Fact, label: str, printed: str, known: Mapping[str, Outcome]) -> str:
    try:
        holds = agrees(known, fact.name, label, printed)
    except (ValueError, TypeError, OverflowError):
        return "**Noticed**: this cannot be compared with the stated number."
    verdict = "**holds** with this number" if holds else "**differs**, so the page would report it"
    measured = _said(known, fact.name, label)
    return f"Measured here: {measured}. Tolerance: {fact.tolerance.name}. The fact {verdict}."


def _said(known: Mapping[str, Outcome], name: str, label: str) -> str:
    # With one digit more than the stated number, where that helps.
    return say(known[name].measured[label], BY_NAME[name].expected[label])
