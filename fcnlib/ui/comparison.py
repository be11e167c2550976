"""Comparisons with TensorFlow that run after the rest of the page has been shown."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import ParamSpec

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fcnlib.errors import EngineError
from fcnlib.ui.layout import offer_again
from fcnlib.ui.story import part

Comparison = Callable[[], object]
Arguments = ParamSpec("Arguments")


def compared_last(section: Callable[Arguments, Comparison]) -> Callable[Arguments, Comparison]:
    """Turn a section of the page into a fragment that returns its comparison for later.

    Parameters
    ----------
    section : callable
        Shows the section and returns a function that compares it with TensorFlow.

    Returns
    -------
    show : callable
        Takes the same arguments. The page passes what it returns to `run_comparisons`.

    """

    @wraps(section)
    def show(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Comparison:
        comparisons: list[Comparison] = []

        @part
        def fragment() -> None:
            compare = section(*args, **kwargs)
            # When only the fragment runs again, the page does not, so nothing else compares.
            if comparisons:
                compare()
            else:
                comparisons.append(compare)

        fragment()
        return comparisons[0]

    return show


def compare_later(
    slot: DeltaGenerator, say: Callable[[], str | tuple[str, str]], key: str, *, small: bool = True
) -> Comparison:
    """Return a comparison that shows in `slot` what `say` returns, or why it could not.

    `say` returns a sentence, or a sentence and its digits, which are shown as help. Until it runs,
    the slot says that it is still to come. `key` is the prefix of the widgets' keys. The sentence
    is a caption if it is `small`.
    """
    slot.caption("Waiting for TensorFlow.")

    def compare() -> None:
        try:
            said = say()
        except EngineError as error:
            with slot.container():
                offer_again(error, key)
        else:
            text, digits = (said, None) if isinstance(said, str) else said
            write = slot.caption if small else slot.markdown
            write(text, help=digits)

    return compare


def verdict(*, equal: bool) -> str:
    """Say in Markdown whether a result equals TensorFlow's."""
    return ":green[**✓ Equals TensorFlow**]" if equal else ":red[**✗ Differs from TensorFlow**]"


def run_comparisons(comparisons: Iterable[Comparison]) -> None:
    """Run the comparisons of all sections; the first one may load TensorFlow, which is slow."""
    with st.spinner("Comparing with TensorFlow. Loading it takes a few seconds the first time."):
        for compare in comparisons:
            compare()
