"""The Upsampling page's main controls, and its results, which are computed once and cached."""

import math
from dataclasses import replace

import streamlit as st

from fcnlib import engine
from fcnlib.kernels.bilinear import get_kernel_size
from fcnlib.plots.arrays import difference_figure, image_figure
from fcnlib.plots.pruning import size
from fcnlib.plots.theme import Figure
from fcnlib.plots.upsampling import channels_figure
from fcnlib.typing import FloatArray
from fcnlib.ui.address import follow, write
from fcnlib.ui.layout import choose_one, metric_row
from fcnlib.upsampling import dense_kernel_nbytes
from fcnlib.upsampling.experiment import kernel_of
from fcnlib.upsampling.settings import TOLERANCES, CheckSettings

FACTORS = (2, 32)
POST_FACTORS = range(2, 10)
CHANNELS = {"a color image": 3, "Pascal VOC's classes": 21, "ImageNet's classes": 1000}

HEIGHT = 250
TALL = 322  # with a color bar below, so that its squares are as large as those of the images
LABEL = "TensorFlow against scikit-image"
HELP = {
    "Away from the rim": "The largest difference among the pixels that are at least f pixels from "
    "every border, where f is the factor. What the libraries assume beyond the border does not "
    "reach them."
}


def ask_factor() -> int:
    """Show the slider of the factor and return it."""
    key, first = "upsampling_factor", 3
    low, high = FACTORS
    # Streamlit's own binding ignores a link to the first value, and another stays.
    follow(key, {factor: str(factor) for factor in range(low, high + 1)}, first)
    return st.slider(
        "Upsampling factor",
        low,
        high,
        key=key,
        on_change=write,
        args=(key, first),
        help="Output pixels per input pixel along each axis. The post uses 2 to 9, and 32 to give "
        "a class to every pixel.",
    )


def ask_precision() -> str:
    """Show the choice of the number format, and return ``"float32"`` or ``"float64"``."""
    return choose_one(
        "Number format",
        ("float32", "float64"),
        "float32",
        "upsampling_precision",
        in_address=True,
        help="float32 has about 7 digits, float64 about 16. Watch the largest difference.",
    )


