"""A small picture, enlarged with the kernel of the page."""

import numpy as np
import streamlit as st

from fcnlib import images
from fcnlib.kernels import Kernel
from fcnlib.kernels.separable import resize_separable, zone_plate
from fcnlib.plots.arrays import image_figure
from fcnlib.typing import Float64Array
from fcnlib.ui.kernels.drag_samples import DragState
from fcnlib.ui.layout import chart_row, drawn, select_one

PICTURES = {"eye": "A cat's eye", "rings": "Rings of decreasing width", "samples": "Your samples"}
FACTORS = (2, 16)
_EYE = (slice(68, 158), slice(118, 223))  # rows and columns of the cat's left eye
_SIDE = 28  # pixels of the longer side


def pick_picture() -> tuple[str, int]:
    """Let the visitor choose a picture and a factor. Return a key of `PICTURES` and the factor."""
    columns = st.columns(2)
    with columns[0]:
        name = select_one(
            "Picture",
            PICTURES,
            "eye",
            "kernels_picture",
            help="Watch edges and fine rings. Some kernels blur them, others add bright or dark "
            "lines.",
        )
    factor = columns[1].slider(
        "Enlargement factor",
        *FACTORS,
        value=8,
        help="Pixels of the enlarged picture per pixel of the original, in each direction.",
        key="kernels_factor",
        bind="query-params",
    )
    return name, factor


def show_picture(kernel: Kernel, state: DragState, name: str, factor: int) -> None:
    """Show the picture before and after enlarging, and how far it leaves its value range."""
    small = picture_of(name, state)
    large = resize_separable(kernel, small, factor)
    figures = {}
    for key, title, picture in (("before", "Original", small), ("after", "Enlarged", large)):
        rows, columns = picture.shape[:2]
        figures[key] = drawn(image_figure, picture, f"{title}, {rows} × {columns} px", height=280)
    chart_row("kernels", figures)
    st.caption(say_range(small, large))
    if name == "rings":
        st.markdown(
            "In the corners, the rings come close to the Nyquist frequency (step 3) along rows and "
            "along columns. There, the kernel also lets through faster waves that have the same "
            "samples. The sum of all these waves looks like a checkerboard."
        )


def picture_of(name: str, state: DragState) -> Float64Array:
    """Return a picture with values from 0 (black) to 1 (white), of shape (H, W) or (H, W, 3)."""
    if name == "rings":
        return zone_plate(_SIDE)
    if name == "samples":
        values = state.result.samples[state.result.within]
        gray = (values - state.scale.black) / (state.scale.white - state.scale.black)
        # The samples vary along both axes, so the enlarged picture shows their curve along both.
        return np.add.outer(gray, gray) / 2
    return images.fit_long_side(images.sample("cat")[_EYE], _SIDE) / 255


def say_range(small: Float64Array, large: Float64Array) -> str:
    """Return how far the enlarged picture leaves the value range of the small one.

    Examples
    --------
    >>> say_range(np.array([[0.0, 1.0]]), np.array([[-0.25, 0.5, 1.0, 1.0]]))
    "25.0% of the enlarged pixels overshoot the original's range, by up to 0.25 (white is 1)."
    >>> say_range(np.array([[0.0, 1.0]]), np.array([[0.0, 0.5]]))
    "All enlarged pixels are within the original's range."

    """
    outside = np.maximum(small.min() - large, large - small.max())
    share = float((outside > 1e-9).mean())
    if not share:
        return "All enlarged pixels are within the original's range."
    amount = f"{100 * share:.1f}" if share >= 0.001 else "Less than 0.1"
    return (
        f"{amount}% of the enlarged pixels overshoot the original's range, by up to "
        f"{outside.max():.2g} (white is 1)."
    )
