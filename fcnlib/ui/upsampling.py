"""What the page of upsampling asks for, and the answers, computed once per question."""

from typing import TYPE_CHECKING, NamedTuple

import streamlit as st

from fcnlib import images
from fcnlib.agreement import Agreement, compare
from fcnlib.bilinear import get_kernel_size
from fcnlib.plots.arrays import difference_figure, image_figure
from fcnlib.typing import FloatArray, RGBImage
from fcnlib.ui import pictures
from fcnlib.upsampling import dense_kernel_nbytes, ramp, upsample_skimage, upsample_tf

if TYPE_CHECKING:
    import plotly.graph_objects as go

FACTORS = (2, 32)
POST_FACTORS = range(2, 10)
SIDE = 32  # pixels of the longer side: 24 × 32 becomes 768 × 1024 at factor 32
PICTURES = {"ramp": "The post's ramp", **images.SAMPLES, "own": "A picture of yours"}
CHANNELS = {"a colour picture": 3, "Pascal VOC's classes": 21, "ImageNet's classes": 1000}


class Picture(NamedTuple):
    """A picture small enough to tell single pixels apart.

    Attributes
    ----------
    digest : str
        Equal digests are equal pictures; caches know a picture by it.
    image : ndarray of shape (H, W, 3)
        float64 in [0, 1].
    note : str
        What it is and what was done to it.

    """

    digest: str
    image: FloatArray
    note: str


class Question(NamedTuple):
    """What the visitor chose: a factor, a picture, ``"float32"`` or ``"float64"``."""

    factor: int
    picture: Picture
    precision: str


class Answer(NamedTuple):
    """What both ways gave.

    Attributes
    ----------
    agreement : Agreement
        Of TensorFlow's result with scikit-image's.
    values : int
        How many values were compared.
    figures : tuple of plotly.graph_objects.Figure
        TensorFlow's result, scikit-image's, and their difference.

    """

    agreement: Agreement
    values: int
    figures: tuple["go.Figure", "go.Figure", "go.Figure"]


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
            list(PICTURES),
            format_func=PICTURES.__getitem__,
            key="upsampling_picture",
            bind="query-params",
        )
    with right:
        precision = st.selectbox(
            "Numbers", ["float32", "float64"], key="upsampling_precision", bind="query-params"
        )
    return Question(factor, _picture(choice), precision)


@st.cache_data(max_entries=32, show_spinner=False)
def answer(factor: int, digest: str, precision: str, _image: FloatArray) -> Answer:
    """Upsample both ways, compare and draw; the digest tells one picture from another."""
    by_tensorflow, by_skimage = _both(factor, precision, _image)
    height, width = by_tensorflow.shape[:2]
    return Answer(
        compare(by_tensorflow, by_skimage),
        by_tensorflow.size,
        (
            image_figure(by_tensorflow, f"TensorFlow, {height} × {width} px"),
            image_figure(by_skimage, f"scikit-image, {height} × {width} px"),
            difference_figure(by_tensorflow, by_skimage),
        ),
    )


@st.cache_data(max_entries=32, show_spinner=False)
def post_table(digest: str, precision: str, _image: FloatArray) -> list[dict[str, str]]:
    """Return the post's table: for each of its factors, how far both ways agree."""
    rows = []
    for factor in POST_FACTORS:
        agreement = compare(*_both(factor, precision, _image))
        rows.append(
            {
                "Check for factor": str(factor),
                "Kernel": _times(get_kernel_size(factor), 2),
                "Largest difference": _short(agreement.max_difference),
                "allclose": str(agreement.verdict),
            }
        )
    return rows


def show_verdict(result: Answer) -> None:
    """Say whether both ways agree, by how much, and what was allowed."""
    agreement = result.agreement
    with st.container(horizontal=True, gap="medium"):
        st.metric(
            "TensorFlow against scikit-image", f"allclose: {agreement.verdict}", width="content"
        )
        st.metric("Largest difference", _short(agreement.max_difference), width="content")
        st.metric("rtol", f"{agreement.rtol:.0e}", width="content")
        st.metric("atol", f"{agreement.atol:.0e}", width="content")
    inside = round(result.values * (1 - agreement.share_outside))
    st.caption(
        f"{inside:,} of {result.values:,} values differ by no more than atol + rtol × |value|. "
        "The last digits may differ, because the two add in a different order."
    )


def say_kernel(factor: int) -> str:
    """Return what the weights of the kernel have in common.

    Examples
    --------
    >>> say_kernel(2).split("; ")[0]
    '4 × 4 weights that add up to 4'

    """
    return (
        f"{_times(get_kernel_size(factor), 2)} weights that add up to {factor**2}; one for each "
        "output pixel that an input pixel makes. Each row and each column is a tent."
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


def _both(factor: int, precision: str, image: FloatArray) -> tuple[FloatArray, FloatArray]:
    image = image.astype(precision)
    return upsample_tf(factor, image), upsample_skimage(factor, image)


def _picture(choice: str) -> Picture:
    """Return what was chosen, or the ramp while there is no such picture."""
    if choice in images.SAMPLES:
        return _shrunk(f"sample:{choice}", images.sample(choice))
    if choice == "own" and (own := pictures.from_upload("upsampling")):
        return _shrunk(own.digest, own.image)
    instead = "Until then: the" if choice == "own" else "The"
    return Picture("ramp", ramp(), f"{instead} ramp of 3 × 3 px that the post upsamples.")


def _shrunk(digest: str, image: RGBImage) -> Picture:
    small = images.fit_long_side(image, SIDE)
    (height, width), (rows, cols) = image.shape[:2], small.shape[:2]
    note = f"Shrunk from {height} × {width} to {rows} × {cols} px, so that single pixels show."
    return Picture(digest, small / 255, note)


def _short(difference: float) -> str:
    return f"{difference:.1e}" if difference else "0"


def _times(side: int, count: int) -> str:
    return " × ".join([str(side)] * count)
