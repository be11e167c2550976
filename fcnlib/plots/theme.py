"""Colors and layout that all figures share.

Input, kernel, output and difference have the same color on every page. These four colors are
readable on white and on near-black backgrounds. They can be distinguished under the common forms
of color blindness, since they are Okabe and Ito's colors adjusted to similar lightness.
"""

from typing import Any, TypeAlias

import plotly.graph_objects as go

from fcnlib.plots.descriptions import describe, plain, sentences

Figure: TypeAlias = go.Figure

INPUT = "#3a8fd0"
KERNEL = "#e08a1e"
OUTPUT = "#1fa179"
DIFFERENCE = "#cc5fa0"
NEUTRAL = "#8a8f98"
FAINT = "#e7e9ec"
GRID = "rgba(138,143,152,0.25)"

TITLE = 40
"""Height of the title in px."""


def finish(figure: Figure, title: str, *, height: int = 320, alt: str = "", **more: Any) -> Figure:
    """Set the layout that all figures share, and return the figure.

    The background is transparent, so the page's light or dark theme shows through. The title,
    the height in px and `more` are set with it: every key of plotly's layout, where a dictionary
    such as ``legend`` adds to what is shared. A layout that the figure had before is lost.

    The figure keeps a description of what it shows, which `description` returns: the title, and
    `alt` or, by default, the values of its traces and its annotations.
    """
    shared: dict[str, Any] = {
        "title": {"text": title, "x": 0, "xanchor": "left", "font": {"size": 15}},
        "height": height,
        "margin": {"l": 8, "r": 8, "t": TITLE, "b": 8},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "legend": {"orientation": "h", "yanchor": "top", "y": -0.15, "x": 0},
    }
    added = {key: shared[key] | more[key] for key in ("margin", "legend") if key in more}
    # Setting a layout takes plotly a thirtieth of the time of updating one.
    figure.layout = shared | more | added
    return describe_again(figure, alt)


def describe_again(figure: Figure, alt: str = "") -> Figure:
    """Set the description of a figure that was changed after `finish`, and return the figure."""
    title = figure.layout.title.text or ""
    figure.layout.meta = {
        "alt": sentences(plain(title), alt)
        if alt
        else describe(figure, title, figure.layout.annotations)
    }
    return figure


def description(figure: Figure) -> str:
    """Return what a figure shows, in words and numbers; empty if `finish` did not make it."""
    return (figure.layout.meta or {}).get("alt", "")
