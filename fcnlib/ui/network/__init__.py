"""Sections of the page about the network."""
