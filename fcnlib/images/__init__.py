"""Picture files, addresses, decoding, preprocessing and colors."""

from fcnlib.images.decoding import MAX_BYTES, MAX_PIXELS, decode, is_dark
from fcnlib.images.files import (
    MAX_LABELS,
    SAMPLES,
    digest,
    encode_jpeg,
    encode_labels,
    encode_png,
    read,
    sample,
)
from fcnlib.images.preprocessing import MEAN_RGB, fit_long_side, pad_to_multiple, subtract_mean
from fcnlib.images.values import as_rgb8

__all__ = [
    "MAX_BYTES",
    "MAX_LABELS",
    "MAX_PIXELS",
    "MEAN_RGB",
    "SAMPLES",
    "as_rgb8",
    "decode",
    "digest",
    "encode_jpeg",
    "encode_labels",
    "encode_png",
    "fit_long_side",
    "is_dark",
    "pad_to_multiple",
    "read",
    "sample",
    "subtract_mean",
]
