"""Parts of the page on why upsampling is a layer."""
