"""Parts of the Segmentation page."""
