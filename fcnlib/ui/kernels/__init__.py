"""The Kernels page."""

from fcnlib.ui.kernels.controls import (
    DESK,
    FREQUENCIES,
    RATES,
    Sampling,
    draw_curve,
    pick_kernel,
    pick_sampling,
    say_agreement,
    scale_of,
    show_numbers,
)

__all__ = [
    "DESK",
    "FREQUENCIES",
    "RATES",
    "Sampling",
    "draw_curve",
    "pick_kernel",
    "pick_sampling",
    "say_agreement",
    "scale_of",
    "show_numbers",
]
