"""Parts of the Upsampling page."""
