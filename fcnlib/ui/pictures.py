"""How a visitor chooses a picture: a sample, a file, the camera, an address."""

import logging
import time
from dataclasses import dataclass
from functools import lru_cache, partial

import streamlit as st

from fcnlib import engine, images, scenes
from fcnlib.errors import BusyError, EngineError, FcnlibError, PictureError
from fcnlib.images import fetching, formats
from fcnlib.typing import Report, RGBImage
from fcnlib.ui.jobs import count, queue, show_progress, submit
from fcnlib.ui.layout import choose_one, offer_again, show_error

BUS = "https://upload.wikimedia.org/wikipedia/commons/d/d9/First_Student_IC_school_bus_202076.jpg"
FIRST = "cat"  # the sample that is chosen at first
FETCHES, FETCH_SECONDS = 5, 10.0
"""How often one visitor may fetch a picture within how many seconds."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Picture:
    """A picture that a visitor chose.

    Attributes
    ----------
    title : str
        What to call it; from our own list, never the visitor's words.
    digest : str
        SHA-256 of its bytes, or the sample's name: equal digests are equal pictures.
    image : ndarray of shape (H, W, 3), uint8
        RGB, at the size it came in.
    stretched : bool
        Whether its values were scaled to the whole range.

    """

    title: str
    digest: str
    image: RGBImage
    stretched: bool = False


def from_sample(key: str) -> Picture:
    """Offer the built-in photographs."""
    name = choose_one(
        "Sample",
        images.SAMPLES,
        FIRST,
        f"{key}_sample",
        in_address=True,
        control=st.pills,
        wrap=True,
        label_visibility="collapsed",
    )
    return sample(name)


def sample(name: str = FIRST) -> Picture:
    """Return one of the built-in photographs, by default the one that is chosen at first."""
    return Picture(images.SAMPLES[name], f"sample:{name}", _sample(name))


@lru_cache(maxsize=64)
def street(seed: int) -> scenes.Scene:
    """Draw a street once for all visitors; do not change its arrays."""
    return scenes.scene(seed)


def from_upload(key: str) -> Picture | None:
    """Offer to upload a file; show why if it is not a picture.

    Any name is accepted, because the format is recognized by the content. Streamlit would answer
    a photograph called ``cat.jfif`` with an error of its own, and a HEIC file without its name.

    The server accepts 10 MiB, but except on Windows, the uploader refuses above 10,000,000 bytes.
    """
    label = "JPEG, PNG, WebP, GIF or BMP, at most 10 MB"
    file = st.file_uploader(label, key=f"{key}_upload")
    return from_bytes("Your picture", file.getvalue(), f"{key}_upload") if file else None


def from_camera(key: str) -> Picture | None:
    """Offer to take a photograph with the camera of the visitor's device."""
    photograph = st.camera_input("Take a photograph", key=f"{key}_camera")
    if photograph is None:
        return None
    return from_bytes("Your photograph", photograph.getvalue(), f"{key}_camera")


def from_address(key: str) -> Picture | None:
    """Ask for an address and fetch it when the visitor presses the button.

    The download is a job, so it shows progress, can be stopped and never holds up the page.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        url = st.text_input(
            "Address of a picture",
            BUS,
            max_chars=2000,
            key=f"{key}_address",
            bind="query-params",
            help="http or https. The default is the school bus of the post.",
        )
        pressed = st.button(
            "Fetch", type="primary", icon=":material/download:", key=f"{key}_fetch_address"
        )
    slot = f"{key}_fetched"
    if pressed:
        try:
            count("fetch", FETCHES, FETCH_SECONDS)
        except BusyError as error:
            show_error(error)
            return None
        # The time is part of the key, so that pressing again fetches again.
        submit("fetch", (url, time.time()), partial(_fetched, url or ""), slot)
    job = st.session_state.get(slot)
    if job is None or job.key[0] != url:
        return None
    if not show_progress(queue("fetch"), job, slot):
        return None
    return from_bytes("The picture at your address", job.result, f"{key}_address")


def _fetched(url: str, report: Report) -> bytes:
    data, code, started = b"", "ok", time.monotonic()
    try:
        data = fetching.fetch(url, report)
    except FcnlibError as error:
        code = error.code
        raise
    finally:
        _log("fetch", data, code, started)
    return data


def _log(event: str, data: bytes, code: str, started: float) -> None:
    """Log what a host's operator needs to know of a file; never where it came from."""
    if not _LOG.isEnabledFor(logging.INFO):
        return  # A local run keeps no such log, and a hash of 10 MiB takes its time.
    fields = {
        "sha256": images.digest(data),
        "format": formats.decoder_of(data) or formats.describe(data),
        "bytes": len(data),
        "code": code,
        "seconds": round(time.monotonic() - started, 3),
    }
    _LOG.info(event, extra={"fields": fields})


def from_bytes(title: str, data: bytes, key: str) -> Picture | None:
    """Decode a picture; show why if it is none, or if decoding it had to be given up.

    If the picture looks black, say so and offer to stretch its values.
    """
    digest = images.digest(data)
    try:
        picture = Picture(title, digest, _decoded(digest, stretch=False, _data=data))
        return _in_range(picture, data, key) if images.is_dark(picture.image) else picture
    except PictureError as error:
        show_error(error)
    except EngineError as error:
        offer_again(error, key)
    return None


def _in_range(picture: Picture, data: bytes, key: str) -> Picture:
    """Say that a picture looks black, and let the visitor stretch its values if they differ."""
    st.caption(
        f"No value is above {picture.image.max()} of 255, about 1% of the range or less, so this "
        "picture looks black. Maps of classes or depths are often stored like this."
    )
    stretched = _decoded(picture.digest, stretch=True, _data=data)
    if stretched.any() and st.toggle(
        "Stretch the values",
        key=f"{key}_stretch",
        help="The smallest value becomes black, and the largest one white.",
    ):
        return Picture(picture.title, f"{picture.digest}:stretched", stretched, stretched=True)
    return picture


@st.cache_data(max_entries=8, show_spinner=False)
def _decoded(digest: str, *, stretch: bool, _data: bytes) -> RGBImage:
    code, started = "ok", time.monotonic()
    try:
        decoded: RGBImage = engine.run("decode", _data, stretch)
    except FcnlibError as error:
        code = error.code
        raise
    finally:
        _log("decode", _data, code, started)
    return decoded


@st.cache_data(show_spinner=False, max_entries=len(images.SAMPLES))
def _sample(name: str) -> RGBImage:
    return images.sample(name)
