"""The weights of VGG-16: whether they are installed, and the ways to get them."""

import streamlit as st

from fcnlib import checkpoints
from fcnlib.errors import WeightsError
from fcnlib.jobs import Job
from fcnlib.ui import hosting
from fcnlib.ui.jobs import queue, show_progress, submit, task, visitor
from fcnlib.ui.layout import button, choose_one

SOURCE_TITLES = {"archive": "Official archive", "keras": "Keras' copy"}


def ready(key: str, meanwhile: str) -> bool:
    """Return whether the weights are on this machine. If not, offer the ways to get them.

    `meanwhile` says what the page shows until they are there.
    """
    missing = checkpoints.missing()
    if missing is None:
        return True
    _offer(missing, key, meanwhile)
    return False


def _offer(missing: WeightsError, key: str, meanwhile: str) -> None:
    with st.container(border=True):
        st.markdown(
            "**The weights of VGG-16, half a gigabyte, are not on this machine: download them here "
            f"to see its answer.** {meanwhile}"
        )
        job = st.session_state.get(f"{key}_download") or _running_download()
        if job is not None:
            mine = visitor() in job.owners
            show_progress(queue("download"), job, f"{key}_download", stoppable=mine)
        if job is None or not job.active:
            _download_button(key)
        if hosting.in_force():
            return
        with st.expander("No internet access? Copy one file", key=f"{key}_bring"):
            st.markdown(
                "Copy one of three files to this machine: `vgg_16_2016_08_28.tar.gz`, the "
                "`vgg_16.ckpt` in it, or Keras' `vgg16_weights_tf_dim_ordering_tf_kernels.h5`. "
                "Then start with"
            )
            st.code("FCNLIB_VGG_CHECKPOINT=/path/to/the/file streamlit run app.py", "bash")
            st.markdown("The complete message:")
            st.text(str(missing))


def _running_download() -> Job | None:
    jobs = queue("download")
    found = [jobs.find(("weights", name)) for name in SOURCE_TITLES]
    return next((job for job in found if job is not None and job.active), None)


def _download_button(key: str) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = choose_one("From", SOURCE_TITLES, "archive", f"{key}_weights_from")
        source = checkpoints.SOURCES[name]
        label = f"Download {source.size / 1e6:,.0f} MB"
        work = ("download", ("weights", name), task("download", name), f"{key}_download")
        button(label, "download", f"{key}_fetch", submit, *work, type="primary")
