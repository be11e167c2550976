"""Type aliases that several packages use.

`Report` is the progress callback of long work: ``report(fraction, text)``, with a fraction in
[0, 1]. The callback may raise `fcnlib.errors.Cancelled` to stop the work, which then cleans up and
does not catch the exception. The same callback therefore reports progress and cancels the work.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating[Any]]
Float64Array = NDArray[np.float64]
Float32Array = NDArray[np.float32]
AnyArray = NDArray[Any]
BoolArray = NDArray[np.bool_]
ByteArray = NDArray[np.uint8]
IndexArray = NDArray[np.intp]
Int64Array = NDArray[np.int64]
LabelMap = NDArray[np.integer[Any]]
RGBImage = ByteArray
Report = Callable[[float, str], None]


def silent(fraction: float, text: str) -> None:
    """Ignore a progress report."""


def part(report: Report, start: float, share: float) -> Report:
    """Return the callback for a part of the work that begins at `start` and is a `share` of all."""
    return lambda fraction, text: report(start + share * fraction, text)
