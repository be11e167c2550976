"""Controls whose choices the page's address has by short names that never change.

Streamlit itself writes labels into the address, and a link would break when a label is reworded.
"""

from collections.abc import Hashable, Mapping
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

Choice = Hashable | list[Any]

PRESENT = {"present": ["1"]}
"""What an address has that opens a page in teacher's mode. It is no setting of the page."""

_NONE = [""]
"""What the address says if several could be chosen and none is."""


def visited() -> dict[str, dict[str, list[str]]]:
    """Return the settings of the pages of this visit by path, as their addresses had them last.

    Streamlit forgets the controls of a page that is left, so links lead back to the settings.
    """
    settings: dict[str, dict[str, list[str]]] = st.session_state.setdefault("addresses", {})
    return settings


def keep(path: str) -> dict[str, list[str]]:
    """Note the settings of the page at `path`, which runs, and return them."""
    asked = st.query_params
    visited()[path] = {name: asked.get_all(name) for name in asked if name not in PRESENT}
    return visited()[path]


def obey_link() -> None:
    """Let the address decide every control that is bound to it, if this run follows a link.

    Streamlit itself does so only for Back and Forward. After a link, a bound control ignores a
    value that is its default, and keeps its own if the address does not name it.
    """
    run = get_script_run_ctx()
    # With all other runs, the browser sends the values of the page's controls.
    if run is not None and not run.session_state.get_widget_states():
        run.is_history_navigation = True


def follow(key: str, labels: Mapping[Any, str], first: Choice) -> bool:
    """Set the control `key` to what the address says, before the control is created.

    Parameters
    ----------
    key : str
        Key of the control in the session state, and its name in the address.
    labels : mapping of str or int to str
        What can be chosen, by the name in the address. Older addresses have the label.
    first : str, int, list or None
        The choice if the address has none. A list if several can be chosen.

    Returns
    -------
    changed : bool
        Whether the address has changed since the last call. What the visitor chooses is not
        such a change if `write` is called.

    """
    asked = st.query_params.get_all(key)
    # A browser may ask for the next run before it knows what `write` has written in this one.
    known = key in st.session_state and asked in st.session_state.get(_known(key), ([],))
    st.session_state[_known(key)] = (asked,)
    if known:
        return False
    named = {label: name for name, label in labels.items()} | {str(name): name for name in labels}
    found = [named[word] for word in asked if word in named]
    if isinstance(first, list):
        st.session_state[key] = found if found or asked == _NONE else first
    else:
        st.session_state[key] = found[0] if found else first
    return True


def write(key: str, first: Choice) -> None:
    """Write the choice of the control `key` into the address; `first` needs no mention."""
    chosen = st.session_state[key]
    names = list(map(str, chosen)) or _NONE if isinstance(chosen, list) else [str(chosen)]
    if chosen in (None, first):
        names = []
    st.session_state[_known(key)] = *st.session_state.get(_known(key), ()), names
    if not names:
        st.query_params.pop(key, None)
    elif st.query_params.get_all(key) != names:
        st.query_params[key] = names


def _known(key: str) -> str:
    """Return the key of what the address said last, and what was written into it since."""
    return f"{key}_in_the_address"
