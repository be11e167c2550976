"""Page: what networks see in a photograph, cell by cell and pixel by pixel."""

import streamlit as st

from fcnlib.ui.page import finish, setup
from fcnlib.ui.segmentation.attribution import show_telling_pixel
from fcnlib.ui.segmentation.choices import choose_source
from fcnlib.ui.segmentation.deeper import on_blocks, show_deeper
from fcnlib.ui.segmentation.ending import READING, TRIES
from fcnlib.ui.segmentation.grids import show_grids, show_other_grid
from fcnlib.ui.segmentation.photograph import (
    heading,
    open_photograph,
    show_cells,
    show_maps,
    show_second,
)
from fcnlib.ui.segmentation.street import show_street
from fcnlib.ui.story import so, step

PATH = "pages/segmentation.py"
setup(PATH)
opened = results = None
with step("segmentation_opening") as opening:
    text = st.empty()
    source = choose_source()
    begin = (
        "A network scores each **cell** of a picture, a square of pixels, for every class that it "
        "knows. **Bilinear interpolation**, a weighted mean of the nearest cells, gives every "
        "pixel scores too. The class with the highest score colors the pixel."
    )
    compare = (
        " Two networks run on a photograph: a classifier, and one trained to segment (to outline "
        "objects). Compare their maps. Each map has its own colors."
    )
    text.markdown(begin if source == "street" else begin + compare)
    if source != "street":
        opened = open_photograph(source)
if source == "street":
    show_street()
if opened:
    request, columns = opened
    steps = st.container()
    with step("segmentation_grids", "Where do the cells lie?", 4) as grids:
        place = show_grids()
    deeper = st.container()
# All that needs no result comes before the results, so that it is shown while the networks run.
finish(PATH, TRIES, READING, opened[0].picture.title if opened else "street")
if opened:
    with opening:
        results = show_maps(request, columns)
if results:
    first, result = next(iter(results.items()))
    with steps, step("segmentation_cells", heading(first), 1):
        show_cells(first, result, request)
    with steps, step("segmentation_second", heading(list(results)[-1]), 2):
        show_second(results, request)
    with steps, step("segmentation_pixel", "Follow one pixel's answer", 3):
        for name, result in list(on_blocks(results).items())[:1]:
            show_telling_pixel(result, name, f"segmentation_{name}")
        if not on_blocks(results):
            st.markdown("To follow one pixel's sum, choose a classifier as the first network.")
        so("a pixel's class is the one whose weighted sum over a few cells is highest.")
    with grids:
        show_other_grid(results, request, place)
    with deeper, step("segmentation_deeper"):
        show_deeper(results, request)
