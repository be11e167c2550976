"""Controls that change the settings of the post's comparison, with explanations of the result."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from fcnlib.typing import FloatArray
from fcnlib.ui.layout import button
from fcnlib.ui.upsampling.explanations import reasons
from fcnlib.upsampling.scripts import upsampling_script
from fcnlib.upsampling.settings import CHOICES, CheckSettings

BREAKS: Mapping[str, Mapping[str, object]] = {
    "leave clip on": {"clip": True, "picture": "bright"},
    "forget channel_axis": {"channel_axis": False},
    "repeat the edge": {"mode": "edge"},
    "align_corners": {"layer": "align_corners", "mode": "edge", "picture": "unit"},
    "TF1's resize": {"layer": "tf1", "mode": "edge", "picture": "unit"},
    "kernel of 2f": {"kernel": "double"},
    "lopsided kernel": {"kernel": "lopsided"},
    "flip the kernel": {"flipped": True},
    "NumPy's tolerances": {"tolerances": "numpy", "picture": "normal", "precision": "float32"},
}
"""What one click changes. A picture or a precision is named where no other shows the effect."""

BREAKS_HELP = (
    "Each button changes settings, and a sentence says what happens. “align_corners” and “TF1's "
    "resize” replace TensorFlow's transposed convolution by resize functions of TensorFlow 1, "
    "which place pixel centers differently. In the “lopsided kernel”, each weight is "
    "moved by one position."
)

LABELS = {
    "layer": "Layer",
    "border": "Beyond the border",
    "kernel": "Kernel: weights along an axis",
    "flipped": "flip the kernel",
    "mode": "Beyond the border: mode",
    "clip": "clip=True, its default",
    "channel_axis": "channel_axis=-1",
    "tolerances": "Tolerances",
}
BORDERS = {"constant": "zeros", "edge": "edge", "reflect": "reflect"}
HELP = {
    "layer": "“half-pixel” is TensorFlow 2's resize, whose outermost pixel centers are half a "
    "pixel from the border. The resize functions of TensorFlow 1 (TF1) place them elsewhere.",
    "kernel": "“2f − f mod 2” is the post's number of weights for the factor f. “2f” is one more "
    "if f is odd. “lopsided” moves each weight by one position.",
}
NAMES = {
    "mode": BORDERS,
    "border": BORDERS,
    "layer": {
        "conv2d_transpose": "conv2d_transpose",
        "half_pixel": "image.resize: half-pixel",
        "align_corners": "TF1 resize: align_corners",
        "tf1": "TF1 resize: its default",
    },
    "kernel": {"fitting": "2f − f mod 2", "double": "2f", "lopsided": "lopsided"},
    "tolerances": {"ours": "ours: atol 1e-6", "numpy": "NumPy's: atol 1e-8"},
}
_KEY = "upsampling_switch_{}"


def ask(factor: int, precision: str, image: FloatArray) -> CheckSettings:
    """Show pills that break the comparison, explanations and switches; return the settings."""
    st.pills(
        "Try to break it",
        list(BREAKS),
        key="upsampling_break",
        on_change=_apply_break,
        wrap=True,
        help=BREAKS_HELP,
    )
    explanations = st.container()
    with st.expander("All switches", key="upsampling_switches"):
        left, right = st.columns(2)
        with left:
            st.markdown("**TensorFlow's settings**")
            values = {"layer": _switch("layer")}
            resizes = values["layer"] != "conv2d_transpose"
            for name in ("border", "kernel", "flipped"):
                values[name] = _switch(name, disabled=resizes)
        with right:
            st.markdown("**scikit-image's settings**")
            values |= {name: _switch(name) for name in ("mode", "clip", "channel_axis")}
            st.markdown("**Allowed difference**")
            values["tolerances"] = _switch("tolerances")
    settings = replace(CheckSettings(factor, precision), **values)
    with explanations:
        for reason in reasons(settings, image):
            st.markdown(f":material/arrow_right: {reason}")
        if settings.changes:
            label = "Repair: back to the post's settings"
            button(label, "build", "upsampling_repair", _repair)
    return settings


def show_script(settings: CheckSettings, picture: str, path: str, *, stretched: bool) -> None:
    """Show a script that repeats the comparison and prints the same figures."""
    with st.expander("Python script that repeats this comparison", key="upsampling_script"):
        st.caption(
            "The script uses NumPy, TensorFlow and scikit-image, but not the library of this app. "
            "It prints the figures shown above."
        )
        script = upsampling_script(settings, picture, path, stretched=stretched)
        st.code(script, language="python")


def _switch(name: str, *, disabled: bool = False) -> Any:
    """Show a toggle or the choices of a setting, at first the post's, and return its value."""
    choices = CHOICES[name]
    key = _KEY.format(name)
    st.session_state.setdefault(key, choices[0])
    if isinstance(choices[0], bool):
        return st.toggle(LABELS[name], key=key, on_change=_release_pill, disabled=disabled)
    return st.segmented_control(
        LABELS[name],
        choices,
        required=True,
        wrap=True,
        format_func=NAMES[name].__getitem__,
        key=key,
        on_change=_release_pill,
        disabled=disabled,
        help=HELP.get(name),
    )


def _apply_break() -> None:
    """Set the switches that the pill names, and all others as in the post."""
    changes = BREAKS.get(st.session_state["upsampling_break"] or "", {})
    _reset()
    for name, value in changes.items():
        key = _KEY if name in LABELS else "upsampling_{}"
        st.session_state[key.format(name)] = value


def _repair() -> None:
    _release_pill()
    _reset()


def _release_pill() -> None:
    st.session_state["upsampling_break"] = None


def _reset() -> None:
    for name in LABELS:
        st.session_state[_KEY.format(name)] = CHOICES[name][0]
