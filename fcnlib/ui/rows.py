"""Rows of figures and controls that wrap where they do not fit side by side."""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

_PHONE = 641  # px of the smallest screen on which Streamlit does not stack columns


def wrapping_columns(key: str, widths: Sequence[int], least: int = 200) -> list[DeltaGenerator]:
    """Return columns that are not narrower than `least` px.

    Streamlit stacks its columns on phones only. Next to the menu, a tablet leaves them 60 px.

    Parameters
    ----------
    key : str
        Key of the container around the columns; letters, digits and underscores.
    widths : sequence of int
        Relative widths, as for `st.columns`.
    least : int, optional
        In px.

    """
    place = st.container(key=key)
    # A style without text takes no space on the page.
    place.html(
        f"<style>@media (min-width: {_PHONE}px) "
        f"{{.st-key-{key} [data-testid='stColumn'] {{min-width: {least}px}}}}</style>"
    )
    return place.columns(list(widths))
