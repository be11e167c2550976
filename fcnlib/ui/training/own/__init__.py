"""The part of the Training page on a visitor's own pictures and classes."""
