"""Fixtures for several test modules."""

from support.full_size import full_size_archive, full_size_checkpoint
from support.live_app import app_address, browser

__all__ = ["app_address", "browser", "full_size_archive", "full_size_checkpoint"]
