"""The pictures that the page of upsampling offers, few pixels each."""

from typing import NamedTuple

import streamlit as st

from fcnlib import images
from fcnlib.typing import FloatArray, RGBImage
from fcnlib.ui import pictures
from fcnlib.upsampling.example_images import NOISES, PICTURES, lab_picture, shrunk

CHOICES = {**PICTURES, "own": "A picture of yours"}


class Picture(NamedTuple):
    """A picture small enough to tell single pixels apart.

    Attributes
    ----------
    name : str
        A key of `CHOICES`.
    digest : str
        Equal digests are equal pictures; caches know a picture by it.
    image : ndarray of shape (H, W, 3)
        float64, photographs in [0, 1].
    note : str
        What it is and what was done to it.
    path : str
        What the visitor's file is called; empty for others.

    """

    name: str
    digest: str
    image: FloatArray
    note: str
    path: str = ""


def chosen(choice: str) -> Picture:
    """Return the picture of a key of `CHOICES`, or the ramp while there is no upload."""
    if choice == "own" and (own := pictures.from_upload("upsampling")):
        small = shrunk(own.image)
        return Picture("own", own.digest, small, _note(own.image, small), _file_name())
    if choice in images.SAMPLES:
        photograph = lab_picture(choice)
        return Picture(choice, choice, photograph, _note(images.sample(choice), photograph))
    if choice in NOISES:
        noise = lab_picture(choice)
        return Picture(choice, choice, noise, f"{_size(noise)} px, always the same.")
    instead = "Until then: the" if choice == "own" else "The"
    note = f"{instead} ramp of 3 × 3 px that the post upsamples."
    return Picture("ramp", "ramp", lab_picture("ramp"), note)


def _file_name() -> str:
    """Return what the uploaded file is called on the visitor's machine."""
    return str(st.session_state["upsampling_upload"].name)


def _note(image: RGBImage, small: FloatArray) -> str:
    return f"Shrunk from {_size(image)} to {_size(small)} px, so that single pixels show."


def _size(image: FloatArray | RGBImage) -> str:
    return f"{image.shape[0]} × {image.shape[1]}"
