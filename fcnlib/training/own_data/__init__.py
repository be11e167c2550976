"""Training of a head, and of its backbone if wanted, on a reader's own labeled pictures."""
