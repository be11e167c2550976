"""What the page of upsampling asks for, and the answers, computed once per question."""

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import streamlit as st

from fcnlib.kernels.bilinear import get_kernel_size
from fcnlib.plots.arrays import difference_figure, image_figure
from fcnlib.plots.upsampling import channels_figure
from fcnlib.typing import FloatArray
from fcnlib.ui.upsampling import example_images
from fcnlib.upsampling import dense_kernel_nbytes
from fcnlib.upsampling.experiment import Outcome, kernel_of, run_check
from fcnlib.upsampling.settings import TOLERANCES, CheckSettings

if TYPE_CHECKING:
    import plotly.graph_objects as go

FACTORS = (2, 32)
POST_FACTORS = range(2, 10)
_DIFFER = ":red-badge[:material/close: They differ]"
CHANNELS = {"a color picture": 3, "Pascal VOC's classes": 21, "ImageNet's classes": 1000}


class Question(NamedTuple):
    """What the visitor chose: a factor, a picture, ``"float32"`` or ``"float64"``."""

    factor: int
    picture: example_images.Picture
    precision: str


class Answer(NamedTuple):
    """What both ways gave.

    Attributes
    ----------
    figures : dict of str to str
        The verdict and its figures, as they are shown.
    charts : tuple of plotly.graph_objects.Figure
        TensorFlow's result, scikit-image's, and their difference.

    """

    figures: dict[str, str]
    charts: tuple["go.Figure", "go.Figure", "go.Figure"]


def ask() -> Question:
    """Let the visitor choose a factor, a picture and a number format."""
    left, middle, right = st.columns([2, 2, 1])
    with left:
        factor = st.slider(
            "Upsampling factor",
            *FACTORS,
            value=3,
            key="upsampling_factor",
            bind="query-params",
            help="The post tries 2 to 9 here, and 32 on its network's class map.",
        )
    with middle:
        choice = st.selectbox(
            "Picture",
            list(example_images.CHOICES),
            format_func=example_images.CHOICES.__getitem__,
            key="upsampling_picture",
            bind="query-params",
        )
    with right:
        precision = st.selectbox(
            "Numbers", ["float32", "float64"], key="upsampling_precision", bind="query-params"
        )
    return Question(factor, example_images.chosen(choice), precision)


@st.cache_data(max_entries=32, show_spinner=False)
def answer(setting: CheckSettings, digest: str, _image: FloatArray) -> Answer:
    """Upsample both ways, compare and draw; the digest tells one picture from another."""
    result = run_check(setting, _image)
    return Answer(result.figures, _charts(result))


@st.cache_data(max_entries=32, show_spinner=False)
def post_table(setting: CheckSettings, digest: str, _image: FloatArray) -> list[dict[str, str]]:
    """Return the post's table: for each of its factors, how far both ways agree."""
    rows = []
    for factor in POST_FACTORS:
        one = replace(setting, factor=factor)
        figures = run_check(one, _image).figures
        rows.append(
            {
                "Check for factor": str(factor),
                "Kernel": _times(len(kernel_of(one)), 2),
                "Largest difference": figures.get("Largest difference", "none: other shapes"),
                "allclose": figures["allclose"],
            }
        )
    return rows


def show_verdict(figures: dict[str, str], tolerances: str) -> None:
    """Say whether both ways agree, by how much, and what was allowed."""
    rtol, atol = TOLERANCES[tolerances]
    agree = figures["allclose"] == "True"
    with st.container(horizontal=True, gap="medium"):
        st.metric(
            "TensorFlow against scikit-image", f"allclose: {figures['allclose']}", width="content"
        )
        for label in ("Largest difference", "Away from the rim", "Shapes"):
            if label in figures:
                st.metric(label, figures[label], width="content")
        if "Shapes" not in figures:
            st.metric("rtol", f"{rtol:.0e}", width="content")
            st.metric("atol", f"{atol:.0e}", width="content")
    badge = ":green-badge[:material/check: They agree]" if agree else _DIFFER
    st.caption(f"{badge} {_say_count(figures)}")


def say_kernel(setting: CheckSettings) -> str:
    """Return what the weights of the kernel have in common.

    Examples
    --------
    >>> say_kernel(CheckSettings(2)).split("; ")[0]
    '4 × 4 weights that add up to 4'

    """
    if setting.layer != "conv2d_transpose":
        return "The transposed convolution's weights; the resize chosen above computes its own."
    kernel = kernel_of(setting)
    tent = "." if setting.kernel == "lopsided" else ". Each row and each column is a tent."
    return (
        f"{_times(len(kernel), 2)} weights that add up to {kernel.sum():g}; one for each "
        f"output pixel that an input pixel makes{tent}"
    )


def dense_table(factor: int) -> list[dict[str, str]]:
    """Return what one kernel for all channels would take, in float32.

    Examples
    --------
    >>> dense_table(32)[1]["One kernel for all"], dense_table(32)[1]["Size"]
    ('64 × 64 × 21 × 21', '6.89 MiB')

    """
    return [
        {
            "Channels": f"{channels}, {name}",
            "One kernel for all": f"{_times(get_kernel_size(factor), 2)} × {_times(channels, 2)}",
            "Size": size(dense_kernel_nbytes(factor, channels)),
        }
        for name, channels in CHANNELS.items()
    ]


def size(nbytes: int) -> str:
    """Return a size for people to read.

    Examples
    --------
    >>> size(100), size(16384), size(16_384_000_000)
    ('100 bytes', '16 KiB', '15,625 MiB')

    """
    for unit, name in ((2**20, "MiB"), (2**10, "KiB")):
        if nbytes >= unit:
            return f"{nbytes / unit:{',.0f' if nbytes >= 100 * unit else '.3g'}} {name}"
    return f"{nbytes} bytes"


def _say_count(figures: dict[str, str]) -> str:
    if "Shapes" in figures:
        return "Only arrays of one shape can be compared."
    within = figures["Values within tolerance"]
    count = f"{within} values differ by no more than atol + rtol × |value|."
    last = " The last digits may differ, because the two add in a different order."
    return count + (last if figures["allclose"] == "True" else "")


def _charts(result: Outcome) -> tuple["go.Figure", "go.Figure", "go.Figure"]:
    ours, reference = result.by_tensorflow, result.by_skimage
    height, width = ours.shape[:2]
    first = image_figure(ours, f"TensorFlow, {height} × {width} px")
    if ours.shape == reference.shape:
        second = image_figure(reference, f"scikit-image, {height} × {width} px")
        return first, second, difference_figure(ours, reference)
    grown, factor = reference.shape[-1], reference.shape[-1] // ours.shape[-1]
    second = image_figure(
        reference[..., factor // 2 :: factor], f"scikit-image, 3 of its {grown} channels"
    )
    middle = height // 2, width // 2
    return first, second, channels_figure(ours[middle], reference[middle], "The middle pixel")


def _times(side: int, count: int) -> str:
    return " × ".join([str(side)] * count)
