"""One transposed convolution seen four ways: scatter, gather, matrix and formula."""

from fcnlib.four_views.browser import payload
from fcnlib.four_views.settings import Setting, setting
from fcnlib.four_views.terms import Agreement, Term, agreement

__all__ = ["Agreement", "Setting", "Term", "agreement", "payload", "setting"]
