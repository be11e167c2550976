"""Parts of the Transposed convolution page."""
