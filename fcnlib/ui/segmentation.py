"""The Segmentation page: choosing a picture, running a network on it, showing the maps."""

from collections.abc import Callable
from threading import Lock

import streamlit as st

from fcnlib import networks, segmentation
from fcnlib.errors import BusyError
from fcnlib.images import encode_png
from fcnlib.networks import Network
from fcnlib.plots import class_maps
from fcnlib.preprocessing import fit_long_side
from fcnlib.segmentation import Segmentation
from fcnlib.typing import Report
from fcnlib.ui import pictures
from fcnlib.ui.layout import chart, show_error
from fcnlib.ui.pictures import Picture
from fcnlib.ui.work import follow, queue, visitor

SOURCES = {"address": "Address", "upload": "Your file", "sample": "Sample"}
LONG_SIDES = (512, 768, 1024)
JOB = "segmentation_job"


def run(*, ready: bool) -> Segmentation | None:
    """Let the visitor choose a picture and have it segmented; return the result once done."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        source = st.segmented_control(
            "Picture from",
            list(SOURCES),
            default="address",
            required=True,
            format_func=SOURCES.__getitem__,
            key="segmentation_source",
        )
        long_side = st.selectbox(
            "Work at a long side of at most",
            LONG_SIDES,
            index=len(LONG_SIDES) - 1,
            format_func="{} px".format,
            key="segmentation_long_side",
            width=230,
            help="A larger picture is scaled down first, a smaller one is left as it is.",
        )
    choice = _choice(source or "address")
    nothing = source == "upload" and choice() is None
    if st.button(
        "Segment",
        type="primary",
        icon=":material/play_arrow:",
        disabled=not ready or nothing,
        key="segmentation_run",
    ) and (picture := choice()):
        _submit(picture, int(long_side or LONG_SIDES[-1]))
    job = st.session_state.get(JOB)
    if job is None or not follow(queue("inference"), job, "segmentation"):
        return None
    result: Segmentation = job.result
    return result


def show(result: Segmentation) -> None:
    """Show a picture's maps, its classes and how it was done."""
    _figures(result)
    _facts(result)
    _classes(result)
    _downloads(result)


def _choice(source: str) -> Callable[[], Picture | None]:
    """Show the widgets of a source; what it returns gets the picture when asked."""
    if source == "address":
        url = pictures.address("segmentation")
        return lambda: pictures.from_address(url)
    if source == "upload":
        picture = pictures.from_upload("segmentation")
    else:
        picture = pictures.from_sample("segmentation")
    if picture is not None:
        st.image(fit_long_side(picture.image, 320), alt=picture.title, width=240)
    return lambda: picture


def _submit(picture: Picture, long_side: int) -> None:
    image = fit_long_side(picture.image, long_side)

    def work(report: Report) -> Segmentation:
        return segmentation.segment(_vgg_16(report), image, report)

    key = ("vgg_16", picture.digest, long_side)
    try:
        st.session_state[JOB] = queue("inference").submit(key, work, visitor())
    except BusyError as error:
        show_error(error)


def _figures(result: Segmentation) -> None:
    names, colours = result.class_names, result.colours
    rows, cols = result.coarse_map.shape
    height, width = result.label_map.shape
    first, second = st.columns(2)
    with first:
        title = f"Input, {height} × {width} px"
        chart(class_maps.photograph_figure(result.picture, title), "segmentation_input")
    with second:
        title = f"Coarse map, {rows} × {cols} cells"
        figure = class_maps.discrete_matshow(
            result.coarse_map, names, title, colours=colours, legend=0
        )
        chart(figure, "segmentation_coarse")
    first, second = st.columns(2)
    with first:
        title = f"Scores upsampled × {result.factor}, then the best class"
        figure = class_maps.discrete_matshow(
            result.label_map, names, title, colours=colours, legend=0
        )
        chart(figure, "segmentation_full")
    with second:
        figure = class_maps.overlay_figure(
            result.picture, result.label_map, names, "Map over the picture", colours=colours
        )
        chart(figure, "segmentation_overlay")


def _facts(result: Segmentation) -> None:
    bottom, right = result.padding
    padded = f"{bottom} rows and {right} columns" if bottom or right else "nothing"
    times = ", ".join(f"{stage} {seconds:.2f} s" for stage, seconds in result.seconds.items())
    first, second, third = st.columns(3)
    first.metric("Classes in the coarse map", sum(c.cells > 0 for c in result.classes))
    second.metric("Classes at full size", sum(c.share > 0 for c in result.classes))
    third.metric("Computed in", f"{sum(result.seconds.values()):.1f} s")
    st.caption(
        f"{result.network}. To reach multiples of 32, {padded} were added by repeating the edge "
        f"and cut off again. Times here: {times}."
    )


def _classes(result: Segmentation) -> None:
    rows = [
        {
            "colour": _swatch(result, entry.index),
            "class": entry.name,
            "share": 100 * entry.share,
            "cells": entry.cells,
        }
        for entry in result.classes
    ]
    st.dataframe(
        rows,
        hide_index=True,
        key="segmentation_classes",
        column_config={
            "colour": st.column_config.ImageColumn("", width=40),
            "class": "Class",
            "share": st.column_config.ProgressColumn(
                "Share of the picture", format="%.1f %%", min_value=0, max_value=100
            ),
            "cells": st.column_config.NumberColumn("Coarse cells", width=110),
        },
    )


def _swatch(result: Segmentation, index: int) -> str:
    rgb = "".join(f"{value:02x}" for value in result.colours[index])
    return (
        "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='20' height='20'%3E"
        f"%3Crect width='20' height='20' fill='%23{rgb}'/%3E%3C/svg%3E"
    )


def _downloads(result: Segmentation) -> None:
    files = {
        "Map (PNG)": ("map.png", "image/png", lambda: encode_png(result.painted())),
        "Overlay (PNG)": ("overlay.png", "image/png", lambda: encode_png(result.overlay(0.6))),
        "Arrays (NPZ)": ("segmentation.npz", "application/octet-stream", result.to_npz),
    }
    with st.container(horizontal=True):
        for label, (name, mime, data) in files.items():
            st.download_button(
                label,
                data,
                name,
                mime,
                key=f"segmentation_save_{name.partition('.')[0]}",
                icon=":material/download:",
                on_click="ignore",
            )


class _Loaded:
    """The network, loaded by the first job that needs it and kept."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._network: Network | None = None

    def get(self, report: Report) -> Network:
        with self._lock:
            if self._network is None:
                self._network = networks.vgg_16(None, report)
            return self._network


@st.cache_resource(show_spinner=False)
def loaded() -> _Loaded:
    """Return what holds VGG-16 for all visitors of this process."""
    return _Loaded()


def _vgg_16(report: Report) -> Network:
    return loaded().get(report)
