"""Section on the border: the same scores upsampled with two borders, side by side."""

import streamlit as st

from fcnlib import engine
from fcnlib.plots.class_maps import scene_figure
from fcnlib.plots.upsampling import lost_figure, profile_figure
from fcnlib.ui.layout import chart, chart_row, choose_one, drawn, metric_row, show_source, try_again
from fcnlib.upsampling.border import SCORES, BorderXray, border_xray, xray_scores

FACTORS = (2, 8, 32)
HEIGHT = 330


def show_border() -> None:
    """Explain the comparison, and show its controls, classes, confidence and proof."""
    st.markdown(
        "If an upsampling assumes zeros outside the image, the rim of the image becomes darker. "
        "Here the image is replaced by the scores of classes. A **class map** shows the class with "
        "the highest score at each pixel. The same scores are upsampled twice: with zeros outside "
        "the border, and with the outermost cells repeated. Compare the classes and the "
        "**confidence**, the probability of the class with the highest score."
    )
    left, right = st.columns(2)
    with left:
        name = choose_one("Scores", SCORES, "street", "upsampling_xray_scores", in_address=True)
    with right:
        factor = choose_one(
            "Factor", FACTORS, FACTORS[-1], "upsampling_xray_factor", in_address=True
        )
    with try_again("upsampling_xray"):
        xray = _computed(name, factor)
        _figures(xray)
        _maps(xray)
        _proof(xray)
    show_source(border_xray, key="upsampling_xray_source")


@st.cache_data(max_entries=len(SCORES) * len(FACTORS), show_spinner="Upsampling the scores twice")
def _computed(name: str, factor: int) -> BorderXray:
    xray: BorderXray = engine.run("upsampled_borders", factor, xray_scores(name))
    return xray


def _figures(xray: BorderXray) -> None:
    edge, zero = xray.confidence_edge[0, 0], xray.confidence_zero[0, 0]
    figures = {
        "Pixels that change class": f"{xray.changed:,} of {xray.gain.size:,} px",
        "Gain of the scores in the corner": f"× {xray.gain[0, 0]:.3f}",
        "Confidence in the corner": f"{edge:.0%} → {zero:.0%}",
    }
    what = (
        "For the corner pixel: the sum of the kernel's weights that lie inside the map. With zeros "
        "outside, all scores of this pixel are multiplied by this sum."
    )
    metric_row(figures, {"Gain of the scores in the corner": what})


def _maps(xray: BorderXray) -> None:
    loss = (xray.confidence_edge - xray.confidence_zero).clip(min=0)
    figures = {
        "zero": drawn(scene_figure, xray.labels_zero, "Classes, border of zeros", height=HEIGHT),
        "edge": drawn(scene_figure, xray.labels_edge, "Classes, edge repeated", height=HEIGHT),
        "lost": drawn(lost_figure, loss, "Confidence lost to the zeros", height=HEIGHT),
    }
    chart_row("upsampling_xray", figures)
    row = len(xray.gain) // 2
    zero, edge, gain = xray.confidence_zero[row], xray.confidence_edge[row], xray.gain[row]
    title = f"Along row {row}, from border to border"
    chart(drawn(profile_figure, zero, edge, gain, title), "upsampling_xray_profile")


def _proof(xray: BorderXray) -> None:
    st.markdown(
        "**Why the classes stay.** Near the border, part of the kernel lies outside the map. If "
        "there are zeros outside, only the weights inside count. Their sum *g*, the gain, is the "
        "same for every class *c*, so all scores of a pixel are multiplied by the same number:"
    )
    st.latex(r"z_c = g\,e_c, \qquad 0 < g \le 1")
    st.markdown(
        "If all scores are multiplied by the same positive number, the highest score stays the "
        "highest:"
    )
    st.latex(r"\arg\max_c z_c = \arg\max_c e_c")
    st.caption(
        "*z* is the score with zeros, and *e* is the score with the edge repeated. The **softmax** "
        "function turns scores into probabilities and depends only on the differences between "
        "scores. These are multiplied by *g* too, so the confidence becomes lower. On this map, "
        f"*z* and *g e* differ by at most {xray.residual:.0e}, which is a rounding error."
    )
