"""Sections of the Training page."""
