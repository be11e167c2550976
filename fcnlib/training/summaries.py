"""Summaries of a training, which TensorBoard draws as curves."""

from pathlib import Path
from typing import Any

from fcnlib import runtime
from fcnlib.errors import FcnlibError
from fcnlib.paths import shown


def writer(folder: Path) -> Any:
    """Return a writer of summaries for TensorBoard, which is a context manager."""
    tf1 = runtime.load().tf1
    try:
        str(folder).encode()
    except UnicodeEncodeError:
        msg = (
            f"The name of the folder {shown(folder)} is not valid Unicode, so TensorFlow cannot "
            "write to it. Choose another folder."
        )
        raise FcnlibError("cannot_write", msg) from None
    folder.mkdir(parents=True, exist_ok=True)  # raises OSError, unlike TensorFlow
    with tf1.Graph().as_default():  # it refuses to be created in eager mode
        return tf1.summary.FileWriter(str(folder))


def write(log: Any, step: int, values: dict[str, float]) -> None:
    """Write values by name for a step, and flush them."""
    summary = runtime.load().tf1.Summary()
    for tag, value in values.items():
        summary.value.add(tag=tag, simple_value=value)
    log.add_summary(summary, step)
    log.flush()
