"""How a visitor chooses a picture: an address, a file, a sample."""

from dataclasses import dataclass

import streamlit as st

from fcnlib import images
from fcnlib.errors import PictureError
from fcnlib.images import fetching
from fcnlib.typing import RGBImage
from fcnlib.ui.layout import show_error

BUS = "https://upload.wikimedia.org/wikipedia/commons/d/d9/First_Student_IC_school_bus_202076.jpg"
FILE_TYPES = ["jpg", "jpeg", "png", "webp", "gif", "bmp"]


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

    """

    title: str
    digest: str
    image: RGBImage


def from_sample(key: str) -> Picture | None:
    """Offer the built-in photographs."""
    name = st.pills(
        "Sample",
        list(images.SAMPLES),
        default=next(iter(images.SAMPLES)),
        format_func=images.SAMPLES.__getitem__,
        required=True,
        key=f"{key}_sample",
    )
    return Picture(images.SAMPLES[name], f"sample:{name}", _sample(name)) if name else None


def from_upload(key: str) -> Picture | None:
    """Offer to upload a file; show why if it is no picture."""
    file = st.file_uploader(
        "JPEG, PNG, WebP, GIF or BMP, at most 10 MB", FILE_TYPES, key=f"{key}_upload"
    )
    return from_bytes("Your picture", file.getvalue()) if file else None


def address(key: str) -> str:
    """Ask for an address, the post's school bus first."""
    given = st.text_input(
        "Address of a picture",
        BUS,
        max_chars=2000,
        key=f"{key}_address",
        help="http or https. At first it is the school bus of the post that this app grew from.",
    )
    return given or ""


def from_address(url: str) -> Picture | None:
    """Fetch a picture with a progress bar; show why if that fails."""
    bar = st.progress(0.0, "Fetching the picture")

    def report(fraction: float, text: str) -> None:
        bar.progress(fraction, text)

    try:
        data = fetching.fetch(url, report)
    except PictureError as error:
        show_error(error)
        return None
    finally:
        bar.empty()
    return from_bytes("The picture at your address", data)


def from_bytes(title: str, data: bytes) -> Picture | None:
    """Decode a picture; show why if it is none."""
    digest = images.digest(data)
    try:
        return Picture(title, digest, _decoded(digest, data))
    except PictureError as error:
        show_error(error)
        return None


@st.cache_data(max_entries=8, show_spinner=False)
def _decoded(digest: str, _data: bytes) -> RGBImage:
    return images.decode(_data)


@st.cache_data(show_spinner=False, max_entries=len(images.SAMPLES))
def _sample(name: str) -> RGBImage:
    return images.sample(name)
