"""Fixtures that several test modules share."""

from full_size import full_size_archive, full_size_checkpoint

__all__ = ["full_size_archive", "full_size_checkpoint"]
