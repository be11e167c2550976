"""Controls that several pages use."""

from typing import Any, TypeVar

import streamlit as st

from fcnlib.ui.layout import button

Number = TypeVar("Number", int, float)


def bounded_slider(label: str, low: Number, high: Number, **options: Any) -> Number:
    """Show a slider and return its value; a value from outside the range is limited to it."""
    return min(max(st.slider(label, low, high, **options), low), high)


def seed_button(label: str, key: str) -> int:
    """Show a button that draws new random numbers, and return their seed.

    Parameters
    ----------
    label : str
    key : str
        Prefix of the keys: the button is ``{key}_draw``, the seed ``{key}_seed``.

    """
    seed = f"{key}_seed"
    st.session_state.setdefault(seed, 0)

    def draw() -> None:
        st.session_state[seed] += 1

    button(label, "casino", f"{key}_draw", draw)
    return st.session_state[seed]
