"""Page: the words that the pages use, with their definitions."""

from fcnlib.ui.page import PAGES, link, setup
from fcnlib.ui.glossary import page_name, show_terms

setup("pages/words.py")
show_terms({page_name(path): page.title for path, page in PAGES.items()})
*_, before, _ = PAGES
link(before, f"Back: {PAGES[before].question}")
