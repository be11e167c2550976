"""Parts of the Numbers page."""
