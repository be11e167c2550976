"""Transposed convolution: definition, sizes, checkerboards and gradients."""

from fcnlib.transposed_convolution.definition import (
    convolution_matrix,
    gather,
    insert_zeros,
    transposed_convolution,
    transposed_shape,
)
from fcnlib.transposed_convolution.sizes import (
    convolution_size,
    input_sizes,
    output_padding_range,
    output_size,
    padding_range,
)

__all__ = [
    "convolution_matrix",
    "convolution_size",
    "gather",
    "input_sizes",
    "insert_zeros",
    "output_padding_range",
    "output_size",
    "padding_range",
    "transposed_convolution",
    "transposed_shape",
]
