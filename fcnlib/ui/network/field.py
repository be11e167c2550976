"""The receptive field of a cell of VGG-16's layer fc7, compared with the pixels of the cell."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fcnlib.networks.layer_sizes import vgg_16_layers
from fcnlib.networks.receptive_field import Field
from fcnlib.networks.vgg import STRIDE, vgg_16_cells
from fcnlib.plots.network import fields_figure, seen_figure
from fcnlib.segmentation.network_geometry import vgg_16_geometry
from fcnlib.ui import scripts
from fcnlib.ui.layout import chart, drawn
from fcnlib.ui.network.picture import SIZE, photograph
from fcnlib.ui.rows import wrapping_columns
from fcnlib.ui.story import part, predict, so, step

_CHOICES = {"0": "nothing", "50": "about half", "92": "almost all"}
_ROWS, _COLS = vgg_16_cells(*SIZE)


def overlap() -> float:
    """Return the share of a cell's receptive field that its neighbor's has too, in [0, 1]."""
    fields = vgg_16_geometry().receptive_fields["fc7"]
    return (fields.size - fields.stride) / fields.size


@part
def show_field() -> None:
    """Show a cell and its receptive field, and after the prediction its neighbor's."""
    fields = vgg_16_geometry().receptive_fields["fc7"]
    pool = next(layer.field for layer in vgg_16_layers(*SIZE) if layer.name == "pool5")
    with step("network_field", "Does a cell see too little?", 4):
        st.markdown(
            f"No. Each pooling moves by 2 cells, its **stride**. After five, cells are {STRIDE} "
            f"pixels apart. A cell of pool5 depends on {pool.size} × {pool.size} pixels. fc6 reads "
            f"7 × 7 of these cells. The first and the last are 6 × {STRIDE} pixels apart, so "
            f"a cell of fc6 depends on {fields.size} × {fields.size}. Move the cell to the border. "
            "Watch how much of its receptive field lies outside the picture, where the network "
            "reads zeros."
        )
        control, place, seen = wrapping_columns("network_field_row", (6, 6, 5))
        with control:
            known = predict(
                "network_overlap",
                "how much of its receptive field does a cell share with its right neighbor?",
                _CHOICES,
                _answer,
            )
            col = st.slider(
                "Column of the cell", 1, _COLS, 17, key="network_column", bind="query-params"
            )
            with st.expander("More controls", key="network_field_more"):
                row = st.slider(
                    "Row of the cell", 1, _ROWS, 12, key="network_row", bind="query-params"
                )
        row, col = min(max(row, 1), _ROWS), min(max(col, 1), _COLS)
        scripts.note(ROW=row, COLUMN=col)
        _show_cell(place, seen, (row - 1, col - 1), known=known)
        so(
            f"a cell sees {fields.size} × {fields.size} pixels, so it knows what surrounds it. The "
            f"answer is coarse because its cells are {STRIDE} pixels apart."
        )


def _answer() -> tuple[str, str]:
    fields = vgg_16_geometry().receptive_fields["fc7"]
    share = round(100 * overlap())
    return str(share), (
        f"The receptive fields are {fields.size} pixels wide and {fields.stride} pixels apart: "
        f"({fields.size} − {fields.stride}) / {fields.size} = {share}%. Neighbors see almost the "
        "same, but each has to answer for its own cell."
    )


def _show_cell(
    place: DeltaGenerator, seen: DeltaGenerator, at: tuple[int, int], *, known: bool
) -> None:
    row, col = at
    fields = vgg_16_geometry().receptive_fields["fc7"]
    cell = Field(row * STRIDE, col * STRIDE, STRIDE)
    field, picture = fields.field(row, col), photograph(*SIZE)
    # The neighbor is on the left of a cell in the last column.
    neighbor = fields.field(row, col + 1 if col + 1 < _COLS else col - 1)
    with place:
        title = "Dotted: the neighbor's field" if known else "A cell and its receptive field"
        shown = [field, neighbor] if known else [field]
        figure = drawn(fields_figure, picture, cell, shown, title, beyond=190, height=310)
        alt = f"A cell of {STRIDE} px within a receptive field of {field.size} px"
        chart(figure, "network_cell", alt=alt)
    with seen:
        title = "What it sees"
        figure = drawn(seen_figure, picture, field, cell, title, height=250)
        chart(figure, "network_cell_seen", alt=title)
        outside = field.outside(picture.shape)
        st.markdown(
            f"{outside:.0%} of the receptive field lies outside the picture."
            if outside
            else "All of it lies within the picture."
        )
