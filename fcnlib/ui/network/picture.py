"""The photograph of this page, at the sizes that its sections need."""

import streamlit as st

from fcnlib.images.preprocessing import cover
from fcnlib.typing import RGBImage
from fcnlib.ui.pictures import sample

SIZE = (768, 1024)
"""Rows and columns of the post's picture."""


@st.cache_data(max_entries=8, show_spinner=False)
def photograph(height: int, width: int) -> RGBImage:
    """Return the first sample, scaled and cropped to a size."""
    return cover(sample().image, height, width)
