"""Scripts and notebooks for visitors to keep, which repeat what a page shows.

Each page of the story has a script in this folder. It is a text file because a module would run
when it is imported. It has the page's initial settings, one per line, and the page replaces those
that the visitor has changed.
"""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import streamlit as st

NAMES = {path.stem for path in Path(__file__).parent.glob("*.txt")}
"""Names of the pages that have a script."""

_NAME, _NOTED = "script_name", "script_settings"
_INSTALL = (
    'Written by the page "{page}" of fcnlib, with its settings at that moment. To install fcnlib,\n'
    "clone its repository and run there: pip install -r requirements.txt"
)


def begin(name: str) -> None:
    """Note which script the page that runs has, and forget the settings of the previous run."""
    st.session_state[_NAME], st.session_state[_NOTED] = name, {}


def note(**settings: object) -> None:
    """Note settings of the page that runs, by their names in its script.

    A fragment may call this at any time: the buttons of `offer` use what was noted last.
    """
    st.session_state.setdefault(_NOTED, {}).update(settings)


def offer(page: str, question: str) -> None:
    """Offer the page's script and the same as a notebook, both made when they are asked for.

    Nothing is offered by a page that has no script.

    Parameters
    ----------
    page, question : str
        Title and heading of the page.

    """
    if (name := st.session_state.get(_NAME)) not in NAMES:
        return
    asked = name, page, question, st.session_state[_NOTED]
    for label, make, ending, icon in (
        ("Open as script", script, "py", "code"),
        ("Open as notebook", notebook, "ipynb", "book"),
    ):
        st.download_button(
            label,
            partial(make, *asked),
            f"fcnlib_{name}.{ending}",
            "text/x-python" if ending == "py" else "application/x-ipynb+json",
            key=f"save_{ending}",
            icon=f":material/{icon}:",
            on_click="ignore",
            help="Python that computes what this page shows, with your settings.",
        )


def script(name: str, page: str, question: str, settings: Mapping[str, object]) -> str:
    """Return the script of a page with these settings.

    Parameters
    ----------
    name : str
        One of `NAMES`.
    page, question : str
        Title and heading of the page.
    settings : mapping of str to object
        As for `code`.

    """
    return f'"""{question}\n\n{_INSTALL.format(page=page)}\n"""\n\n{code(name, settings)}\n'


def notebook(name: str, page: str, question: str, settings: Mapping[str, object]) -> str:
    """Return what `script` returns as a notebook with a cell for each paragraph."""
    import nbformat.v4 as nb  # takes half a second

    cells = [nb.new_markdown_cell(f"# {question}\n\n{_INSTALL.format(page=page)}")]
    cells += [nb.new_code_cell(part) for part in code(name, settings).split("\n\n")]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nb.writes(nb.new_notebook(cells=cells, metadata={"kernelspec": kernel}))


def code(name: str, settings: Mapping[str, object]) -> str:
    """Return the code of a script, in which lines that set one of `settings` set it to its value.

    Parameters
    ----------
    name : str
        One of `NAMES`.
    settings : mapping of str to object
        Values of Python's own types, which the script gets as literals. So a text that a visitor
        typed is a string in the script, whatever it contains.

    Raises
    ------
    KeyError
        If the script has no such setting.

    """
    lines = Path(__file__).with_name(f"{name}.txt").read_text(encoding="utf-8").splitlines()
    # The first line that sets a name is its setting.
    places = {lines[place].partition(" = ")[0]: place for place in reversed(range(len(lines)))}
    for setting, value in settings.items():
        _, mark, comment = lines[places[setting]].partition("  # ")
        lines[places[setting]] = f"{setting} = {value!r}{mark}{comment}"
    return "\n".join(lines)
