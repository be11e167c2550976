"""Step on the chain of a network: where the gradient stops if upsampling is a library call."""

import numpy as np
import streamlit as st

from fcnlib import engine
from fcnlib.plots import theme
from fcnlib.plots.backward import Box, Passage, chain_figure
from fcnlib.plots.theme import Figure
from fcnlib.typing import Float64Array
from fcnlib.ui import scripts
from fcnlib.ui.comparison import Comparison, compare_later, compared_last
from fcnlib.ui.layout import chart, choose_one, drawn, try_again
from fcnlib.ui.story import predict, so
from fcnlib.upsampling.backward import Backward

KEY = "why_a_layer"
METHODS = {
    "layer": "Layer: conv2d_transpose",
    "library": "Library call: scikit-image",
    "resize": "tf.image.resize",
}
_NAMES = {
    "layer": "Upsampling<br>layer",
    "library": "scikit-<br>image call",
    "resize": "tf.image<br>.resize",
}
_CALLS = {
    "layer": "tf.nn.conv2d_transpose(scores, kernel, …)",
    "library": "tf.numpy_function(skimage_rescale, [scores], …)",
    "resize": "tf.image.resize(scores, …)",
}
ROUNDING = 1e-12


def show_chain() -> None:
    """Show the chain without numbers, as the opening of the page."""
    boxes = [
        Box("Picture", theme.INPUT),
        Box("Layers", theme.KERNEL, "with<br>weights"),
        Box("Upsampling", theme.OUTPUT),
        Box("Loss", theme.NEUTRAL),
    ]
    passages = [Passage("", arrives=None), Passage("scores"), Passage("map")]
    chart(drawn(chain_figure, boxes, passages, height=130), f"{KEY}_chain")


@compared_last
def show_stop() -> Comparison:
    """Ask what TensorFlow returns in front of a library call, and show what it returned."""
    known, method = False, "layer"
    with try_again(f"{KEY}_answer"):
        known = predict(
            f"{KEY}_stop",
            "A call of scikit-image replaces the layer and returns the same map. Which "
            "gradient does TensorFlow return for the scores?",
            {"same": "The same numbers", "zeros": "Zeros", "none": "None: there is no gradient"},
            _answer,
        )
    if known:
        method = choose_one(
            "What enlarges the scores", METHODS, "library", f"{KEY}_method", in_address=True
        )
    scripts.note(METHOD=method)
    place = st.container()
    code, text = st.columns([3, 2])
    slot = text.empty()
    if known:
        so(
            "inside a network, upsampling must be an operation whose gradient TensorFlow knows. "
            "`tf.image.resize` is one too, but it has no weights that could learn. The layer has "
            "such weights."
        )

    def show() -> str:
        result = _gradients(method)
        with place:
            chart(drawn(_chain_of, method, result), f"{KEY}_stop_chain")
        with code:
            st.code(_returned(method, result), language="python")
        return _explanation(method, result)

    return compare_later(slot, show, f"{KEY}_stop", small=False)


@st.cache_data(max_entries=len(METHODS), show_spinner=False)
def _gradients(method: str) -> Backward:
    result: Backward = engine.run("gradients_through", method)
    return result


def _answer() -> tuple[str, str]:
    layer, library = _gradients("layer"), _gradients("library")
    scores = library.gradients["scores"]
    difference = np.abs(layer.result - library.result).max()
    same = "The map is the same" if difference <= ROUNDING else "The map differs"
    why = (
        f"{same}; the loss is {library.loss:.4f}. But TensorFlow's tape has only its own "
        "operations. It does not know how the call computed its result."
    )
    if scores is None:
        return "none", why
    return ("same" if scores.any() else "zeros"), why


def _explanation(method: str, result: Backward) -> str:
    if result.gradients["scores"] is None:
        return (
            "The forward pass is complete: the network answers. The gradient reaches the map "
            "and stops there. The weights of the layers get no gradient, so they cannot learn."
        )
    if "kernel" in result.gradients:
        return (
            "TensorFlow returned numbers everywhere. The chain shows the largest absolute value of "
            "each gradient. The layer also has weights of its own, the kernel, which can learn."
        )
    return (
        "This is a TensorFlow operation, so its gradient is known and the layers can learn. But it "
        "has no weights: it can never become anything but bilinear interpolation. At the border "
        "it repeats the outermost scores, so its numbers differ from the layer's."
    )


def _chain_of(method: str, result: Backward) -> Figure:
    found = result.gradients
    kernel = _largest(found["kernel"]) if "kernel" in found else "no weights"
    boxes = [
        Box("Picture", theme.INPUT),
        Box("Layers", theme.KERNEL, _largest(found["weights"])),
        Box(_NAMES[method], theme.OUTPUT, kernel),
        Box("Loss", theme.NEUTRAL, f"= {result.loss:.3f}"),
    ]
    passages = [
        Passage("", arrives=None),
        Passage("scores", _largest(found["scores"]), found["scores"] is not None),
        Passage("map", _largest(found["map"]), found["map"] is not None),
    ]
    return chain_figure(boxes, passages, height=150)


def _largest(gradient: Float64Array | None) -> str:
    """Return the largest absolute value of a gradient, or "None".

    Examples
    --------
    >>> _largest(np.array([0.25, -0.5])), _largest(None)
    ('gradient<br>up to 0.5', 'gradient<br><b>None</b>')

    """
    if gradient is None:
        return "gradient<br><b>None</b>"
    return f"gradient<br>up to {np.abs(gradient).max():.2g}"


def _returned(method: str, result: Backward) -> str:
    """Return the call, and what TensorFlow returned, as lines of Python."""
    lines = [
        *(["# numpy_function: calls code it does not know"] if method == "library" else []),
        f"map = {_CALLS[method]}",
        f"tape.gradient(loss, [{', '.join(result.gradients)}])",
    ]
    for name, gradient in result.gradients.items():
        if gradient is None:
            lines.append(f"# {name}: None")
        else:
            first = ", ".join(f"{value:.4f}" for value in gradient.ravel()[:2])
            shape = " × ".join(map(str, gradient.shape))
            lines.append(f"# {name}: {shape} numbers: {first}, …")
    return "\n".join(lines)
