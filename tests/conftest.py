"""Fixtures that several test modules share."""

from full_size import full_size_archive, full_size_checkpoint
from live_app import app_address, browser

__all__ = ["app_address", "browser", "full_size_archive", "full_size_checkpoint"]
