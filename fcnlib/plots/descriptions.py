"""What a figure shows, in words and numbers, for those who hear the page instead of seeing it."""

import re
from collections.abc import Iterable
from itertools import groupby
from typing import Any

import numpy as np
import plotly.graph_objects as go

from fcnlib.typing import AnyArray

MOST_VALUES = 25
"""Largest number of values of a trace that are listed. Of others, the ends and extremes are."""

MOST_NAMES = 8
"""Largest number of class names, or notes inside a figure, that are listed."""

_ROUNDING = 1e-12
_BREAK = re.compile(r"<br\s*/?>")
_TAG = re.compile(r"<[^<>]+>")


def describe(figure: go.Figure, title: str, notes: Iterable[Any] = ()) -> str:
    """Return what a figure shows, with the values of its traces.

    Parameters
    ----------
    figure : plotly.graph_objects.Figure
        With scatter, bar, heatmap or image traces. Traces without points, which are there for the
        legend, are left out.
    title : str
        Title of the figure.
    notes : iterable of dict or plotly.graph_objects.layout.Annotation, optional
        Texts in the figure.

    Returns
    -------
    text : str
        Sentences without markup.

    Examples
    --------
    >>> describe(go.Figure(go.Bar(x=["sky", "road"], y=[0.8, 0.25], name="FCN-8s")), "IU")
    'IU. FCN-8s: sky 0.8, road 0.25.'

    """
    describers = {"scatter": _scatter, "bar": _bar, "heatmap": _heatmap}
    traces = (describers[trace.type](trace) for trace in figure.data if trace.type in describers)
    texts = [plain(note["text"]) for note in notes if note["text"]]
    return sentences(plain(title), *traces, ", ".join(texts[: 2 * MOST_NAMES]))


def sentences(*parts: str) -> str:
    """Join the parts that are not empty, each as a sentence.

    Examples
    --------
    >>> sentences("Kernel", "", "5 × 5 values.")
    'Kernel. 5 × 5 values.'

    """
    return " ".join(
        part if part.endswith(("?", "!")) else f"{part.rstrip('.')}." for part in parts if part
    )


def plain(text: str | None) -> str:
    """Return a text of plotly without its markup.

    Examples
    --------
    >>> plain("<b>Scores</b><br>32 × 32")
    'Scores, 32 × 32'

    """
    return _TAG.sub("", _BREAK.sub(", ", text or "")).strip()


def number(value: float) -> str:
    """Return a number with three digits; what is below 1e-12 is rounding, so it becomes 0.

    Examples
    --------
    >>> number(-0.12345), number(12345.6), number(2e-8)
    ('−0.123', '12,346', '2e−08')

    """
    value = float(value)  # the smallest integer of a NumPy type has no absolute value in that type
    value = 0 if abs(value) < _ROUNDING else value
    shown = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return shown.replace("-", "−")


def shares(names: AnyArray) -> str:
    """Return which share of the elements each name has, the largest first.

    Examples
    --------
    >>> shares(np.array([["cat", "cat"], ["cat", "sofa"]]))
    'cat 75%, sofa 25%'

    """
    found, counts = np.unique(names, return_counts=True)
    order = counts.argsort(kind="stable")[::-1]
    parts = [f"{found[n]} {counts[n] / names.size:.1%}".replace(".0%", "%") for n in order]
    others = len(parts) - MOST_NAMES
    return ", ".join(parts[:MOST_NAMES] + ([f"and {others} others"] if others > 0 else []))


def _scatter(trace: go.Scatter) -> str:
    if trace.mode == "text":
        return _rows_of_texts(trace)
    if trace.y is None:
        return ""
    y = np.array(trace.y, np.float64)
    x = np.arange(len(y)) if trace.x is None else np.asarray(trace.x)
    shown = np.isfinite(y)
    x, y = x[shown], y[shown]
    if not len(y):
        return ""
    name = plain(trace.name) or ("Points" if trace.mode == "markers" else "Line")
    if len(y) <= MOST_VALUES:
        points = [f"{number(v)} at {_place(p)}" for p, v in zip(x, y, strict=True)]
        return f"{name}: {', '.join(points)}"
    low, high = int(y.argmin()), int(y.argmax())
    return (
        f"{name}: from {number(y[0])} at {_place(x[0])} to {number(y[-1])} at {_place(x[-1])}, "
        f"lowest {number(y[low])} at {_place(x[low])}, "
        f"highest {number(y[high])} at {_place(x[high])}"
    )


def _rows_of_texts(trace: go.Scatter) -> str:
    """Return texts by row, from those of a trace that has one text at each point."""
    texts = [trace.text] * len(trace.x) if isinstance(trace.text, str) else trace.text
    if texts is None:
        return ""
    rows = groupby(zip(trace.y, texts, strict=True), key=lambda point: point[0])
    return "; ".join(" ".join(plain(str(text)) for _, text in row) for _, row in rows)


def _bar(trace: go.Bar) -> str:
    names, values = (trace.y, trace.x) if trace.orientation == "h" else (trace.x, trace.y)
    texts = trace.text if trace.text is not None else trace.customdata
    if texts is None or isinstance(texts, str) or not all(isinstance(text, str) for text in texts):
        texts = [number(float(value)) for value in values]
    pairs = [f"{name} {text}" for name, text in zip(names, texts, strict=True) if text != "nan"]
    return f"{plain(trace.name) or 'Bars'}: {', '.join(pairs)}"


def _heatmap(trace: go.Heatmap) -> str:
    z = np.asarray(trace.z, np.float64)
    known = z[np.isfinite(z)]
    if not known.size:
        return ""
    size = f"{z.shape[0]} × {z.shape[1]} values"
    if trace.text is not None and not known.any():  # an invisible layer of names
        return shares(np.asarray(trace.text))
    if trace.text is not None:
        rows = np.where(np.isfinite(z), np.asarray(trace.text, object), "")
        return f"{size}: {'; '.join(' '.join(map(str, row)).strip() for row in rows)}"
    if known.size <= MOST_VALUES:
        lines = "; ".join(" ".join(map(number, row[np.isfinite(row)])) for row in z)
        return f"{size}: {lines}"
    return (
        f"{size} from {number(known.min())} to {number(known.max())}, mean {number(known.mean())}"
    )


def _place(x: Any) -> str:
    return x if isinstance(x, str) else number(float(x))
