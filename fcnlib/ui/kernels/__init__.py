"""Parts of the Kernels page."""
