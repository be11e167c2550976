"""What the pages share; the only place that knows Streamlit."""

from fcnlib.ui.layout import PAGES, Page, chart, setup, show_error, show_source

__all__ = ["PAGES", "Page", "chart", "setup", "show_error", "show_source"]
