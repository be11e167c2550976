"""Benchmarks of a task in a worker against the same task in this process."""

import io
from collections.abc import Iterator
from functools import partial
from typing import Any

from PIL import Image

from benchmarks.measure import seconds
from benchmarks.rows import Row
from fcnlib import engine, images
from fcnlib.engine.context import Caller, ignore
from fcnlib.upsampling.settings import CheckSettings

REPEATS = 41  # a call takes milliseconds, so that other load on the machine weighs more
MAX_DELAY = 0.005  # seconds


def rows() -> Iterator[Row]:
    """Measure tasks of the upsampling and transposed convolution pages, and the decoding."""
    for what, task in tasks().items():
        local = _engine("local")
        here, there = partial(_run, _engine("inline"), *task), partial(_run, local, *task)
        yield Row(
            what,
            *seconds(there, here, REPEATS),
            "the same in this process",
            max_delay=MAX_DELAY,
        )
        local.close()


def tasks() -> dict[str, tuple[Any, ...]]:
    """Return the names and arguments of the tasks, by what they do."""
    picture = images.fit_long_side(images.sample("cat"), 256)[:168] / 255
    file = io.BytesIO()
    Image.fromarray(images.sample("cat")).resize((1600, 1200)).save(file, "JPEG", quality=90)
    rows, columns = picture.shape[:2]
    return {
        f"task of the Upsampling page, {rows} × {columns} px": (
            "check_upsampling",
            CheckSettings(3),
            picture,
        ),
        "task of the Transposed convolution page, a size": ("accepts", 8, 4, 3, 2, 0),
        "decoding a JPEG of 1200 × 1600 px": ("decode", file.getvalue()),
    }


def _engine(name: str) -> engine.Inline | engine.Local:
    return engine.Local() if name == "local" else engine.Inline()


def _run(chosen: engine.Inline | engine.Local, name: str, *args: Any) -> Any:
    return chosen.run(name, args, Caller(ignore, print, engine.Mailbox(), deadline=None))
