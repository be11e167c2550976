"""Controls and rows of figures that several sections of the page use."""

from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st

from fcnlib.ui.layout import chart

if TYPE_CHECKING:
    import plotly.graph_objects as go

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

    st.button(label, icon=":material/casino:", key=f"{key}_draw", on_click=draw)
    return st.session_state[seed]


def chart_row(prefix: str, figures: "dict[str, go.Figure]") -> None:
    """Show figures side by side; the key of each chart is the prefix and its key in `figures`."""
    for column, (key, figure) in zip(st.columns(len(figures)), figures.items(), strict=True):
        with column:
            chart(figure, f"{prefix}_{key}")
