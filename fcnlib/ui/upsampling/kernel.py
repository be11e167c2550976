"""Step 1: the kernel that makes a transposed convolution interpolate, and how many weights it has.

Nothing here needs TensorFlow, so it is shown while TensorFlow is still loading.
"""

import streamlit as st

from fcnlib.kernels.bilinear import get_kernel_size, upsample_filt
from fcnlib.plots.arrays import kernel_heatmap_figure
from fcnlib.plots.upsampling import copy_figure, reach_figure
from fcnlib.transposed_convolution import transposed_convolution
from fcnlib.ui.layout import chart, drawn
from fcnlib.ui.story import predict, so
from fcnlib.upsampling.methods import ramp

HEIGHT = 250
FACTOR = 3  # of the post's example
EVEN = 4  # the factor of the prediction
SIZES = {"4": "4", "7": "7", "8": "8"}


def show_copies() -> None:
    """Show the post's ramp, its kernel and the result, with the copy for one input pixel."""
    kernel = upsample_filt(get_kernel_size(FACTOR))
    size = len(kernel)
    image = ramp()[..., 0]
    rows, columns = image.shape
    cut = (size - FACTOR) // 2
    channels = transposed_convolution(image[..., None], kernel[..., None, None], FACTOR, cut)
    result = channels[..., 0]
    st.markdown(
        "For each input pixel, a **transposed convolution** adds a copy of its **kernel**, a small "
        "table of weights, to the output, multiplied by the pixel's value. Neighboring copies are "
        "*f* output pixels apart, where *f* is the upsampling factor. This distance is called the "
        "**stride**. The blog post behind this app upsamples these "
        f"{rows} × {columns} pixels with *f* = {FACTOR}."
    )
    first, second, third = st.columns(3)
    with first:
        pixel = st.slider(
            "Input pixel",
            1,
            image.size,
            value=image.size // 2 + 1,
            key="upsampling_pixel",
            bind="query-params",
            help="Pixel 1 is at the top left. The square in the result shows its copy.",
        )
    row, column = divmod(pixel - 1, columns)
    corner = row * FACTOR - cut, column * FACTOR - cut
    shape = f"{len(result)} × {len(result)}"
    place = row, column
    with first:
        marked = drawn(copy_figure, image, f"Input, {rows} × {columns}", place, 1, height=170)
        chart(marked, "upsampling_ramp")
    with second:
        chart(drawn(kernel_heatmap_figure, kernel, height=HEIGHT), "upsampling_kernel")
    with third:
        marked = drawn(copy_figure, result, f"Result, {shape}", corner, size, height=HEIGHT)
        chart(marked, "upsampling_result")
    st.markdown(
        f"Move the slider: {image[row, column]:g} × the kernel is added in the outlined square. "
        "Where squares overlap, the sum is a weighted mean of neighboring input pixels. What lies "
        f"outside the {shape} pixels is cut off."
    )


def show_size() -> None:
    """Derive the number of weights, and let the visitor predict it for an even factor."""
    words, odd, even = st.columns([5, 2, 2])
    with words:
        size = get_kernel_size(FACTOR)
        st.markdown(
            "**How many weights are needed?** The weight is 1 at the center of an input pixel. It "
            "falls in a straight line to 0 at the centers of the neighbors (squares), which are "
            "*f* output pixels away. The dots are the output pixels whose weight is not 0. If *f* "
            "is odd, one dot is in the middle and *f* − 1 are on each side: 2*f* − 1, or "
            f"{size} for *f* = {FACTOR}."
        )
        known = predict(
            "upsampling_size",
            f"How many weights does the kernel have along one axis for *f* = {EVEN}?",
            SIZES,
            _size_for_even,
        )
    with odd:
        chart(drawn(reach_figure, FACTOR), "upsampling_reach_odd")
    if known:
        with even:
            chart(drawn(reach_figure, EVEN), "upsampling_reach_even")
        so(
            "the layer interpolates if its kernel is a triangle along each axis: 2*f* weights if "
            "*f* is even, and 2*f* − 1 if *f* is odd."
        )


def _size_for_even() -> tuple[str, str]:
    size = get_kernel_size(EVEN)
    why = (
        f"{EVEN} is even, so the center of the input pixel lies between two output pixels. None is "
        f"in the middle, and {size // 2} are on each side: 2*f* in all. "
        "In code, 2*f* − *f* mod 2 is right for both, since *f* mod 2 is 1 for odd *f*, else 0."
    )
    return str(size), why
