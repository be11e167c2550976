"""Parts of the conversion of the photo-trained networks, one module per network."""
