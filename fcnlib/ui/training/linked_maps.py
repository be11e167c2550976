"""Maps of one drawn scene next to each other; pointing at one marks the same pixel in all."""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import numpy as np

from fcnlib import scenes
from fcnlib.images import digest, encode_jpeg, encode_png
from fcnlib.images.colors import paint
from fcnlib.plots import theme
from fcnlib.plots.frames import data_url
from fcnlib.typing import LabelMap
from fcnlib.ui.components import component

_component = component("linked_maps")


class Panel(NamedTuple):
    """One of the maps.

    Attributes
    ----------
    title : str
        Short name, also used where the classes of the marked pixel are listed.
    kind : {"picture", "truth", "answer", "wrong"}
        What is shown; ``"wrong"`` shows where an answer differs from the truth, which must be
        one of the other panels.
    pixels : ndarray, optional
        RGB of shape (H, W, 3) for a picture, otherwise labels of shape (H, W), all of one size.
        None while it is being computed.
    note : str, optional
        What follows the title.

    """

    title: str
    kind: Literal["picture", "truth", "answer", "wrong"]
    pixels: Any = None
    note: str = ""


def show_maps(panels: Sequence[Panel], key: str, columns: int, **options: Any) -> None:
    """Show panels of one size; the arguments are those of `maps_data`."""
    _component(key=key, data=maps_data(panels, columns, **options))


def maps_data(
    panels: Sequence[Panel],
    columns: int,
    *,
    start: tuple[int, int] | None = None,
    legend: bool = False,
    waiting: str = "",
) -> dict[str, Any]:
    """Return what the browser needs to draw the panels.

    Parameters
    ----------
    panels : sequence of Panel
        At least one of them has its pixels.
    columns : int
        How many are shown in a row, if they are not too narrow.
    start : tuple of int, optional
        Row and column of the pixel that is marked first; by default the middle.
    legend : bool, optional
        Whether the colors of the classes are listed.
    waiting : str, optional
        What a panel without pixels says.

    Returns
    -------
    data : dict
        Can be stored as JSON. The images are data URLs, where a class has its color in `colors`.

    """
    height, width = next(panel.pixels for panel in panels if panel.pixels is not None).shape[:2]
    shown = [
        {
            "title": panel.title,
            "note": panel.note,
            "kind": panel.kind,
            "image": "" if panel.pixels is None else _image(panel),
            "alt": f"{panel.title} {panel.note}".strip(),
        }
        for panel in panels
    ]
    return {
        "digest": digest(repr((shown, columns, start)).encode()),
        "panels": shown,
        "columns": columns,
        "height": height,
        "width": width,
        "start": list(start or (height // 2, width // 2)),
        "names": list(scenes.CLASSES),
        "colors": list(scenes.PALETTE),
        "legend": legend,
        "waiting": waiting,
        "right": theme.FAINT,
        "wrong": theme.DIFFERENCE,
    }


def telling_pixel(truth: LabelMap, coarse: LabelMap, fine: LabelMap) -> tuple[int, int] | None:
    """Return a pixel that only the finer map has right, of the class that is rarest there.

    Examples
    --------
    >>> truth = np.array([[0, 0, 1], [0, 0, 2]])
    >>> telling_pixel(truth, np.zeros_like(truth), truth)
    (0, 2)

    """
    mended = (coarse != truth) & (fine == truth)
    if not mended.any():
        return None
    counts = np.bincount(truth.ravel())
    rarest = min(np.unique(truth[mended]).tolist(), key=counts.__getitem__)
    found = np.argwhere(mended & (truth == rarest))
    row, col = found[len(found) // 2].tolist()
    return row, col


def _image(panel: Panel) -> str:
    if panel.kind == "picture":
        return data_url("image/jpeg", encode_jpeg(np.asarray(panel.pixels, np.uint8)))
    return data_url("image/png", encode_png(paint(np.asarray(panel.pixels), scenes.COLORS)))
