"""Page: TensorFlow's transposed convolution against scikit-image's bilinear interpolation."""

import streamlit as st

from fcnlib.ui.page import finish, setup
from fcnlib.plots.arrays import image_figure
from fcnlib.ui.layout import chart, chart_row, drawn, try_again
from fcnlib.ui.story import so, step
from fcnlib.ui.upsampling import deeper, example_images, experiment, kernel, verdict
from fcnlib.upsampling.settings import CheckSettings

PATH = "pages/upsampling.py"
LOADING = "Running both libraries. TensorFlow takes some seconds to load at first."

setup(PATH)
with step("upsampling_opening"):
    st.markdown(
        "A segmentation network answers for a few cells, and its last layer enlarges the answer. "
        "Image libraries enlarge by **bilinear interpolation**: each new pixel is a weighted mean "
        "of the nearest ones. Here, TensorFlow's layer and scikit-image enlarge the same picture."
    )
    factor = verdict.ask_factor()
    first = st.columns(3)
with step("upsampling_kernel", "How can a layer interpolate?", 1):
    kernel.show_copies()
    kernel.show_size()
with step("upsampling_same", "How equal are the two results?", 2):
    difference, words = st.columns(2)
    with words:
        st.markdown(
            "Each output pixel is a sum of up to four products. The two libraries add in a "
            "different order, and a number has a limited number of digits, so the last digit can "
            "differ. Change the number format, and watch the largest difference."
        )
        precision = verdict.ask_precision()
        second = st.container()
        so("the results are equal up to rounding.")
with step("upsampling_factors", "Does it hold for every factor and picture?", 3):
    pixels, table = st.columns([2, 3])
    with pixels:
        picture = example_images.ask()
        chart(drawn(image_figure, picture.image, "Input", height=290), "upsampling_input")
        st.caption(picture.note)
    so("the layer and bilinear interpolation agree for each of the post's factors.")
with step("upsampling_breaks", "Can you break it?", 4):
    st.markdown(
        "The equality holds because many details match. Change one of them, and predict whether "
        "`allclose` still returns True."
    )
    changed, shown = experiment.ask(factor, precision, picture)
    fourth = st.container()
    so("the layer interpolates only if kernel, border and pixel centers match.")
with step("upsampling_deeper", "Go deeper"):
    fifth = st.container()

# What needs TensorFlow comes last: loading it takes seconds, and the rest is shown meanwhile.
settings = CheckSettings(factor, precision)
with first[2], try_again("upsampling_check"), st.spinner(LOADING):
    figures, (tensorflow, skimage, distance) = verdict.answer(
        settings, picture.digest, picture.image
    )
    verdict.show_headline(figures)
    chart_row("upsampling", {"tensorflow": tensorflow, "skimage": skimage}, first)
    with difference:
        chart(distance, "upsampling_difference")
    with second:
        verdict.show_verdict(figures, settings.tolerances)
with table, try_again("upsampling_table"), st.spinner("Running both libraries for eight factors."):
    st.table(verdict.post_table(settings, picture.digest, picture.image), hide_index=True)
with fourth:
    experiment.show_outcome(changed, shown)
with fifth:
    deeper.show_folds(changed, shown)
finish(PATH, deeper.TRIES, deeper.READING)
