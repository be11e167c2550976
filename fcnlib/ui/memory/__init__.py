"""Sections of the page about memory."""
