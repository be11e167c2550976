"""The border X-ray: the same scores with two borders, side by side."""

import streamlit as st

from fcnlib import scenes
from fcnlib.plots.class_maps import discrete_matshow
from fcnlib.plots.upsampling import lost_figure, profile_figure
from fcnlib.ui.layout import chart, show_source
from fcnlib.upsampling.border import SCORES, BorderXray, border_xray, xray_scores

FACTORS = (2, 8, 32)
HEIGHT = 330


def show_border() -> None:
    """Ask for scores and a factor, and show labels, confidence and the proof."""
    name, factor = _ask()
    xray = _computed(name, factor)
    _figures(xray)
    _maps(xray)
    _proof(xray)
    show_source(border_xray, key="upsampling_xray_source")


def _ask() -> tuple[str, int]:
    left, right = st.columns(2)
    with left:
        name = st.segmented_control(
            "Scores",
            list(SCORES),
            default="street",
            required=True,
            format_func=SCORES.__getitem__,
            key="upsampling_xray_scores",
        )
    with right:
        factor = st.segmented_control(
            "Factor", FACTORS, default=FACTORS[-1], required=True, key="upsampling_xray_factor"
        )
    return name or "street", factor or FACTORS[-1]


@st.cache_data(max_entries=len(SCORES) * len(FACTORS), show_spinner="Upsampling the scores twice")
def _computed(name: str, factor: int) -> BorderXray:
    return border_xray(factor, xray_scores(name))


def _figures(xray: BorderXray) -> None:
    corner = xray.confidence_edge[0, 0], xray.confidence_zero[0, 0]
    with st.container(horizontal=True, gap="medium"):
        st.metric(
            "Labels that change", f"{xray.changed:,} of {xray.gain.size:,} px", width="content"
        )
        st.metric("Scores left in the corner", f"× {xray.gain[0, 0]:.3f}", width="content")
        st.metric("Confidence there", f"{corner[0]:.0%} → {corner[1]:.0%}", width="content")


def _maps(xray: BorderXray) -> None:
    zero, edge, lost = st.columns(3)
    for column, labels, title, key in (
        (zero, xray.labels_zero, "Labels, border of zeros", "zero"),
        (edge, xray.labels_edge, "Labels, edge repeated", "edge"),
    ):
        with column:
            figure = discrete_matshow(
                labels, scenes.CLASSES, title, colors=scenes.COLORS, legend=0, height=HEIGHT
            )
            chart(figure, f"upsampling_xray_{key}")
    with lost:
        fall = xray.confidence_edge - xray.confidence_zero
        chart(
            lost_figure(fall.clip(min=0), "Confidence lost to the zeros", height=HEIGHT),
            "upsampling_xray_lost",
        )
    row = len(xray.gain) // 2
    profile = profile_figure(
        xray.confidence_zero[row],
        xray.confidence_edge[row],
        xray.gain[row],
        f"Along row {row}, from border to border",
    )
    chart(profile, "upsampling_xray_profile")


def _proof(xray: BorderXray) -> None:
    st.markdown(
        "**Why.** Near the border a share of the kernel's weights meets no cell. With zeros "
        "there, what is left of the weights, *g*, is all that counts; it is the same for every "
        "class *c*:"
    )
    st.latex(r"z_c = g\,e_c, \qquad 0 < g \le 1")
    st.markdown("Multiplying all scores by one positive number keeps their order:")
    st.latex(r"\arg\max_c z_c = \arg\max_c e_c")
    st.caption(
        "*z* with zeros, *e* with the edge repeated. Softmax looks at gaps between scores, and "
        f"those shrink by *g*. Here *z* and *g e* differ by at most {xray.residual:.0e}: rounding."
    )
