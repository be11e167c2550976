"""The folds of the page: the cost of each layer, the receptive field's formula, bfloat16."""

import numpy as np
import streamlit as st

from fcnlib.networks import dense_layer, receptive_field, vgg
from fcnlib.networks.layer_sizes import vgg_16_layers
from fcnlib.networks.precision import as_bfloat16, has_bfloat16
from fcnlib.ui.layout import choose_one, fold, show_source
from fcnlib.ui.network.dense import show_channels
from fcnlib.ui.network.padding import SIZES
from fcnlib.ui.network.picture import SIZE

_NUMBERS = {"1/3": 1 / 3, "π": np.pi, "0.1": 0.1, "1000.5": 1000.5, "16,777,217": 16_777_217.0}


def show_deeper() -> None:
    """Offer the folds."""
    fold(
        "Go deeper: memory, multiply-adds and receptive field of each layer",
        "network_cost_fold",
        _cost,
    )
    fold("Go deeper: fc6 with many channels", "network_channels_fold", show_channels)
    fold("Go deeper: bfloat16, numbers of 16 bits", "network_bfloat16_fold", _bfloat16)
    show_source(
        vgg.vgg_16,
        vgg_16_layers,
        receptive_field.receptive_field,
        dense_layer.as_kernel,
        dense_layer.valid_convolution,
        key="network_source",
    )


def _cost() -> None:
    with st.container(horizontal=True):
        name = choose_one(
            "Picture, pixels", SIZES, "768x1024", "network_cost_size", in_address=True
        )
        padding = choose_one(
            "Padding of fc6", ("SAME", "VALID"), "SAME", "network_cost_padding", in_address=True
        )
    height, width = map(int, name.split("x"))
    layers = vgg_16_layers(height, width, padding)
    rows = [
        {
            "Layer": layer.name,
            "Output": f"{layer.rows} × {layer.cols} × {layer.channels}",
            "Weights": f"{layer.weights:,}",
            "Multiply-adds, billion": f"{layer.multiply_adds / 1e9:.2f}",
            "Output, MB": f"{layer.nbytes / 1e6:.1f}",
            "Receptive field": f"{layer.field.size} px",
        }
        for layer in layers
    ]
    weights = sum(layer.weights for layer in layers)
    work = sum(layer.multiply_adds for layer in layers)
    st.table(rows, hide_index=True, border="horizontal")
    st.markdown(
        f"All layers together have **{weights:,} weights** and take **{work / 1e9:.2f} billion "
        "multiply-adds**, each one multiplication and one addition. An output is in float32, 4 "
        "bytes per number. Look at the extremes: the first block has the largest outputs and "
        "hardly any weights. fc6 has most of the weights."
    )
    _growth()


def _growth() -> None:
    st.subheader("How a receptive field grows")
    st.markdown(
        "A cell of a layer with kernel $k$ reads $k$ cells of the layer below. These are $j$ "
        "pixels apart, so the receptive field grows by $(k - 1)\\,j$. A stride $s$ multiplies the "
        "distance:"
    )
    st.latex(r"r_n = r_{n-1} + (k_n - 1)\,j_{n-1}, \qquad j_n = s_n\,j_{n-1}, \qquad r_0 = j_0 = 1")
    rows, before = [], (1, 1)
    for layer in vgg_16_layers(*SIZE):
        size, distance = before
        if layer.field.size != size:
            rows.append(
                {
                    "Layer": layer.name,
                    "Receptive field, px": f"{size} + ({layer.kernel} − 1) × {distance} = "
                    f"{layer.field.size}",
                    "Distance of cells, px": f"{distance} × {layer.stride} = {layer.field.stride}",
                }
            )
        before = layer.field.size, layer.field.stride
    st.table(rows, hide_index=True, border="horizontal")
    st.markdown("fc7 and fc8 have kernels of one cell, which do not enlarge it.")


def _bfloat16() -> None:
    weights = sum(layer.weights for layer in vgg_16_layers(*SIZE))
    own = "supports it" if has_bfloat16() else "only emulates it, which is slower"
    st.markdown(
        "**bfloat16** keeps the range of float32 and 8 of its 24 significant bits. The weights of "
        f"VGG-16 then take {2 * weights / 1e6:.0f} MB instead of {4 * weights / 1e6:.0f} MB. "
        "On processors that support it, VGG-16 is two to three times as fast. This machine's "
        f"processor {own}. What rounding to bfloat16 does to some numbers:"
    )
    exact = np.array(list(_NUMBERS.values()), np.float32)
    st.table(
        [
            {
                "Number": name,
                "float32": f"{single:,.9g}",
                "bfloat16": f"{rounded:,.9g}",
                "Relative error": f"{abs(rounded - value) / value:.1e}",
            }
            for (name, value), single, rounded in zip(
                _NUMBERS.items(), exact.tolist(), as_bfloat16(exact).tolist(), strict=True
            )
        ],
        hide_index=True,
        border="horizontal",
    )
    st.markdown(
        "The error of a rounded number is at most 1/256 of it. The Segmentation page can run "
        "VGG-16 in both formats and shows every pixel whose class differs."
    )
