"""The class of every pixel, computed from coarse class scores."""

from fcnlib.class_map.argmax import cell_shares, label_map, surviving_classes, upsampled_argmax
from fcnlib.class_map.resizing import resized_argmax

__all__ = [
    "cell_shares",
    "label_map",
    "resized_argmax",
    "surviving_classes",
    "upsampled_argmax",
]
