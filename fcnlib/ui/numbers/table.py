"""The tables of facts: tables on a wide screen, lists of cards on a narrow one."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape

import streamlit as st

from fcnlib.facts import Fact, Outcome, QuotedFact
from fcnlib.facts.tolerances import ERROR, Value, largest_error, say
from fcnlib.ui.components import FOLDER

STYLE = FOLDER / "numbers" / "table.css"
CHARACTER = 0.5
"""Approximate width of a character, in rem."""


def style() -> None:
    """Give the page the style of its tables. Call this once, outside any fragment.

    Streamlit collects style sheets outside the page's own order of elements. When a fragment is
    run again before its first run has reached the browser, Streamlit drops what is waiting. A
    later style sheet then has no place, and the browser shows an empty page.
    """
    st.html(STYLE)


def say_state(facts: Sequence[Fact], outcomes: Mapping[str, Outcome]) -> str:
    """Return how many facts hold, of those that are checked, and how many are not checked yet.

    Examples
    --------
    >>> from fcnlib.facts import FACTS
    >>> say_state(FACTS[:3], {}), say_state(FACTS[:1], {FACTS[0].name: Outcome(holds=True)})
    ('none of 3 facts is checked yet', '1 of 1 facts hold')
    >>> say_state(FACTS[:3], {FACTS[0].name: Outcome(holds=True)})
    '1 of 1 checked facts hold, 2 are not checked yet'

    """
    checked = [outcomes[fact.name] for fact in facts if fact.name in outcomes]
    missing = len(facts) - len(checked)
    if not checked:
        return f"none of {missing} facts is checked yet"
    holding = f"{sum(outcome.holds for outcome in checked)} of {len(checked)}"
    if not missing:
        return f"{holding} facts hold"
    return (
        f"{holding} checked facts hold, {missing} {'is' if missing == 1 else 'are'} not checked yet"
    )


def show_overview(sections: Mapping[str, Sequence[Fact]], outcomes: Mapping[str, Outcome]) -> None:
    """Show a square for each fact, in a row for each section, colored by its outcome."""
    rows = "".join(
        f'<div role="img" aria-label="{escape(f"{title}: {say_state(facts, outcomes)}")}">'
        f"<span>{escape(title)}</span>{''.join(_square(fact, outcomes) for fact in facts)}</div>"
        for title, facts in sections.items()
    )
    st.html(
        f'<div class="facts overview">{rows}<p><i class="holds">✓</i> holds '
        '<i class="differs">✗</i> differs <i class="waiting">·</i> not checked yet</p></div>'
    )


def _square(fact: Fact, outcomes: Mapping[str, Outcome]) -> str:
    state = _state(outcomes.get(fact.name))
    mark = {"holds": "✓", "differs": "✗"}.get(state, "·")
    return f'<i class="{state}" title="{escape(fact.statement)}">{mark}</i>'


def _state(outcome: Outcome | None) -> str:
    if outcome is None:
        return "waiting"
    return "holds" if outcome.holds else "differs"


def show_facts(
    sections: Mapping[str, Sequence[Fact]],
    outcomes: Mapping[str, Outcome],
    whole: Mapping[str, Sequence[Fact]],
) -> None:
    """Show facts by section with their outcomes so far.

    Parameters
    ----------
    sections : mapping of str to sequence of Fact
        The facts to show, by section.
    outcomes : mapping of str to Outcome
        The outcomes so far, by the names of the facts.
    whole : mapping of str to sequence of Fact
        All facts of each section, which its heading counts.

    """
    bodies = {}
    for title, facts in sections.items():
        heading = f"{title}: {say_state(whole[title], outcomes)}"
        bodies[heading] = [_fact(fact, outcomes.get(fact.name)) for fact in facts]
    figures = "Numbers: as stated → measured here"
    _show("Every fact with its numbers", ("Verdict", "Claim", figures), bodies)


def show_quoted(sections: Mapping[str, Iterable[QuotedFact]]) -> None:
    """Show results of others, without a verdict."""
    bodies = {title: list(map(_quoted, entries)) for title, entries in sections.items()}
    _show("Numbers quoted from others", ("Verdict", "Result", "Numbers: as stated"), bodies)


def _show(label: str, head: tuple[str, str, str], bodies: Mapping[str, list[str]]) -> None:
    groups = "".join(
        f'<tbody><tr><th colspan="3" scope="rowgroup">{escape(title)}</th></tr>'
        f"{''.join(rows)}</tbody>"
        for title, rows in bodies.items()
    )
    st.html(
        f'<table class="facts" aria-label="{escape(label)}"><thead>{_row("th", "", *head)}</thead>'
        f"{groups}</table>"
    )


def _fact(fact: Fact, outcome: Outcome | None) -> str:
    error = outcome.error if outcome else ""
    state = _state(outcome)
    word = "failed" if error else {"waiting": "pending"}.get(state, state)
    figures = _figures(fact, outcome) + (f"<small>{escape(error)}</small>" if error else "")
    return _row("td", state, _pill(word), _claim(fact, fact.tolerance.name), figures)


def _figures(fact: Fact, outcome: Outcome | None) -> str:
    """Return each figure as stated and, once it is known, as measured."""
    measured = outcome.measured if outcome else {}
    differing = outcome.differing if outcome else ()
    texts = {}
    for label, printed in fact.expected.items():
        here = _say(measured[label], printed) if label in measured else "…"
        texts[label] = f"{printed} {'≠' if label in differing else '→'} {here}"
        if fact.tolerance is ERROR:
            texts[label] += f" (at most {largest_error(printed):.1e})"
    longest = max(len(text) for pair in texts.items() for text in pair)
    places = "".join(
        f"<div{' class=off' if label in differing else ''}>"
        f"{f'<dt>{escape(label)}</dt>' if label else ''}<dd>{escape(text)}</dd></div>"
        for label, text in texts.items()
    )
    return f'<dl style="--wide: {CHARACTER * longest:g}rem">{places}</dl>'


def _say(value: Value, printed: str) -> str:
    """Return a measured value as text, without the words that the figure already states."""
    if value == printed:
        return "the same"
    return say(value, printed).removeprefix(f"{printed}: ")


def _quoted(entry: QuotedFact) -> str:
    figures = "<br>".join(map(escape, entry.figures.split(" · ")))
    return _row("td", "waiting", _pill("quoted"), _claim(entry, entry.why), figures)


def _pill(word: str) -> str:
    return f'<span class="pill">{word}</span>'


def _claim(entry: Fact | QuotedFact, note: str) -> str:
    return f"{escape(entry.statement)}<small>{escape(f'{entry.source} · {note}')}</small>"


def _row(tag: str, state: str, verdict: str, claim: str, figures: str) -> str:
    return (
        f'<tr class="{state}"><{tag} class="verdict">{verdict}</{tag}>'
        f'<{tag} class="claim">{claim}</{tag}><{tag}>{figures}</{tag}></tr>'
    )
