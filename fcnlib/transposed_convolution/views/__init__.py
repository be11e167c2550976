"""One transposed convolution seen four ways: scatter, gather, matrix and formula."""

from fcnlib.transposed_convolution.views.browser import payload
from fcnlib.transposed_convolution.views.settings import ViewSettings, setting
from fcnlib.transposed_convolution.views.terms import Agreement, Term, agreement

__all__ = ["Agreement", "Term", "ViewSettings", "agreement", "payload", "setting"]
