"""Fixtures, servers and crafted files that tests share."""
