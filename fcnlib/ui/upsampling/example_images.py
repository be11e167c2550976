"""Images to choose from on the Upsampling page, all with few pixels."""

from typing import NamedTuple

import streamlit as st

from fcnlib import images
from fcnlib.plots.arrays import image_figure
from fcnlib.typing import FloatArray, RGBImage
from fcnlib.ui import pictures
from fcnlib.ui.address import follow, write
from fcnlib.ui.layout import chart, drawn
from fcnlib.upsampling.example_images import NOISES, PICTURES, example_image, shrunk

CHOICES = {**PICTURES, "own": "Your picture"}
FIRST = "ramp"
KEY = "upsampling_picture"
LONGEST = 200  # characters of a file's name that are shown
HEIGHT = 165  # px, so that it is as high as the enlarged images with the slider above it


class Picture(NamedTuple):
    """An image so small that single pixels are visible.

    Attributes
    ----------
    name : str
        A key of `CHOICES`.
    digest : str
        Equal for equal images; caches use it as the key.
    image : ndarray of shape (H, W, 3)
        float64, photographs in [0, 1].
    note : str
        What the image is and how it was shrunk.
    path : str
        Name of the visitor's file; empty for other images.
    stretched : bool
        Whether the values of the visitor's file were scaled to the whole range.

    """

    name: str
    digest: str
    image: FloatArray
    note: str
    path: str = ""
    stretched: bool = False

    @property
    def source(self) -> str:
        """What a script calls it: a key of `PICTURES`, or the path of the visitor's file."""
        return f"./{self.path}" if self.path else self.name


def ask() -> Picture:
    """Let the visitor choose an image, or upload one, and return it.

    Until a file is uploaded, it is the ramp.
    """
    follow(KEY, CHOICES, FIRST)
    choice = st.selectbox(
        "Picture",
        list(CHOICES),
        format_func=CHOICES.__getitem__,
        key=KEY,
        on_change=write,
        args=(KEY, FIRST),
    )
    if choice != "own":
        return named(choice)
    if own := pictures.from_upload("upsampling"):
        small = shrunk(own.image)
        path = str(st.session_state["upsampling_upload"].name)[:LONGEST]
        return Picture("own", own.digest, small, _note(own.image, small), path, own.stretched)
    picture = named(FIRST)
    note = f"Until you upload a picture: {picture.note[0].lower()}{picture.note[1:]}"
    return picture._replace(note=note)


def show(picture: Picture, factor: int) -> None:
    """Show the image at the top of the page before it is enlarged, smaller for large factors."""
    title = f"Before, {_size(picture.image)} px"
    height = min(HEIGHT, 60 + 480 // factor)
    chart(drawn(image_figure, picture.image, title, height=height), "upsampling_before")


def named(name: str) -> Picture:
    """Return the image of a key of `PICTURES`."""
    image = example_image(name)
    if name in images.SAMPLES:
        note = _note(images.sample(name), image)
    elif name in NOISES:
        note = f"{_size(image)} px of random values, the same every time."
    else:
        note = "The ramp of 3 × 3 px that the post upsamples."
    return Picture(name, name, image, note)


def _note(image: RGBImage, small: FloatArray) -> str:
    return f"Shrunk from {_size(image)} to {_size(small)} px, so that you can see single pixels."


def _size(image: FloatArray | RGBImage) -> str:
    return f"{image.shape[0]} × {image.shape[1]}"
