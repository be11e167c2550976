"""From a resampling kernel to a segmentation, one function at a time."""
