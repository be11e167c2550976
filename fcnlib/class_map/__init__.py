"""The class of every pixel and its probability, computed from coarse class scores."""

from fcnlib.class_map.argmax import cell_shares, label_map, surviving_classes, upsampled_argmax
from fcnlib.class_map.resizing import resized_argmax
from fcnlib.class_map.softmax import probabilities

__all__ = [
    "cell_shares",
    "label_map",
    "probabilities",
    "resized_argmax",
    "surviving_classes",
    "upsampled_argmax",
]
