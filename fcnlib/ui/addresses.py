"""Choices that the page's address names by short names, which stay when a label is reworded."""

from collections.abc import Collection, Iterable
from typing import Any, TypeVar

import streamlit as st

from fcnlib.ui.layout import choose_one

Option = TypeVar("Option", int, str)

_SEEN = "choices_in_the_address"
"""Key in the session state: what the address said last, by the key of the control."""


def named(key: str, options: Iterable[Option], first: Option) -> Option | None:
    """Return the option that a control starts with: the one in the page's address, or `first`.

    A link may also be followed on the page that it opens. The control then takes the link's
    option, and None is returned, because Streamlit warns of a default for a control with a value.

    Parameters
    ----------
    key : str
        Key of the control, and its name in the address.
    options : iterable of int or str
    first : int or str
        The option that the address leaves out.

    """
    name = st.query_params.get(key)
    option = {str(option): option for option in options}.get(name or "")
    if key not in st.session_state:
        return first if option is None else option
    if option is None or name == _seen().get(key):
        return first
    st.session_state[key] = option
    return None


def keep(key: str, chosen: Option, first: Option) -> Option:
    """Name what is chosen in the page's address, unless it is `first`; return it."""
    name = None if chosen == first else str(chosen)
    _seen()[key] = name
    if name is None:
        st.query_params.pop(key, None)
    elif st.query_params.get(key) != name:
        st.query_params[key] = name
    return chosen


def choose_named(label: str, options: Collection[str], first: str, key: str, **more: Any) -> str:
    """Let the visitor choose as with `fcnlib.ui.layout.choose_one`; the address names the choice.

    Parameters
    ----------
    label : str
    options : collection of str
        What the address says; a mapping also says what the visitor reads.
    first : str
        The option that is chosen at first.
    key : str
        Key of the control, and its name in the address.
    **more
        As for `choose_one`.

    """
    start = named(key, options, first)
    return keep(key, choose_one(label, options, start or first, key, **more), first)


def _seen() -> dict[str, str | None]:
    seen: dict[str, str | None] = st.session_state.setdefault(_SEEN, {})
    return seen
