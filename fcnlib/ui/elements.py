"""Controls that several pages use."""

from collections.abc import Iterable
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


def class_legend(names: Iterable[str], colors: Iterable[str]) -> str:
    """Return names of classes in Markdown, each after a square of its color.

    Parameters
    ----------
    names : iterable of str
        Also those of a visitor, so signs that Markdown would interpret are escaped.
    colors : iterable of str
        Of the form ``#rrggbb``.

    Examples
    --------
    >>> class_legend(["road"], ["#112233"]).endswith("road")
    True

    """
    return " &nbsp; ".join(
        # A no-break space keeps the square on the line of its name.
        f"{square(color)}\N{NO-BREAK SPACE}{_escaped(name)}"
        for name, color in zip(names, colors, strict=True)
    )


def square(color: str) -> str:
    """Return a square of a color of the form ``#rrggbb`` in Markdown."""
    return f":color[■]{{foreground={color}}}"


def _escaped(text: str) -> str:
    return "".join(f"\\{sign}" if sign in r"\`*_{}[]()<>#+-.!|~:$^=&" else sign for sign in text)
