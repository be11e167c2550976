"""One transposed convolution seen four ways: scatter, gather, matrix and formula."""

from fcnlib.transposed_convolution.views.browser import payload
from fcnlib.transposed_convolution.views.settings import Setting, setting
from fcnlib.transposed_convolution.views.terms import Agreement, Term, agreement

__all__ = ["Agreement", "Setting", "Term", "agreement", "payload", "setting"]
