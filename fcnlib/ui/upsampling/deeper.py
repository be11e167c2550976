"""Folds of the Upsampling page: formula, script, table of a change, memory, border, source code."""

import streamlit as st

from fcnlib.kernels.bilinear import bilinear_upsample_weights
from fcnlib.plots.arrays import kernel_heatmap_figure
from fcnlib.ui.glossary import (
    LONG,
    NUMPY_ALLCLOSE,
    SKIMAGE_RESCALE,
    TF_TRANSPOSE,
    TORCH_TRANSPOSE,
)
from fcnlib.ui.layout import chart, drawn, fold, show_source
from fcnlib.ui.upsampling import verdict
from fcnlib.ui.upsampling.border import show_border
from fcnlib.ui.upsampling.example_images import Picture
from fcnlib.upsampling import dense_kernel_nbytes, upsample_skimage, upsample_tf, upsample_tf_dense
from fcnlib.upsampling.agreement import compare
from fcnlib.upsampling.experiment import kernel_of, run_check
from fcnlib.upsampling.scripts import upsampling_script
from fcnlib.upsampling.settings import CheckSettings

TRIES = {
    "Enlarge the cat 32 times, as the post's network enlarges its answer.": (
        "pages/upsampling.py",
        {"upsampling_picture": "cat", "upsampling_factor": "32"},
    ),
    "Leave scikit-image's clip on: which pixels change?": (
        "pages/upsampling.py",
        {"upsampling_break": "clip"},
    ),
    "Shift the kernel by one weight: where does the picture go?": (
        "pages/upsampling.py",
        {"upsampling_break": "lopsided", "upsampling_picture": "coffee"},
    ),
}
"""What to try: the page, and the values of its controls in the address."""

READING = {
    "The post: upsampling and image segmentation": "http://warmspringwinds.github.io/tensorflow/"
    "tf-slim/2016/11/22/upsampling-and-image-segmentation-with-tensorflow-and-tf-slim/",
    "Long, Shelhamer, Darrell 2015, section 3.3": LONG[1],
    **dict([TF_TRANSPOSE, TORCH_TRANSPOSE, SKIMAGE_RESCALE, NUMPY_ALLCLOSE]),
}
"""What to read: title and address."""

_FOLD = "upsampling_{}_fold"


def show_folds(settings: CheckSettings, picture: Picture) -> None:
    """Show all folds; `settings` and `picture` are those of the last step."""
    folds = {
        "kernel": ("the formula, and the kernel for your factor", _show_kernel, settings),
        "border": ("how does the border affect a class map?", show_border),
        "memory": ("how much memory does the post's kernel take?", _show_memory, settings.factor),
        "changed": ("your change for the factors 2 to 9", _show_table, settings, picture),
        "script": ("a Python script that repeats the comparison", _show_script, settings, picture),
        "source": ("the source code of the comparison", _show_code),
    }
    for name, (title, show, *given) in folds.items():
        fold(f"Go deeper: {title}", _FOLD.format(name), show, *given)


def _show_kernel(settings: CheckSettings) -> None:
    formula, weights = st.columns(2)
    with formula:
        st.markdown(
            r"Along one axis, the kernel for the factor $f$ has $K = 2f - f \bmod 2$ weights $k_j$ "
            r"around the center $c = \tfrac{K - 1}{2}$. At each end, $p = \tfrac{K - f}{2}$ "
            r"outputs are cut off. The inputs $x_m$ give these outputs $y_i$:"
        )
        st.latex(r"y_i = \sum_m x_m\,k_{\,i + p - f m}, \qquad k_j = 1 - \frac{|j - c|}{f}")
        st.caption(verdict.say_kernel(settings))
    with weights:
        kernel = kernel_of(settings)
        chart(drawn(kernel_heatmap_figure, kernel, height=380), "upsampling_kernel_chosen")


def _show_memory(factor: int) -> None:
    st.markdown(
        "A **channel** is one color of an image, or the scores of one class. The post's kernel has "
        "weights from every channel to every channel, but only those from a channel to itself are "
        "not zero. This app applies one kernel of "
        f"{verdict.size(dense_kernel_nbytes(factor, 1))} to one channel after another. The result "
        "is the same."
    )
    st.table(verdict.dense_table(factor), hide_index=True)
    show_source(bilinear_upsample_weights, upsample_tf_dense, key="upsampling_dense_source")


def _show_table(settings: CheckSettings, picture: Picture) -> None:
    st.markdown(
        "The table of step 3, with the switches, the picture and the number format of step 4."
        if settings.changes
        else "Choose a change in step 4. Until then, the table is the same as in step 3."
    )
    st.table(verdict.post_table(settings, picture.digest, picture.image), hide_index=True)


def _show_script(settings: CheckSettings, picture: Picture) -> None:
    st.markdown(
        "The script uses NumPy, TensorFlow and scikit-image, but not the library of this app. It "
        "prints the figures of step 4, or those of step 2 if nothing is changed there."
    )
    script = upsampling_script(settings, picture.name, picture.path, stretched=picture.stretched)
    st.code(script, language="python")


def _show_code() -> None:
    show_source(upsample_tf, upsample_skimage, compare, run_check, key="upsampling_source")
