"""Interpolation kernels, their properties, and resampling with them."""

from fcnlib.kernels.bilinear import bilinear_upsample_weights, get_kernel_size, upsample_filt
from fcnlib.kernels.continuous import (
    KERNELS,
    Kernel,
    box,
    cubic,
    lanczos,
    normalized,
    sinc,
    triangle,
    truncated,
)

__all__ = [
    "KERNELS",
    "Kernel",
    "bilinear_upsample_weights",
    "box",
    "cubic",
    "get_kernel_size",
    "lanczos",
    "normalized",
    "sinc",
    "triangle",
    "truncated",
    "upsample_filt",
]
