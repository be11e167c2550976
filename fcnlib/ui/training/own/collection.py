"""A visitor's pictures and their labels, which only this visit has."""

from dataclasses import dataclass, field
from functools import cache

import numpy as np
import streamlit as st

from fcnlib import images, scenes
from fcnlib.datasets.pairs import VOID
from fcnlib.datasets.uploaded import MOST_FILES, Read
from fcnlib.errors import DatasetError
from fcnlib.images.colors import palette, to_hex
from fcnlib.training.own_data.live import Labeled, Picture
from fcnlib.typing import ByteArray
from fcnlib.ui.jobs import queue, show_progress, submit, task
from fcnlib.ui.layout import choose_one, show_error

SOURCES = {"example": "Example: drawn streets", "own": "Your pictures"}
MOST_PICTURES = MOST_FILES
MOST_CLASSES = 20
STREETS = range(11, 19)
"""Seeds of the example's streets. They have other numbers than those of the page's networks."""

_SIZE = (288, 384)
_LABELED = 6  # of the streets
_FIRST_CLASSES = "background, object"
_JOB = "training_own_job"


@dataclass
class Shown:
    """A picture and its labels.

    Attributes
    ----------
    picture : bytes
        JPEG.
    labels : ndarray of shape (H, W), uint8
        `VOID` where there is no class. It is replaced, never changed.

    """

    picture: bytes
    labels: ByteArray


@dataclass
class Collection:
    """The pictures of one source, and the colors of classes that have one of their own."""

    pictures: list[Shown] = field(default_factory=list)
    colors: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def labeled(self, classes: tuple[str, ...]) -> Labeled:
        """Return pictures and labels as files for a training."""
        files = []
        for shown in self.pictures:
            # If a class was removed, its pixels are painted no more.
            labels = np.where(shown.labels < len(classes), shown.labels, np.uint8(VOID))
            png = images.encode_png(labels) if (labels != VOID).any() else b""
            files.append(Picture(shown.picture, png))
        return Labeled(classes, self.colors_of(classes), tuple(files))

    def colors_of(self, classes: tuple[str, ...]) -> tuple[str, ...]:
        """Return the color of each class."""
        others = to_hex(palette(len(classes)))
        return tuple(
            self.colors.get(name, other) for name, other in zip(classes, others, strict=True)
        )

    def with_labels(self) -> list[int]:
        """Return the numbers of the pictures that have labels, from 1 up."""
        return [
            number for number, shown in enumerate(self.pictures, 1) if (shown.labels != VOID).any()
        ]


def choose_collection() -> tuple[str, Collection]:
    """Let the visitor choose where the pictures come from, and add some."""
    source = choose_one(
        "Pictures",
        SOURCES,
        "example",
        "training_own_source",
        in_address=True,
        label_visibility="collapsed",
    )
    kept = f"training_own_{source}"
    if kept not in st.session_state:
        st.session_state[kept] = _example() if source == "example" else Collection()
    collection: Collection = st.session_state[kept]
    if source == "own":
        _add(collection)
    return source, collection


def choose_classes(source: str) -> tuple[str, ...]:
    """Let the visitor name the classes, and return the names."""
    key = f"training_own_{source}_classes"
    kept = f"{key}_kept"
    first = ", ".join(scenes.CLASSES) if source == "example" else _FIRST_CLASSES
    # Streamlit forgets a control that was not shown for a while.
    st.session_state.setdefault(key, st.session_state.get(kept, first))
    text = st.text_input(
        "Classes, with commas between them",
        key=key,
        max_chars=400,
        help=f"2 to {MOST_CLASSES} names. The first name is that of label 0.",
    )
    st.session_state[kept] = text
    names = list(dict.fromkeys(filter(None, (name.strip() for name in (text or "").split(",")))))
    if not 2 <= len(names) <= MOST_CLASSES:
        wrong = f"There must be 2 to {MOST_CLASSES} different classes, but there are {len(names)}."
        show_error(DatasetError("classes", f"{wrong} “{first}” is used instead."))
        names = first.split(", ")
    return tuple(names)


def _add(collection: Collection) -> None:
    with st.form("training_own_add", clear_on_submit=True, border=False):
        files = st.file_uploader(
            "Pictures, and PNG files with labels if you have some",
            accept_multiple_files=True,
            key="training_own_files",
            help="street.png or street_mask.png holds the labels of street.jpg. Pictures are "
            "scaled to at most 512 px. They are used for this visit only.",
        )
        pressed = st.form_submit_button("Add", icon=":material/add:", key="training_own_submit")
    if pressed and files:
        given = [(file.name, file.getvalue()) for file in files]
        key = tuple(file.file_id for file in files)
        submit("pictures", key, task("read_pictures", given), _JOB)
    job = st.session_state.get(_JOB)
    if job is not None and show_progress(queue("pictures"), job, _JOB, wait=True):
        del st.session_state[_JOB]
        _receive(collection, *job.result)
    for remark in collection.remarks:
        st.text(remark)
    if not collection.pictures:
        st.caption("Add five pictures or more of what you want to tell apart. Then paint on some.")


def _receive(
    collection: Collection,
    classes: list[str],
    colors: list[str],
    pictures: list[Read],
    remarks: list[str],
) -> None:
    """Add pictures that were read. Label files also bring their classes."""
    room = MOST_PICTURES - len(collection.pictures)
    collection.pictures += [Shown(*read) for read in pictures[:room]]
    collection.remarks = remarks[:3]
    if len(pictures) > room:
        collection.remarks.append(
            f"There is room for {MOST_PICTURES} pictures, so {len(pictures) - room} were left out."
        )
    if classes:
        collection.colors = dict(zip(classes, colors, strict=True))
        st.session_state["training_own_own_classes"] = ", ".join(classes)


def _example() -> Collection:
    pictures = [Shown(*street) for street in _streets()]
    return Collection(pictures, dict(zip(scenes.CLASSES, scenes.PALETTE, strict=True)))


@cache
def _streets() -> list[Read]:
    """Return drawn streets, of which the last ones have no labels yet."""
    streets = []
    for number, seed in enumerate(STREETS):
        street = scenes.scene(seed, _SIZE)
        labels = street.labels.astype(np.uint8)
        if number >= _LABELED:
            labels = np.full_like(labels, VOID)
        streets.append((images.encode_jpeg(street.picture), labels))
    return streets
