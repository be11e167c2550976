"""A small picture, enlarged with the kernel of the page, pixel for pixel."""

from typing import NamedTuple

import numpy as np
import streamlit as st

from fcnlib import images
from fcnlib.kernels import Kernel
from fcnlib.kernels.separable import resize_separable, zone_plate
from fcnlib.plots.arrays import image_figure
from fcnlib.typing import Float64Array
from fcnlib.ui.kernels.drag_samples import DragState
from fcnlib.ui.layout import chart

PICTURES = {"eye": "A cat's eye", "rings": "Rings, finer and finer", "samples": "Your samples"}
FACTORS = (2, 16)
_EYE = (slice(68, 158), slice(118, 223))  # rows and columns of the cat's left eye
_SIDE = 28  # pixels of the longer side


class Wanted(NamedTuple):
    """What to resize_separable, a key of `PICTURES`, and how much."""

    picture: str
    factor: int


def pick_picture() -> Wanted:
    """Let the visitor choose a picture and a factor."""
    choice, size = st.columns(2)
    with choice:
        name = st.selectbox(
            "Picture",
            list(PICTURES),
            format_func=PICTURES.__getitem__,
            key="kernels_picture",
            bind="query-params",
        )
    with size:
        factor = st.slider(
            "Enlarged by", *FACTORS, value=8, key="kernels_factor", bind="query-params"
        )
    return Wanted(name, factor)


def show_picture(kernel: Kernel, desk: DragState, wanted: Wanted) -> None:
    """Show the picture before and after, and what became of its range."""
    small = picture_of(wanted.picture, desk)
    large = resize_separable(kernel, small, wanted.factor)
    before, after = st.columns(2)
    rows, columns = small.shape[:2]
    with before:
        title = f"Before, {rows} × {columns} px"
        chart(image_figure(small, title, height=280), key="kernels_before")
    with after:
        title = f"After, {large.shape[0]} × {large.shape[1]} px"
        chart(image_figure(large, title, height=280), key="kernels_after")
    st.caption(say_range(small, large))


def picture_of(name: str, desk: DragState) -> Float64Array:
    """Return a picture with values from 0, black, to 1, white, of shape (H, W) or (H, W, 3)."""
    if name == "rings":
        return zone_plate(_SIDE)
    if name == "samples":
        values = desk.result.samples[desk.result.within]
        gray = (values - desk.scale.black) / (desk.scale.white - desk.scale.black)
        # Its rows and its columns are the samples: their curve runs along both.
        return np.add.outer(gray, gray) / 2
    return images.fit_long_side(images.sample("cat")[_EYE], _SIDE) / 255


def say_range(small: Float64Array, large: Float64Array) -> str:
    """Return how far the enlarged picture leaves the range of the small one.

    Examples
    --------
    >>> say_range(np.array([[0.0, 1.0]]), np.array([[-0.25, 0.5, 1.0, 1.0]]))
    'Overshoot: 25.0 % of the pixels lie outside the range of the small picture, by up to 0.25.'
    >>> say_range(np.array([[0.0, 1.0]]), np.array([[0.0, 0.5]]))
    'No pixel lies outside the range of the small picture.'

    """
    below, above = small.min() - large, large - small.max()
    outside = np.maximum(below, above)
    share = float((outside > 1e-9).mean())
    if not share:
        return "No pixel lies outside the range of the small picture."
    return (
        f"Overshoot: {100 * share:.1f} % of the pixels lie outside the range of the small "
        f"picture, by up to {outside.max():.2g}."
    )
