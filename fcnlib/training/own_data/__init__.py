"""Training of a head, and of its backbone if wanted, on a user's own labeled pictures."""
