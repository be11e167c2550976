"""Section on two networks for phones, whose last layers are replaced by other upsamplings."""

import streamlit as st

from fcnlib import images
from fcnlib.networks import deeplab, selfie_segmentation
from fcnlib.plots.class_maps import discrete_matshow, mask_figure
from fcnlib.segmentation import last_layer
from fcnlib.segmentation.tasks import LastLayers
from fcnlib.typing import Float32Array, LabelMap
from fcnlib.ui.jobs import on_opening, task
from fcnlib.ui.layout import chart_row, choose_one, fold, show_source

KEY = "transposed_convolution_phone"
JOB = f"{KEY}_job"
HEIGHT = 240

LAYERS = {
    last_layer.TRIANGLE: "15 × 15 triangle",
    last_layer.POST: "16 × 16 triangle",
    last_layer.NEAREST: "Nearest cell",
}
MASKS = {
    "learned": "Learned 2 × 2 kernels",
    "nearest": "Nearest: equal weights",
    "bilinear": "Bilinear",
}


def show_phone() -> None:
    """Show a fold with the two networks; they run when it is opened."""
    fold("Go deeper: inside a network on your phone", KEY, _show)


def _show() -> None:
    st.markdown(
        "Here are two networks that are small enough for a phone. The last layer of **DeepLab v3** "
        "upsamples the scores of its cells by a factor of 8 with bilinear interpolation. A "
        "transposed convolution gives the same result if its weights form a triangle along each "
        "axis. Watch which pixels change their class if the kernel has one more row and column, "
        "or if each pixel takes the scores of the nearest cell."
    )
    key = f"{KEY}_sample"
    name = choose_one(
        "Photograph", images.SAMPLES, "astronaut", key, in_address=True, control=st.pills
    )
    work = task("last_layers", name)
    result: LastLayers | None = on_opening("inference", JOB, key=("last layers", name), work=work)
    if result is None:
        return
    _show_voc(result.label_maps, images.SAMPLES[name or "astronaut"])
    _show_people(result.masks)
    show_source(last_layer.voc_label_maps, last_layer.people_masks, key=f"{KEY}_source")


def _show_voc(label_maps: dict[str, LabelMap], photograph: str) -> None:
    own = label_maps[last_layer.RESIZE]
    figures = {
        "own": discrete_matshow(
            own,
            deeplab.CLASSES,
            f"{photograph}, its own layer",
            colors=deeplab.voc_palette(len(deeplab.CLASSES)),
            legend=3,
            height=HEIGHT + 45,  # with three classes in the legend
        )
    }
    for name, share in last_layer.changed(label_maps).items():
        title = f"{LAYERS[name]}<br><sup>{share:.2%} of the pixels change</sup>"
        figures[name] = mask_figure(label_maps[name] != own, title, height=HEIGHT)
    chart_row(f"{KEY}_voc", figures)
    st.markdown(
        "**The kernel must fit the grid.** The centers of DeepLab's outermost cells are the "
        "centers of the outermost pixels. This is called aligned corners. The kernel for this grid "
        "has 2 × 8 − 1 = 15 weights per side and is centered on a pixel. The kernel of the blog "
        "post that this app follows has 16 weights per side and treats cells as blocks of 8 × 8 "
        "pixels. It moves every score 3.5 pixels down and to the right. On the page Segmentation "
        "(step 4), the wrong grid is stretched over the whole photograph. There, scores move in "
        "opposite directions at opposite borders and hardly at all in the middle, so fewer pixels "
        "change their class."
    )


def _show_people(masks: dict[str, Float32Array]) -> None:
    st.markdown(
        "**MediaPipe's selfie segmentation** finds only people, for example in video calls. Its "
        "last layer is a transposed convolution whose weights were learned. It has 16 input "
        "arrays, the channels, and a kernel of 2 × 2 weights for each. The stride is 2, so copies "
        "never overlap."
    )
    learned = masks["learned"] > 0.5
    figures = {}
    for name, mask in masks.items():
        shown = learned if name == "learned" else (mask > 0.5) != learned
        what = "person" if name == "learned" else "another class"
        title = f"{MASKS[name]}<br><sup>{shown.mean():.2%} of the pixels: {what}</sup>"
        figures[name] = mask_figure(shown, title, height=HEIGHT)
    chart_row(f"{KEY}_people", figures)
    kernels = last_layer.phase_sums(selfie_segmentation.last_layer())
    flat = sum(kernel.max() == kernel.min() for kernel in kernels)
    st.markdown(
        "Each output pixel uses exactly one weight of each kernel. A kernel turns a constant input "
        "into a constant output only if its four weights are equal. Otherwise the output is a "
        f"**checkerboard**. Kernels with four equal weights: {flat} of 16."
    )
    rows = [
        {"channel": channel}
        | {f"weight ({p}, {q})": round(float(kernel[p, q]), 3) for p in (0, 1) for q in (0, 1)}
        for channel, kernel in enumerate(kernels)
    ]
    st.dataframe(rows, hide_index=True, key=f"{KEY}_kernels", height=220)
