"""Segmenting a picture with a network, and what led to a pixel's class."""

from fcnlib.segmentation.segment import ClassShare, Segmentation, T, segment

__all__ = [
    "ClassShare",
    "Segmentation",
    "T",
    "segment",
]
