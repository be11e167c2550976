"""The parts of a page's story: numbered steps, what was learned, and questions to predict."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import NamedTuple, ParamSpec

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.errors import StreamlitAPIException

from fcnlib.ui import address

Arguments = ParamSpec("Arguments")

SKIP = "show"
"""What a visitor chooses who wants to see the answer without a prediction."""

GOAL = "step"
"""Name in an address of the step to scroll to, by its key."""

PAGE = "page"
"""Key in the session state of the path of the page that runs."""

_GIVEN = "predictions"
_PLACE = "score_place"


class Prediction(NamedTuple):
    """A question that the visitor has answered.

    Attributes
    ----------
    page : str
        Path of the question's page, a key of `fcnlib.ui.page.PAGES`.
    question : str
    right : bool or None
        Whether the prediction was right; None if it is not judged or does not count.

    """

    page: str
    question: str
    right: bool | None


def begin(path: str) -> None:
    """Note which page runs; `path` is a key of `fcnlib.ui.page.PAGES`."""
    st.session_state[PAGE] = path
    st.session_state[_PLACE] = None


def part(show: Callable[Arguments, None]) -> Callable[Arguments, None]:
    """Turn what shows a part of the page into a fragment: its controls run nothing else again."""

    @wraps(show)
    def shown(*args: Arguments.args, **options: Arguments.kwargs) -> None:
        show(*args, **options)
        if path := st.session_state.get(PAGE):
            address.keep(path)

    return st.fragment(shown)


@contextmanager
def step(key: str, title: str = "", number: int | None = None) -> Iterator[DeltaGenerator]:
    """Show what the block writes as one step of the page.

    Teacher's mode shows one step at a time, and a printed page does not break inside one.

    Parameters
    ----------
    key : str
        Unique, beginning with the page's name; also the heading's anchor.
    title : str, optional
        Heading. The opening of a page has its title instead.
    number : int, optional
        Number in front of the title.

    """
    place = st.container(key=f"step_{key}")
    with place:
        if title:
            st.header(f"{number}. {title}" if number else title, anchor=key)
        yield place


def so(text: str) -> None:
    """Show what a step has shown, in one sentence of Markdown."""
    st.markdown(f"**So: {text}**")


def predict(
    key: str,
    question: str,
    choices: Mapping[str, str],
    answer: Callable[[], tuple[str, str]],
    *,
    about: object = None,
    counts: bool = True,
) -> bool:
    """Ask the visitor to predict a result, and show the computed answer once they have.

    Parameters
    ----------
    key : str
        Unique, beginning with the page's name. The choice is kept for the visit and in the page's
        address, as ``?<key>=<choice>``.
    question : str
        In one sentence, as Markdown.
    choices : mapping of str to str
        Two to four: a short, stable name for the address, and what the visitor reads.
    answer : callable
        Returns the right choice's name and one sentence that says why, with its numbers. It is
        called once the visitor has chosen, so what it computes costs nothing before.
    about : object, optional
        What the question is about, such as the name of a picture, if the visitor can change it. A
        prediction is judged only for what it was made about.
    counts : bool, optional
        Whether the prediction is part of the score.

    Returns
    -------
    bool
        Whether the result may be shown: the visitor has predicted it or asked for it.

    """
    kept = f"{key}_kept"
    offered = {**choices, SKIP: "Just show me"}
    predicted = st.session_state.get(kept, SKIP)
    if predicted != SKIP and st.query_params.get(key) == SKIP:
        # A link to an answer must not take back a prediction.
        st.query_params[key] = predicted
    # On a second visit to the page, the control has lost its choice.
    address.follow(key, offered, st.session_state.get(kept))
    with st.container(border=True, gap="xxsmall", key=f"{key}_question"):
        # A label is also the name that a screen reader speaks, with its Markdown as it is written.
        st.markdown(f":material/psychology_alt: **Predict:** {question}")
        chosen = st.pills(
            f"Predict: {question}",
            list(offered),
            format_func=offered.__getitem__,
            key=key,
            label_visibility="collapsed",
            wrap=True,
        )
        address.write(key, None)
        if chosen is None:
            return False
        st.session_state[kept] = chosen
        made, subject = st.session_state.get(f"{key}_about", (None, None))
        if chosen == SKIP or chosen != made:
            subject = about
            st.session_state[f"{key}_about"] = chosen, about
        right, why = answer()
        correct = None if chosen == SKIP or subject != about else chosen == right
        if subject == about:
            scored = correct if counts else None
            _note(key, Prediction(st.session_state.get(PAGE, ""), question, scored))
        else:
            why += " You predicted this for another picture or setting, so it is not judged here."
        with st.container(key=f"{key}_answer"):
            verdict = {True: "You were right", False: "Not quite", None: "The answer"}[correct]
            st.markdown(f"**{verdict}: {choices[right]}.** {why}")
    return True


def _note(key: str, given: Prediction) -> None:
    """Keep a prediction, and show the score with it."""
    if given == predictions().get(key):
        return
    predictions()[key] = given
    try:
        _write_score()
    except StreamlitAPIException:
        # A fragment that runs by itself may not write where only the page has written.
        st.rerun()


def predictions() -> dict[str, Prediction]:
    """Return the answered questions of this visit by key, in the order of answering."""
    given: dict[str, Prediction] = st.session_state.setdefault(_GIVEN, {})
    return given


def show_score() -> None:
    """Show how many predictions of this visit were right, also those made further down the page."""
    st.session_state[_PLACE] = st.empty()
    _write_score()


def _write_score() -> None:
    if (place := st.session_state.get(_PLACE)) and (text := score()):
        place.markdown(text)


def score() -> str:
    """Return how many predictions of this visit were right, or an empty string without any."""
    made = [given.right for given in predictions().values() if given.right is not None]
    return (
        f"You predicted {sum(made)} of {len(made)} results of this app correctly." if made else ""
    )
