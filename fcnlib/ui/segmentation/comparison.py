"""What networks cost: parameters, multiply-adds, time and memory, measured on this machine."""

from collections.abc import Mapping

import streamlit as st

from fcnlib import engine
from fcnlib.networks.shipped import NETWORKS
from fcnlib.segmentation import Segmentation
from fcnlib.segmentation.tasks import Cost


def show_cost(results: Mapping[str, Segmentation]) -> None:
    """Show a column for each network that was run on the picture."""
    columns = {}
    for name, result in results.items():
        size = result.input_size or result.picture.shape[:2]
        parameters, operations, memory = _measured(name, result.precision, size)
        width = 2 if result.precision == "bfloat16" else 4
        columns[NETWORKS[name].title] = {
            "Parameters": f"{parameters / 1e6:,.2f} million",
            "Weights in memory": f"{width * parameters / 1e6:,.1f} MB",
            "Input": f"{size[0]} × {size[1]} px",
            "Multiply-adds": f"{operations / 1e9:,.2f} billion",
            "Layers in memory, at most": f"{memory / 1e6:,.1f} MB",
            "Time on this machine": f"{result.seconds['network']:.2f} s",
        }
    # Networks in columns, since a phone is too narrow for five figures side by side.
    figures = next(iter(columns.values()))
    rows = [
        {"": figure, **{title: column[figure] for title, column in columns.items()}}
        for figure in figures
    ]
    st.table(rows, hide_index=True, border="horizontal")
    st.caption(
        "Parameters are the numbers that the network learned. A multiply-add is one multiplication "
        "and one addition; those of all convolutions are counted. The memory of the layers is the "
        "most that TensorFlow held at once during a run. The time is that of one run of the "
        "network, without decoding and upsampling. The first run is slower."
    )


@st.cache_data(max_entries=64, show_spinner="Counting multiply-adds")
def _measured(name: str, precision: str, size: tuple[int, ...]) -> Cost:
    """Return the cost, measured once a size, since this runs the network."""
    cost: Cost = engine.run("cost", name, precision, size)
    return cost
