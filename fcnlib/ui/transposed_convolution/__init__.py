"""The Transposed convolution page."""

from fcnlib.ui.transposed_convolution.sizes import Judge, ambiguity, call_last, judge

__all__ = [
    "Judge",
    "ambiguity",
    "call_last",
    "judge",
]
