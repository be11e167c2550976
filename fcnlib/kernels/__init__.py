"""Interpolation kernels, their properties, and resampling with them."""

from fcnlib.kernels.bilinear import (
    bilinear_upsample_weights,
    check_factor,
    get_kernel_size,
    upsample_filt,
)
from fcnlib.kernels.continuous import (
    KERNELS,
    Kernel,
    box,
    cubic,
    lanczos,
    normalised,
    sinc,
    triangle,
)

__all__ = [
    "KERNELS",
    "Kernel",
    "bilinear_upsample_weights",
    "box",
    "check_factor",
    "cubic",
    "get_kernel_size",
    "lanczos",
    "normalised",
    "sinc",
    "triangle",
    "upsample_filt",
]
