"""Page: TensorFlow's transposed convolution against scikit-image's bilinear interpolation."""

import streamlit as st

from fcnlib.ui.page import finish, setup
from fcnlib.ui.layout import chart, chart_row, try_again
from fcnlib.ui.story import so, step
from fcnlib.ui.upsampling import deeper, example_images, experiment, kernel, verdict
from fcnlib.upsampling.settings import CheckSettings

PATH = "pages/upsampling.py"
LOADING = "Running both libraries. TensorFlow takes some seconds to load at first."

setup(PATH)
with step("upsampling_opening"):
    st.markdown(
        "A network enlarges its coarse answer with a layer, here one from the library "
        "TensorFlow. Image libraries such as scikit-image enlarge by **bilinear interpolation**: "
        "each new pixel is a weighted mean of the nearest ones. Here is the same picture, enlarged "
        "by both. The rim is darker, because both count pixels beyond the border as 0."
    )
    source, *pictures = st.columns(3)
    with source:
        factor = verdict.ask_factor()
        before = st.empty()
    answer = st.container(horizontal=True, vertical_alignment="center", gap="medium")
with step("upsampling_kernel", "How can a layer interpolate?", 1):
    kernel.show_copies()
    kernel.show_size()
with step("upsampling_factors", "Does it hold for other factors and pictures?", 2):
    st.markdown(
        "Each output pixel is a sum of up to four products. The libraries add them in a different "
        "order, and a number has a limited number of digits, so the last digit can differ. Change "
        "the picture, and watch the largest difference in the table."
    )
    controls, difference, table = st.columns([4, 4, 6])
    with controls:
        picture = example_images.ask()
        precision = verdict.ask_precision()
        st.caption(picture.note)
    with before:
        example_images.show(picture, factor)
    low, high = verdict.POST_FACTORS[0], verdict.POST_FACTORS[-1]
    so(
        f"for the post's factors {low} to {high}, the layer and bilinear interpolation agree up to "
        "rounding."
    )
with step("upsampling_breaks", "Can you break it?", 3):
    st.markdown(
        "The results are equal because many details match: the border, the kernel, and where the "
        "centers of pixels lie. Choose one to change. The page then says what it means, and you "
        "predict what happens. Start with “repeat the edge”, then try “shift the kernel”."
    )
    changed, shown, outcome = experiment.ask(factor, precision, picture)
with step("upsampling_deeper"):
    folds = st.container()

# What needs TensorFlow comes last: loading it takes seconds, and the rest is shown meanwhile.
settings = CheckSettings(factor, precision)
with answer, try_again("upsampling_check"), st.spinner(LOADING):
    figures, charts = verdict.answer(settings, picture.digest, picture.image)
    verdict.show_headline(figures)
    chart_row("upsampling", dict(zip(("tensorflow", "skimage"), charts, strict=False)), pictures)
    with difference:
        chart(charts[-1], "upsampling_difference")
with table, try_again("upsampling_table"), st.spinner("Running both libraries for eight factors."):
    st.table(verdict.post_table(settings, picture.digest, picture.image), hide_index=True)
with outcome:
    if experiment.show_outcome(changed, shown):
        so("the layer interpolates only if its kernel, its border and its pixel centers match.")
with folds:
    deeper.show_folds(changed, shown)
finish(PATH, deeper.TRIES, deeper.READING)
