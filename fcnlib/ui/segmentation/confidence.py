"""The confidence of every pixel's class, computed on request."""

from collections.abc import Hashable
from functools import partial

import streamlit as st

from fcnlib.class_map.confidence import confidence_map
from fcnlib.plots.upsampling import lost_figure
from fcnlib.segmentation import Segmentation
from fcnlib.typing import Float32Array, Report
from fcnlib.ui.jobs import queue, show_progress, submit
from fcnlib.ui.layout import chart, metric_row

JOB = "segmentation_confidence_job"


def show_confidence(result: Segmentation, asked: Hashable) -> None:
    """Offer to compute the confidence of every pixel's class, and show the map of doubt.

    `asked` identifies this result.
    """
    st.button(
        "Compute every pixel's confidence",
        icon=":material/blur_on:",
        key="segmentation_confidence_run",
        on_click=submit,
        args=("inference", (JOB, asked), partial(_compute, result), JOB),
    )
    job = st.session_state.get(JOB)
    if job is None or job.key != (JOB, asked):
        st.caption(
            "The confidence is the softmax of the pixel's scores at its best class. Unlike the "
            f"best class itself, it needs the scores of all {len(result.class_names)} classes at "
            "every pixel. They are upsampled a few squares at a time, so it takes little memory."
        )
    elif show_progress(queue("inference"), job, "segmentation_confidence"):
        _show(job.result)


def _show(confidence: Float32Array) -> None:
    figures = {
        "Confidence on average": confidence.mean(),
        "Pixels above a half": (confidence > 0.5).mean(),
        "Least sure pixel": confidence.min(),
    }
    metric_row({label: f"{share:.1%}" for label, share in figures.items()})
    figure = lost_figure(1 - confidence, "Doubt: 1 − confidence", height=400)
    chart(figure, "segmentation_confidence_map")


def _compute(result: Segmentation, report: Report) -> Float32Array:
    height, width = result.label_map.shape
    return confidence_map(result.coarse_factor, result.coarse_logits, report)[:height, :width]
