"""Sections of the Kernels page."""
