"""The truth table of the checkerboard: ripple by kernel size and stride."""

from typing import TYPE_CHECKING, Any

import numpy as np

from fcnlib.checkerboard import Ripples
from fcnlib.plots import theme

if TYPE_CHECKING:
    import plotly.graph_objects as go

FLAT, SLIGHT, GAPS = "#a9dcc8", "#f6e1ec", "#b9bdc4"
_FRAME, _CHOSEN = "#22262b", theme.INPUT
_STRONGEST = 16.0  # a ripple that gets the full colour
_ROW = 32  # px


def ripples_figure(ripples: Ripples, chosen: tuple[int, int]) -> "go.Figure":
    """Draw the ripple of each size and stride, framed where the stride divides the size.

    Parameters
    ----------
    ripples : Ripples
        From `fcnlib.checkerboard.ripples`.
    chosen : tuple of int
        Size and stride of the cell to mark.

    Returns
    -------
    figure : plotly.graph_objects.Figure
        A heatmap under points that nobody sees, which can be selected and bear size and
        stride as `customdata`. Green is flat, grey has gaps, the rest ripples.

    Examples
    --------
    >>> from fcnlib.checkerboard import ripples
    >>> table = ripples(lambda size: np.ones((size, size)), [3, 4], [2, 5])
    >>> ripples_figure(table, (3, 2)).data[0].text
    array([['4.00', 'gaps'],
           ['1', 'gaps']], dtype=object)

    """
    import plotly.graph_objects as go

    sizes, strides = ([str(number) for number in axis] for axis in ripples[:2])
    heatmap = go.Heatmap(
        z=_colour_places(ripples),
        x=strides,
        y=sizes,
        zmin=0,
        zmax=1,
        text=_numbers(ripples),
        texttemplate="%{text}",
        textfont={"size": 13},
        colorscale=[
            (0, FLAT),
            (0.1, FLAT),
            (0.1, SLIGHT),
            (0.9, theme.DIFFERENCE),
            (0.9, GAPS),
            (1, GAPS),
        ],
        showscale=False,
        hoverinfo="skip",
        xgap=1,
        ygap=1,
    )
    figure = go.Figure([heatmap, _points(ripples)])
    frames = [_frame(row, col, _FRAME, 1.5) for row, col in np.argwhere(ripples.divisible)]
    place = ripples.sizes.index(chosen[0]), ripples.strides.index(chosen[1])
    # All at once: each one added to a figure by itself takes milliseconds.
    figure.update_layout(shapes=[*frames, _frame(*place, _CHOSEN, 4)])
    theme.finish(figure, "Ripple: brightest over darkest", height=_ROW * len(sizes) + 96)
    axis = {"fixedrange": True, "showgrid": False, "zeroline": False, "type": "category"}
    figure.update_xaxes(**axis, title="Stride", range=[-0.5, len(strides) - 0.5])
    figure.update_yaxes(**axis, title="Kernel size", range=[len(sizes) - 0.5, -0.5])
    return figure.update_layout(showlegend=False, dragmode=False, clickmode="event+select")


def _colour_places(ripples: Ripples) -> np.ndarray:
    """Return where on the colour scale each cell stands, in [0, 1]."""
    strength = np.log(np.clip(ripples.ripple, 1, _STRONGEST)) / np.log(_STRONGEST)
    places = 0.11 + 0.78 * strength
    return np.select([ripples.flat, np.isinf(ripples.ripple)], [0.0, 1.0], places)


def _numbers(ripples: Ripples) -> np.ndarray:
    written = np.vectorize(lambda value: f"{value:.2f}" if value < 10 else f"{value:.0f}")
    numbers = written(ripples.ripple)
    return np.select([ripples.flat, np.isinf(ripples.ripple)], ["1", "gaps"], numbers)


def _points(ripples: Ripples) -> "go.Scatter":
    import plotly.graph_objects as go

    cells = [(size, stride) for size in ripples.sizes for stride in ripples.strides]
    unseen = {"marker": {"opacity": 0}}
    return go.Scatter(
        x=[str(stride) for _, stride in cells],
        y=[str(size) for size, _ in cells],
        customdata=cells,
        mode="markers",
        marker={"size": 28, "symbol": "square", "opacity": 0},
        selected=unseen,
        unselected=unseen,
        hovertext=[f"kernel {size}, stride {stride}" for size, stride in cells],
        hoverinfo="text",
    )


def _frame(row: int, col: int, color: str, width: float) -> dict[str, Any]:
    return {
        "type": "rect",
        "x0": col - 0.46,
        "x1": col + 0.46,
        "y0": row - 0.42,
        "y1": row + 0.42,
        "line": {"color": color, "width": width},
    }
