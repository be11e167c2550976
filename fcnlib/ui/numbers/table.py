"""The table of facts: one table on a wide screen, a list of cards on a narrow one."""

from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path

import streamlit as st

from fcnlib.facts import Fact, Outcome, QuotedFact
from fcnlib.facts.tolerances import Value, say

STYLE = Path(__file__).parents[1] / "components" / "numbers" / "table.css"
CHARACTER = 0.5
"""Width of a character in rem, roughly."""


def show_facts(sections: Mapping[str, Iterable[Fact]], outcomes: Mapping[str, Outcome]) -> None:
    """Show facts by section, and what became of each so far."""
    bodies = "".join(_section(title, list(facts), outcomes) for title, facts in sections.items())
    head = _row("th", "", "Verdict", "What is claimed", "Figures: as stated → measured here")
    _show("Every fact with its figures", head, bodies)


def show_taken(sections: Mapping[str, Iterable[QuotedFact]]) -> None:
    """Show what others found, marked neither right nor wrong."""
    bodies = "".join(
        f'<tbody><tr><th colspan="3" scope="rowgroup">{escape(title)}</th></tr>'
        + "".join(_taken(entry) for entry in entries)
        + "</tbody>"
        for title, entries in sections.items()
    )
    head = _row("th", "", "Verdict", "What was found", "Figures: as stated")
    _show("Figures taken from others", head, bodies)


def _show(title: str, head: str, bodies: str) -> None:
    st.html(STYLE)
    st.html(
        f'<table class="facts" aria-label="{escape(title)}"><thead>{head}</thead>{bodies}</table>'
    )


def _section(title: str, facts: list[Fact], outcomes: Mapping[str, Outcome]) -> str:
    holding = sum(fact.name in outcomes and outcomes[fact.name].holds for fact in facts)
    heading = f"{escape(title)}: {holding} of {len(facts)} hold"
    rows = "".join(_fact(fact, outcomes.get(fact.name)) for fact in facts)
    return f'<tbody><tr><th colspan="3" scope="rowgroup">{heading}</th></tr>{rows}</tbody>'


def _fact(fact: Fact, outcome: Outcome | None) -> str:
    state = "waiting" if outcome is None else "holds" if outcome.holds else "differs"
    word = {"waiting": "to come", "differs": "failed" if outcome and outcome.error else "differs"}
    note = f"{fact.source} · {fact.tolerance.name}"
    error = f"<small>{escape(outcome.error)}</small>" if outcome and outcome.error else ""
    return _row(
        "td",
        state,
        f'<span class="pill">{word.get(state, state)}</span>',
        f"{escape(fact.statement)}<small>{escape(note)}</small>",
        _figures(fact, outcome) + error,
    )


def _figures(fact: Fact, outcome: Outcome | None) -> str:
    """Return each figure as stated and, once it is there, as measured."""
    measured = outcome.measured if outcome else {}
    differing = outcome.differing if outcome else ()
    texts = {}
    for label, printed in fact.expected.items():
        here = _say(measured[label], printed) if label in measured else "…"
        texts[label] = f"{printed} {'≠' if label in differing else '→'} {here}"
    longest = max(len(text) for pair in texts.items() for text in pair)
    places = "".join(
        f"<div{' class=off' if label in differing else ''}>"
        f"{f'<dt>{escape(label)}</dt>' if label else ''}<dd>{escape(text)}</dd></div>"
        for label, text in texts.items()
    )
    return f'<dl style="--wide: {CHARACTER * longest:g}rem">{places}</dl>'


def _say(value: Value, printed: str) -> str:
    """Return a measured value; of words only what is new."""
    if value == printed:
        return "the same"
    return say(value, printed).removeprefix(f"{printed}: ")


def _taken(entry: QuotedFact) -> str:
    note = f"{entry.source} · {entry.why}"
    return _row(
        "td",
        "waiting",
        '<span class="pill">taken</span>',
        f"{escape(entry.statement)}<small>{escape(note)}</small>",
        "<br>".join(map(escape, entry.figures.split(" · "))),
    )


def _row(tag: str, kind: str, verdict: str, claim: str, figures: str) -> str:
    return (
        f'<tr class="{kind}"><{tag} class="verdict">{verdict}</{tag}>'
        f'<{tag} class="claim">{claim}</{tag}><{tag}>{figures}</{tag}></tr>'
    )
