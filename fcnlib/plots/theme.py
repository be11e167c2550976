"""Colors that mean the same on every page, and the frame every figure shares.

Four roles keep their color: input, kernel, output, difference. Each is a mid-tone that
reads on white and on near-black alike, and the four stay apart under the common forms of
color blindness (they follow Okabe and Ito's set, evened out in lightness).
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import plotly.graph_objects as go

INPUT = "#3a8fd0"
KERNEL = "#e08a1e"
OUTPUT = "#1fa179"
DIFFERENCE = "#cc5fa0"
NEUTRAL = "#8a8f98"
FAINT = "#e7e9ec"


def finish(figure: "go.Figure", title: str, *, height: int = 320) -> "go.Figure":
    """Give `figure` its title, height in px and the margins that all figures share.

    Backgrounds stay transparent, so that the page's light or dark theme shows through.
    """
    return figure.update_layout(
        title={"text": title, "x": 0, "xanchor": "left", "font": {"size": 15}},
        height=height,
        margin={"l": 8, "r": 8, "t": 40, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        legend={"orientation": "h", "yanchor": "top", "y": -0.15, "x": 0},
    )
