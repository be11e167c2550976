"""Fixtures, servers and crafted files for several test modules."""
