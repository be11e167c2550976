"""The browser components of the pages, each in a folder with HTML, CSS and JavaScript."""

from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

FOLDER = Path(__file__).parent


def component(name: str) -> ComponentRenderer:
    """Register a component and return the function that shows it.

    Call it once, when a module is imported: Streamlit identifies a component by its name.

    Parameters
    ----------
    name : str
        Folder of the component, with ``view.html``, ``view.css`` and JavaScript files.

    """
    html, css = ((FOLDER / name / f"view.{end}").read_text("utf-8") for end in ("html", "css"))
    return st.components.v2.component(f"fcnlib_{name}", html=html, css=css, js=script(name))


def script(name: str) -> str:
    """Return the JavaScript of a component as one module.

    Parameters
    ----------
    name : str
        Folder of the component. Its files follow ``common.js`` in alphabetical order.

    """
    files = [FOLDER / "common.js", *sorted((FOLDER / name).glob("*.js"))]
    return "\n".join(file.read_text("utf-8") for file in files)
