"""Page: the words that the pages use, with their definitions."""

from fcnlib.ui.page import setup
from fcnlib.ui.glossary import show_terms

setup("pages/words.py")
show_terms()
