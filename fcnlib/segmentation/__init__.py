"""Segmenting an image with a network, and explaining the class of a pixel."""

from fcnlib.segmentation.segment import ClassShare, Segmentation, segment

__all__ = ["ClassShare", "Segmentation", "segment"]
