"""Names for the types that recur.

`Report` is how long work tells of itself: ``report(fraction, text)``, with a fraction in
[0, 1]. Whoever asked for the work may raise `fcnlib.errors.Cancelled` from inside the
call; the work then cleans up and lets it pass. So progress and cancelling are one thing.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating[Any]]
Float64Array = NDArray[np.float64]
Float32Array = NDArray[np.float32]
LabelMap = NDArray[np.integer[Any]]
RGBImage = NDArray[np.uint8]
BoolArray = NDArray[np.bool_]
Report = Callable[[float, str], None]


def silent(fraction: float, text: str) -> None:
    """Take a report and say nothing."""
