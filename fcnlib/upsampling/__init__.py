"""Upsampling with TensorFlow and with scikit-image, and comparing the two."""

from fcnlib.upsampling.agreement import ATOL, RTOL, Agreement, compare
from fcnlib.upsampling.methods import (
    DENSE_LIMIT,
    corner_gain,
    dense_kernel_nbytes,
    ramp,
    upsample_skimage,
    upsample_tf,
    upsample_tf_dense,
)

__all__ = [
    "ATOL",
    "DENSE_LIMIT",
    "RTOL",
    "Agreement",
    "compare",
    "corner_gain",
    "dense_kernel_nbytes",
    "ramp",
    "upsample_skimage",
    "upsample_tf",
    "upsample_tf_dense",
]
