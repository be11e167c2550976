"""Folds of the Upsampling page, and what to try and to read after it."""

from typing import Any

import streamlit as st

from fcnlib.kernels.bilinear import bilinear_upsample_weights
from fcnlib.plots.arrays import image_figure, kernel_heatmap_figure
from fcnlib.plots.pruning import size
from fcnlib.ui.glossary import (
    LONG,
    NUMPY_ALLCLOSE,
    POST,
    SKIMAGE_RESCALE,
    TF_TRANSPOSE,
    TORCH_TRANSPOSE,
)
from fcnlib.ui.layout import chart, drawn, fold, show_source
from fcnlib.ui.story import GOAL
from fcnlib.ui.upsampling import verdict
from fcnlib.ui.upsampling.border import show_border
from fcnlib.ui.upsampling.example_images import Picture
from fcnlib.upsampling import dense_kernel_nbytes, upsample_skimage, upsample_tf, upsample_tf_dense
from fcnlib.upsampling.agreement import compare
from fcnlib.upsampling.experiment import kernel_of, run_check
from fcnlib.upsampling.scripts import upsampling_script
from fcnlib.upsampling.settings import CheckSettings

TRIES = {
    "Enlarge the cat 32 times, as the post's network enlarges its answer": (
        "pages/upsampling.py",
        {GOAL: "upsampling_opening", "upsampling_picture": "cat", "upsampling_factor": "32"},
    ),
    "Shift the kernel on a picture of a cup: where does the grid come from?": (
        "pages/upsampling.py",
        {
            GOAL: "upsampling_breaks",
            "upsampling_break": "lopsided",
            "upsampling_picture": "coffee",
            "upsampling_factor": "3",
        },
    ),
}
"""What to try: the page, and the values of its controls in the address."""

READING = {
    "The post: upsampling and image segmentation": POST[1],
    "Long, Shelhamer, Darrell 2015, section 3.3": LONG[1],
    **dict([TF_TRANSPOSE, TORCH_TRANSPOSE, SKIMAGE_RESCALE, NUMPY_ALLCLOSE]),
}
"""What to read: title and address."""

_FOLD = "upsampling_{}_fold"


def show_folds(settings: CheckSettings, picture: Picture) -> None:
    """Show all folds; `settings` and `picture` are those of the last step."""
    folds: dict[str, tuple[Any, ...]] = {
        "kernel": ("the formula, and the kernel for your factor", _show_kernel, settings, picture),
        "border": ("how does the border affect a class map?", show_border),
        "memory": ("how much memory does the post's kernel take?", _show_memory, settings.factor),
        "script": (
            "all digits, a script that prints them, and the source code",
            *(_show_digits, settings, picture),
        ),
    }
    for name, (title, show, *given) in folds.items():
        fold(f"Go deeper: {title}", _FOLD.format(name), show, *given)


def _show_kernel(settings: CheckSettings, picture: Picture) -> None:
    st.markdown(
        r"Along one axis, the kernel for the factor $f$ has $K = 2f - f \bmod 2$ weights $k_j$ "
        r"around the center $c = \tfrac{K - 1}{2}$. At each end, $p = \tfrac{K - f}{2}$ outputs "
        r"are cut off. The inputs $x_m$ give these outputs $y_i$:"
    )
    st.latex(r"y_i = \sum_m x_m\,k_{\,i + p - f m}, \qquad k_j = 1 - \frac{|j - c|}{f}")
    pixels, weights = st.columns(2)
    with pixels:
        chart(drawn(image_figure, picture.image, "Input", height=380), "upsampling_input")
    with weights:
        kernel = kernel_of(settings)
        chart(drawn(kernel_heatmap_figure, kernel, height=380), "upsampling_kernel_chosen")
        st.caption(verdict.say_kernel(settings))


def _show_memory(factor: int) -> None:
    st.markdown(
        "A **channel** is one color of an image, or the scores of one class. The post's kernel has "
        "weights from every channel to every channel, but only those from a channel to itself are "
        "not zero. This app applies one kernel of "
        f"{size(dense_kernel_nbytes(factor, 1))} to one channel after another. The result "
        "is the same."
    )
    st.table(verdict.dense_table(factor), hide_index=True)
    show_source(bilinear_upsample_weights, upsample_tf_dense, key="upsampling_dense_source")


def _show_digits(settings: CheckSettings, picture: Picture) -> None:
    figures = verdict.answer(settings, picture.digest, picture.image)[0]
    verdict.show_verdict(figures, settings.tolerances)
    st.markdown(
        "This script prints these numbers. It uses NumPy, TensorFlow and scikit-image, but not the "
        "library of this app."
    )
    script = upsampling_script(settings, picture.name, picture.path, stretched=picture.stretched)
    st.code(script, language="python")
    show_source(upsample_tf, upsample_skimage, compare, run_check, key="upsampling_source")