# A resource is shared, while data is copied for each visitor, which takes long for figures.
@st.cache_resource(max_entries=32, show_spinner=False)
def answer(
    settings: CheckSettings, digest: str, _image: FloatArray
) -> tuple[dict[str, str], list[Figure]]:
    """Upsample with both libraries and compare; the cache uses the digest instead of the image.

    Returns
    -------
    figures : dict of str to str
        The verdict and its figures, as `Outcome.figures` gives them.
    charts : list of plotly.graph_objects.Figure
        TensorFlow's result, scikit-image's, and their difference.

    """
    outcome = engine.run("check_upsampling", settings, _image)
    ours, reference = outcome.by_tensorflow, outcome.by_skimage
    height, width = ours.shape[:2]
    if ours.shape == reference.shape:
        title = f"scikit-image, {height} × {width} px"
        shown = reference
        comparison = difference_figure(
            ours, reference, f"Difference for factor {settings.factor}", height=TALL
        )
    else:
        title = f"scikit-image, 3 of its {reference.shape[-1]} channels"
        # The middle one of the channels computed from each input channel is closest to it.
        factor = reference.shape[-1] // ours.shape[-1]
        shown = reference[..., factor // 2 :: factor]
        middle = height // 2, width // 2
        comparison = channels_figure(
            ours[middle], reference[middle], "The middle pixel", height=TALL
        )
    first = image_figure(ours, f"TensorFlow, {height} × {width} px", height=HEIGHT)
    return outcome.figures, [first, image_figure(shown, title, height=HEIGHT), comparison]


@st.cache_data(max_entries=32, show_spinner=False)
def post_table(settings: CheckSettings, digest: str, _image: FloatArray) -> list[dict[str, str]]:
    """Return the post's table: how closely both libraries agree for each of its factors."""
    rows = []
    for factor in POST_FACTORS:
        scaled = replace(settings, factor=factor)
        figures = engine.run("check_upsampling", scaled, _image).figures
        row = {"Check for factor": str(factor), "Kernel": _square(len(kernel_of(scaled)))}
        largest = figures.get("Largest difference")
        row["Largest difference"] = _plain(float(largest)) if largest else "none: shapes differ"
        rows.append(row | {"allclose": figures["allclose"]})
    return rows


def show_headline(figures: dict[str, str]) -> None:
    """Show whether both results agree, and say it in one sentence."""
    st.metric(LABEL, f"allclose: {figures['allclose']}", width="content")
    count = figures.get("Values within tolerance")
    passed = (
        f" Here, {count} values pass ({_pixels(count)} pixels × red, green, blue)." if count else ""
    )
    st.markdown(
        f"{_badge(figures)} {say_difference(figures)} **allclose** is NumPy's test that two arrays "
        f"are equal up to rounding.{passed}",
        width=560,  # beside the metric on a wide page, below it on a narrow one
    )


def show_verdict(figures: dict[str, str], tolerances: str, *, plain: bool = False) -> None:
    """Show whether both results agree, their largest difference, and the allowed difference.

    Differences are written as a script prints them or, if `plain`, as elsewhere on the page.
    """
    rtol, atol = TOLERANCES[tolerances]
    shown = {LABEL: f"allclose: {figures['allclose']}"}
    for label in ("Largest difference", "Away from the rim"):
        if label in figures:
            shown[label] = _plain(float(figures[label])) if plain else figures[label]
    if "Shapes" in figures:
        shown["Shapes"] = figures["Shapes"]
        count = "Only arrays of the same shape can be compared."
    else:
        within = figures["Values within tolerance"]
        count = (
            f"{within} values pass: they differ by at most {_plain(atol)} + {_plain(rtol)} × "
            f"|value|. In code: `allclose(…, rtol={rtol:.0e}, atol={atol:.0e})`."
        )
    metric_row(shown, HELP)
    st.markdown(f"{_badge(figures)} {count}")


def say_difference(figures: dict[str, str]) -> str:
    """Return the verdict in a sentence.

    Examples
    --------
    >>> say_difference({"allclose": "True", "Largest difference": "6.0e-08"})
    'The same picture. The largest difference is 0.00000006, which is rounding.'
    >>> say_difference({"allclose": "False", "Largest difference": "2.7e-01"})
    'Not the same picture. The largest difference is 0.27.'

    """
    if "Shapes" in figures:
        return (
            f"The results have different shapes, {figures['Shapes']}, so nothing can be compared."
        )
    same = figures["allclose"] == "True"
    largest = float(figures["Largest difference"])
    if not largest:
        return "The same picture: all numbers are equal."
    text = f"The largest difference is {_plain(largest)}{', which is rounding' * same}."
    return f"{'The same picture' if same else 'Not the same picture'}. {text}"


def _plain(value: float) -> str:
    """Return a number from 0 on without an exponent, with one digit or, from 0.01, with two."""
    if not value:
        return "0"
    if value < 1e-9:
        return "less than 0.000000001"
    digits = 2 if value >= 0.01 else -math.floor(math.log10(value))
    return f"{value:.{digits}f}"


def _pixels(count: str) -> str:
    """Return how many pixels of three colors have the values of "passed of all".

    Examples
    --------
    >>> _pixels("240 of 1,200")
    '400'

    """
    return f"{int(count.rsplit(maxsplit=1)[-1].replace(',', '')) // 3:,}"


def _badge(figures: dict[str, str]) -> str:
    if figures["allclose"] == "True":
        return ":green-badge[:material/check: They agree]"
    return ":red-badge[:material/close: They differ]"


def say_kernel(settings: CheckSettings) -> str:
    """Return a description of the kernel's weights.

    Examples
    --------
    >>> say_kernel(CheckSettings(2)).split(".")[0]
    'The 4 × 4 weights add up to 4, because each input pixel becomes 4 output pixels'

    """
    if settings.layer != "conv2d_transpose":
        return (
            "These are the weights of the transposed convolution. The resize function that you "
            "chose does not use them."
        )
    kernel = kernel_of(settings)
    triangle = "" if settings.kernel == "lopsided" else " Each row and each column is a triangle."
    return (
        f"The {_square(len(kernel))} weights add up to {kernel.sum():g}, because each input pixel "
        f"becomes {settings.factor**2} output pixels.{triangle}"
    )


def dense_table(factor: int) -> list[dict[str, str]]:
    """Return the size of one float32 kernel for all channels, by number of channels.

    Examples
    --------
    >>> dense_table(32)[1]["One kernel for all"], dense_table(32)[1]["Size"]
    ('64 × 64 × 21 × 21', '7.23 MB')

    """
    return [
        {
            "Channels": f"{channels}, {name}",
            "One kernel for all": f"{_square(get_kernel_size(factor))} × {_square(channels)}",
            "Size": size(dense_kernel_nbytes(factor, channels)),
        }
        for name, channels in CHANNELS.items()
    ]


def _square(side: int) -> str:
    return f"{side} × {side}"
