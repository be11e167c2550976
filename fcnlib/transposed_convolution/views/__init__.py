"""Data for four linked views of one transposed convolution: scatter, gather, matrix, formula."""

from fcnlib.transposed_convolution.views.browser import payload
from fcnlib.transposed_convolution.views.settings import ViewSettings, setting
from fcnlib.transposed_convolution.views.terms import Agreement, Term, agreement

__all__ = ["Agreement", "Term", "ViewSettings", "agreement", "payload", "setting"]
