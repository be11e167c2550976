"""Segmenting an image with a network, and explaining the class of a pixel."""

from fcnlib.segmentation.pipeline import ClassShare, Segmentation, segment

__all__ = ["ClassShare", "Segmentation", "segment"]
