"""Figure of a network as a chain: the forward pass, and how far the gradient flows back."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import plotly.graph_objects as go

from fcnlib.plots import theme
from fcnlib.plots.descriptions import plain, sentences

_HALF = 0.38  # of a box's width; boxes are 1 apart
_FORWARD, _BACKWARD = 0.24, -0.24  # heights of the arrows between two boxes
_BOX = 0.5  # half of a box's height
_INK = "#10131a"  # on the colors of all roles
_SOFT = "#767b84"  # on white and on the dark background alike


class Box(NamedTuple):
    """A part of the network.

    Attributes
    ----------
    name : str
        At most two short lines, separated by ``<br>``.
    color : str
        One of the roles in `fcnlib.plots.theme`.
    gradient : str
        What is written below the name about the gradient of its weights, may be empty.

    """

    name: str
    color: str
    gradient: str = ""


class Passage(NamedTuple):
    """What one part passes to the next, and the gradient that comes back.

    Attributes
    ----------
    name : str
        Name of the array, written above the arrows.
    gradient : str
        What is written below them.
    arrives : bool or None
        Whether a gradient comes back; None if nobody asked for it.

    """

    name: str
    gradient: str = ""
    arrives: bool | None = True


def chain_figure(
    boxes: Sequence[Box], passages: Sequence[Passage], *, height: int = 150
) -> go.Figure:
    """Draw a chain of boxes with arrows forward and backward between them.

    Parameters
    ----------
    boxes : sequence of Box
        From the picture to the loss.
    passages : sequence of Passage
        One fewer: from each box to the next.
    height : int, optional
        Height in px.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        Its annotations are the texts and the arrows. A gradient that does not arrive is a dotted
        line with a cross.

    Raises
    ------
    ValueError
        If there is not one passage for each two neighboring boxes.

    Examples
    --------
    >>> boxes = [Box("Scores", theme.INPUT), Box("Loss", theme.NEUTRAL)]
    >>> figure = chain_figure(boxes, [Passage("map", "None", arrives=False)])
    >>> [note.text for note in figure.layout.annotations if note.text]
    ['<b>Scores</b>', '<b>Loss</b>', 'map', '<b>×</b>', 'None']

    """
    if len(passages) != len(boxes) - 1:
        msg = f"passages must be one fewer than the {len(boxes)} boxes, got {len(passages)}."
        raise ValueError(msg)
    shapes: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    for place, box in enumerate(boxes):
        shapes.append(_filled(place, box.color))
        text = f"<b>{box.name}</b>" + (f"<br>{box.gradient}" if box.gradient else "")
        notes.append(_text(place, 0, text, color=_INK))
    for place, passage in enumerate(passages):
        left, right = place + _HALF, place + 1 - _HALF
        notes.append(_text(place + 0.5, _BOX + 0.06, passage.name, anchor="bottom"))
        notes.append(_arrow(left, right, _FORWARD, theme.NEUTRAL))
        if passage.arrives:
            notes.append(_arrow(right, left, _BACKWARD, theme.DIFFERENCE))
        elif passage.arrives is not None:
            shapes.append(_dotted(left, right))
            notes.append(_text(place + 0.5, _BACKWARD, "<b>×</b>", color=theme.DIFFERENCE, size=24))
        if passage.gradient:
            notes.append(_text(place + 0.5, -_BOX - 0.06, passage.gradient, anchor="top"))
    # Without texts below the arrows, no room is needed there.
    lowest = -1.05 if any(passage.gradient for passage in passages) else -0.6
    hidden = {"visible": False, "fixedrange": True}
    return theme.finish(
        go.Figure(),
        "",
        height=height,
        alt=_alt(boxes, passages),
        margin={"l": 0, "r": 0, "t": 4, "b": 4},
        xaxis=hidden | {"range": [-_HALF - 0.02, len(boxes) - 0.98 + _HALF]},
        yaxis=hidden | {"range": [lowest, 0.85]},
        shapes=shapes,
        annotations=notes,
        dragmode=False,
    )


def _alt(boxes: Sequence[Box], passages: Sequence[Passage]) -> str:
    """Return which gradient comes back to each box, beginning with the last one."""
    said = [f"A chain of {len(boxes)} boxes: " + " → ".join(box.name for box in boxes)]
    for box, passage in reversed([*zip(boxes, passages, strict=False)]):
        if passage.arrives is not None:
            how = "comes back" if passage.arrives else "does not come back"
            said.append(f"The gradient of {passage.name} {how} {passage.gradient}".rstrip())
        if box.gradient:
            said.append(f"{box.name}: {plain(box.gradient)}")
    if boxes[-1].gradient:
        said.append(f"{boxes[-1].name} {plain(boxes[-1].gradient)}")
    return plain(sentences(*said))


def _filled(place: int, color: str) -> dict[str, Any]:
    box = {"x0": place - _HALF, "x1": place + _HALF, "y0": -_BOX, "y1": _BOX}
    return {"type": "rect", "layer": "below", "fillcolor": color, "line": {"width": 0}} | box


def _dotted(left: float, right: float) -> dict[str, Any]:
    line = {"color": theme.DIFFERENCE, "width": 2, "dash": "dot"}
    ends = {"x0": left, "x1": right, "y0": _BACKWARD, "y1": _BACKWARD}
    return {"type": "line", "line": line} | ends


def _arrow(start: float, end: float, y: float, color: str) -> dict[str, Any]:
    tail = {"ax": start, "ay": y, "axref": "x", "ayref": "y", "showarrow": True, "text": ""}
    head = {"arrowhead": 2, "arrowsize": 1.2, "arrowwidth": 2.5, "arrowcolor": color}
    return {"x": end, "y": y} | tail | head


def _text(
    x: float, y: float, text: str, *, anchor: str = "middle", color: str = _SOFT, size: int = 12
) -> dict[str, Any]:
    place = {"x": x, "y": y, "showarrow": False, "yanchor": anchor}
    return {"text": text, "font": {"size": size, "color": color}} | place
